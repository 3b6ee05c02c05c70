import { isBad, type Outcome, type OutcomeStatus } from '../execute/outcome.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { markdown } from '../markdown.ts'
import { labelOf } from '../named.ts'
import type { RunReport } from '../run-state.ts'
import {
  buildComment,
  maxRows,
  renderFailures,
  renderNotices,
  runSubject,
} from './comment-parts.ts'
import { allFailures } from './run-status.ts'
import { statusMarks } from './status-icons.ts'

/** Renders the comment of a run that deletes a preview. */
export function renderRemoval(known: RunReport, inputs: Inputs, now: number, docs: string): string {
  const outcomes = known.outcomes ?? []
  const items = importantFirst(outcomes)
    .slice(0, maxRows)
    .map(({ step, status, message }) => {
      const { project } = step.target
      return `- ${statusMarks[status]} **${markdown(labelOf(project))}**: ${markdown(message)}`
    })
  const rest = outcomes.length - items.length
  if (rest > 0) items.push(`- More projects in the job summary: ${rest}`)
  return buildComment(
    headline(known, inputs),
    [items.join('\n'), renderNotices(known), renderFailures(known, docs)],
    inputs,
    now,
  )
}

/** Returns the headline. It reports a preview as deleted only if the run has confirmed the deletion. */
function headline(known: RunReport, inputs: Inputs): string {
  const outcomes = known.outcomes ?? []
  const unfinished: OutcomeStatus[] = ['cancelled', 'not-started', 'unknown']
  const stopped = outcomes.some(({ status }) => unfinished.includes(status))
  if (stopped || allFailures(known).length > 0)
    return `❌ ${runSubject(inputs)} could not be deleted`
  if (outcomes.length === 0) return `⏭️ ${runSubject(inputs)} was not changed`
  const kept = outcomes.some(({ step, status }) => step.action === 'keep' && status === 'skipped')
  if (!kept) return `🧹 ${runSubject(inputs)} was deleted`
  return outcomes.some(({ step }) => step.action === 'delete-preview')
    ? `🧹 ${runSubject(inputs)} was partly deleted`
    : `⏭️ ${runSubject(inputs)} was kept`
}

/**
 * Returns the outcomes in the order of the projects. If not all of them are listed, those that failed or need attention
 * come first, then deletions, and then environments that are kept or do not exist.
 */
function importantFirst(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length <= maxRows) return outcomes
  const rankOf = (outcome: Outcome) =>
    isBad(outcome) || outcome.warning ? 0 : outcome.step.action === 'keep' ? 2 : 1
  return outcomes.toSorted((one, other) => rankOf(one) - rankOf(other))
}
