import type { OutcomeStatus } from '../execute/outcome.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { markdown } from '../markdown.ts'
import { labelOf } from '../named.ts'
import type { RunReport } from '../run-state.ts'
import { buildComment, renderFailures, renderNotices, runSubject } from './comment-parts.ts'
import { allFailures } from './run-status.ts'
import { statusMarks } from './status-icons.ts'

/** Renders the comment of a run that deletes a preview. */
export function renderRemoval(known: RunReport, inputs: Inputs, now: number, docs: string): string {
  const outcomes = known.outcomes ?? []
  const items = outcomes.map(({ step, status, message }) => {
    const { project } = step.target
    return `- ${statusMarks[status]} **${markdown(labelOf(project))}**: ${markdown(message)}`
  })
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
