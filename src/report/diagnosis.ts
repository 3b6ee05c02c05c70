import { type Diagnosis, type DiagnosisEntry, reasons } from '../diagnosis.ts'
import type { Warning } from '../errors/warning.ts'
import type { RunReport } from '../run-state.ts'
import { count } from '../text.ts'

/** Returns the property `diagnosis` of the report file; an empty object for a run without a diagnosis. */
export const diagnosisValue = ({ diagnosis }: Pick<RunReport, 'diagnosis'>) =>
  diagnosis ? { diagnosis: diagnosis.map(toValue) } : {}

/** Returns an entry that consists of ids of the register only. It contains nothing of the workspace. */
const toValue = ({ id, verdict, expected, seen, reason }: DiagnosisEntry) => ({
  id,
  verdict,
  expected: expected.id,
  seen: seen?.id ?? null,
  reason,
})

/** Returns the lines of the log: one for each assumption, refuted ones first. */
export function diagnosisLines(diagnosis: Diagnosis): string[] {
  const lines = order.flatMap((verdict) =>
    diagnosis
      .filter((entry) => entry.verdict === verdict)
      .map((entry) => `${verdict.padEnd(9)}  ${entry.id}: ${describe(entry)}`),
  )
  return [totals(diagnosis), ...lines]
}

/** Returns a warning that lists all refuted assumptions. */
export function diagnosisWarnings(diagnosis: Diagnosis): Warning[] {
  const refuted = diagnosis.filter(({ verdict }) => verdict === 'refuted')
  if (refuted.length === 0) return []
  const list = refuted.map(({ id, seen }) => `${id} (found: ${seen?.id})`).join(', ')
  return [
    {
      title: 'the API is not as assumed',
      message: `Railway's API differs from ${count(refuted.length, 'assumption')} of this action: ${list}. The action handles each of these differences, as docs/assumptions.md describes. Please open an issue for this action with the JSON under \`diagnosis\` in the report file. The JSON contains no names, ids or values of your workspace.`,
    },
  ]
}

/** Returns the section of the summary: the totals, the refuted assumptions, and everything as JSON to copy. */
export function diagnosisSection({ diagnosis }: Pick<RunReport, 'diagnosis'>): string {
  if (!diagnosis) return ''
  const refuted = diagnosis.filter(({ verdict }) => verdict === 'refuted')
  const rows = refuted.map((entry) => `- \`${entry.id}\`: ${describe(entry)}`)
  const json = diagnosis.map((entry) => JSON.stringify(toValue(entry))).join(',\n')
  return [
    '### Diagnosis',
    totals(diagnosis),
    ...(rows.length > 0 ? [rows.join('\n')] : []),
    `<details><summary>Everything, to paste into an issue</summary>\n\n\`\`\`json\n[\n${json}\n]\n\`\`\`\n\n</details>`,
  ].join('\n\n')
}

const order = ['refuted', 'confirmed', 'undecided'] as const

function totals(diagnosis: Diagnosis): string {
  const of = (verdict: DiagnosisEntry['verdict']) =>
    diagnosis.filter((entry) => entry.verdict === verdict).length
  const parts = order.map((verdict) => `${of(verdict)} ${verdict}`).join(', ')
  return `${count(diagnosis.length, 'assumption')} about Railway's API: ${parts}.`
}

function describe({ about, expected, seen, reason }: DiagnosisEntry): string {
  if (reason) return `${about} ${expected.is}: ${reasons[reason]}.`
  return seen?.id === expected.id
    ? `${about} ${expected.is}.`
    : `${about} ${seen?.is}. Expected: ${expected.is}.`
}
