import { groupBy } from '../collections.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { markdown } from '../markdown.ts'
import { labelOf } from '../named.ts'
import type { Step } from '../plan/plan.ts'
import type { RunReport } from '../run-state.ts'
import { count, oneLine } from '../text.ts'
import {
  buildComment,
  maxRows,
  renderFailures,
  renderNotices,
  runSubject,
} from './comment-parts.ts'

/** The maximum number of characters of a step's detail in the comment. */
const maxDetailLength = 300

/** The maximum number of unchanged services that the comment names. */
const maxKeptNames = 30

/** Renders the comment of a dry run: the planned steps, and the names of the services that stay unchanged. */
export function renderPlan(known: RunReport, inputs: Inputs, now: number, docs: string): string {
  const steps = known.plan?.steps ?? []
  const work = steps.filter(({ action }) => action !== 'keep')
  const kept = steps.filter(({ action }) => action === 'keep')
  const title = known.plan
    ? `📋 Plan: ${runSubject(inputs)}, ${work.length === 0 ? 'nothing to do' : `${count(work.length, 'step')} to do`}`
    : `❌ ${runSubject(inputs)} could not be planned`
  const note = 'This is a dry run. Nothing was changed.'
  const parts = [
    table(work),
    keptLine(kept),
    renderNotices(known),
    renderFailures(known, docs),
    note,
  ]
  return buildComment(title, parts, inputs, now)
}

function table(steps: readonly Step[]): string {
  if (steps.length === 0) return ''
  const projects = groupBy(steps.slice(0, maxRows), ({ target }) => target.project.id)
  const rows = [...projects.values()].flatMap((own) =>
    own.map(({ action, target, detail }, index) => [
      index === 0 ? `**${markdown(labelOf(target.project))}**` : '',
      markdown(labelOf(target.instance?.service ?? target.environment)),
      `\`${action}\``,
      markdown(oneLine(detail, maxDetailLength)),
    ]),
  )
  const rest = steps.length - maxRows
  return [
    '| Project | Service | Action | Detail |',
    '| :-- | :-- | :-- | :-- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    ...(rest > 0 ? ['', `${rest} more in the job summary`] : []),
  ].join('\n')
}

function keptLine(steps: readonly Step[]): string {
  if (steps.length === 0) return ''
  const names = steps
    .slice(0, maxKeptNames)
    .map(({ target: { project, environment, instance } }) =>
      markdown(`${labelOf(project)}/${labelOf(instance?.service ?? environment)}`),
    )
  const rest = steps.length - names.length
  const all = [...names, ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
  return `<sub>Unchanged: ${all}</sub>`
}
