import { groupBy } from '../collections.ts'
import type { Outcome } from '../execute/outcome.ts'
import { mermaidName } from '../markdown.ts'
import { labelOf } from '../named.ts'

/** The maximum number of bars that are readable in one picture. */
const mostBars = 40

const looks: Partial<Record<Outcome['status'], string>> = {
  success: 'done, ',
  accepted: 'active, ',
  'rolled-back': 'active, ',
  failed: 'crit, ',
  'timed-out': 'crit, ',
  unknown: 'crit, ',
}

/** Returns a Gantt chart of the deployments, in the Mermaid form that GitHub draws; empty for fewer than two. */
export function timeline(outcomes: readonly Outcome[]): string {
  const bars = outcomes.flatMap((outcome) => {
    const { startedAt, finishedAt, deploymentId } = outcome
    if (startedAt === null || finishedAt === null || deploymentId === null) return []
    return [{ outcome, startedAt, finishedAt }]
  })
  if (bars.length < 2) return ''
  const sections = groupBy(bars.slice(0, mostBars), ({ outcome }) =>
    labelOf(outcome.step.target.project),
  )
  const drawn = [...sections].flatMap(([project, own]) => [
    `  section ${mermaidName(project)}`,
    ...own.map(
      ({ outcome, startedAt, finishedAt }) =>
        `  ${mermaidName(labelOf(outcome.step.target.instance?.service ?? outcome.step.target.environment))} :${looks[outcome.status] ?? ''}${startedAt}, ${Math.max(finishedAt, startedAt + 1000)}`,
    ),
  ])
  const rest = bars.length - mostBars
  return [
    '<details><summary>Timeline</summary>',
    '',
    '```mermaid',
    'gantt',
    '  dateFormat x',
    '  axisFormat %H:%M:%S',
    ...drawn,
    '```',
    ...(rest > 0 ? ['', `${rest} more deployments are not drawn.`] : []),
    '',
    '</details>',
  ].join('\n')
}
