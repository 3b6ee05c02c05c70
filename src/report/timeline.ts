import { groupBy } from '../collections.ts'
import type { Outcome } from '../execute/outcome.ts'
import { mermaidName } from '../markdown.ts'
import { labelOf } from '../named.ts'
import { humanTime } from '../text.ts'

/** The maximum number of deployments in the chart. More would not be readable. */
const maxBars = 40

/** The Mermaid tag for each status, which decides the colour of the bar. */
const tags: Partial<Record<Outcome['status'], string>> = {
  success: 'done, ',
  accepted: 'active, ',
  'rolled-back': 'active, ',
  failed: 'crit, ',
  'timed-out': 'crit, ',
  unknown: 'crit, ',
}

const legend =
  'Each bar is a deployment from its start to its end, with its status and duration. Red means failed or unknown. The scale is the time of day on your clock, in hours:minutes:seconds.'

/** Renders the deployments as a Gantt chart in Mermaid, which GitHub draws; empty for fewer than two deployments. */
export function timeline(outcomes: readonly Outcome[]): string {
  const bars = outcomes.flatMap((outcome) => {
    const { startedAt, finishedAt, deploymentId } = outcome
    if (startedAt === null || finishedAt === null || deploymentId === null) return []
    return [{ outcome, startedAt, finishedAt }]
  })
  if (bars.length < 2) return ''
  const sections = groupBy(bars.slice(0, maxBars), ({ outcome }) =>
    labelOf(outcome.step.target.project),
  )
  const drawn = [...sections].flatMap(([project, own]) => [
    `  section ${mermaidName(project)}`,
    ...own.map(
      ({ outcome, startedAt, finishedAt }) =>
        `  ${nameOf(outcome)} (${outcome.status}, ${humanTime(finishedAt - startedAt)}) :${tags[outcome.status] ?? ''}${startedAt}, ${Math.max(finishedAt, startedAt + 1000)}`,
    ),
  ])
  const rest = bars.length - maxBars
  return [
    '<details><summary>Timeline</summary>',
    '',
    legend,
    '',
    '```mermaid',
    'gantt',
    '  dateFormat x',
    '  axisFormat %H:%M:%S',
    ...drawn,
    '```',
    ...(rest > 0 ? ['', `Deployments that are not drawn: ${rest}`] : []),
    '',
    '</details>',
  ].join('\n')
}

const nameOf = ({ step: { target } }: Outcome): string =>
  mermaidName(labelOf(target.instance?.service ?? target.environment))
