import type { SetVariablesStep } from '../../plan/plan.ts'
import { describeDiff } from '../../plan/variables/set-variables.ts'
import { isNotStarted } from '../change-queue.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { VariableWriteResult } from '../ports.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { secretsOf } from '../step-secrets.ts'

/**
 * Writes the variables of a service or an environment when the queue reaches the step. Writing starts no deployment.
 */
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
    // The failure is reported within the change, so that the next change is not started.
    if ('failure' in written) queue.reportFailure()
    return { startedAt, written }
  })
  if (isNotStarted(done)) return { outcome: done.notStarted }
  const { startedAt, written } = done
  return { outcome: { ...toOutcome(step, written), startedAt, finishedAt: ports.clock.now() } }
}

/** Returns the outcome. Its message says whether the service has the new variables, the old ones, or some of each. */
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
          : 'it has the old variables: Railway rejected the request to write them'
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
      return baseOutcome(
        step,
        'cancelled',
        'the job was cancelled before its variables were written',
      )
    case 'interrupted': {
      const message =
        'the job was cancelled while its variables were written; it may have the new ones or the old ones'
      return { ...baseOutcome(step, 'cancelled', message), changed: true }
    }
  }
}
