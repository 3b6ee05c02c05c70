import type { SetVariablesStep } from '../../plan/plan.ts'
import { describeDiff } from '../../plan/variables/set-variables.ts'
import { isNotStarted } from '../change-queue.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { VariableWriteResult } from '../ports.ts'
import { secretsOf } from '../secrets.ts'
import type { StepContext, StepResult } from '../step-context.ts'

/** Writes variables when the queue reaches them. Deployments that need them start only if this ends well. */
export async function performSetVariables(
  step: SetVariablesStep,
  { ports, queue, secrets }: StepContext,
): Promise<StepResult> {
  const { target, variables } = step
  const { owner, write, remove, diff, leftoverPaths } = variables
  const values = secretsOf(step.id, write, secrets)
  const done = await queue.run(step, async () => {
    const startedAt = ports.clock.now()
    const written = await ports.variables.write({
      target,
      owner,
      values,
      sealed: diff.sealed,
      remove,
      leftoverPaths,
    })
    // Within the change, so that the next one is not started.
    if ('failure' in written) queue.reportFailure()
    return { startedAt, written }
  })
  if (isNotStarted(done)) return { outcome: done.notStarted }
  const { startedAt, written } = done
  return { outcome: { ...toOutcome(step, written), startedAt, finishedAt: ports.clock.now() } }
}

/** Returns the outcome with the values that are there now: the new ones, the old ones, some of each, or unknown. */
function toOutcome(step: SetVariablesStep, written: VariableWriteResult): Outcome {
  const removed = step.variables.remove.join(', ')
  switch (written.kind) {
    case 'done': {
      const { doubt } = written.value
      const note = doubt === null ? '' : ` (${doubt})`
      const message = `it has the new variables: ${describeDiff(step.variables.diff)}${note}`
      return { ...baseOutcome(step, 'success', message), changed: true }
    }
    case 'rejected': {
      const message =
        written.reason === 'deleted'
          ? 'it was deleted meanwhile'
          : 'it has the old variables: Railway refused to write them'
      return { ...baseOutcome(step, 'refused', message), failure: written.failure }
    }
    case 'partial': {
      const message = `it has the new values, and still the variables to remove: ${removed}`
      return { ...baseOutcome(step, 'failed', message), failure: written.failure, changed: true }
    }
    case 'lost': {
      const message = 'it may have the new variables or the old ones; check it in Railway'
      return { ...baseOutcome(step, 'unknown', message), failure: written.failure, changed: true }
    }
    case 'not-sent':
      return baseOutcome(step, 'cancelled', 'the job was cancelled before they were written')
    case 'interrupted': {
      const message =
        'the job was cancelled while they were written: it may have the new or the old'
      return { ...baseOutcome(step, 'cancelled', message), changed: true }
    }
  }
}
