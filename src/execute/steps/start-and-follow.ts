import type { Named } from '../../named.ts'
import type { StartingStep } from '../../plan/plan.ts'
import { cancelledBefore, isNotStarted, type NotStarted } from '../change-queue.ts'
import type { NotConfirmed } from '../mutation-result.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { StartResult } from '../ports.ts'
import { requestedRevision } from '../revision-match.ts'
import { startDeploymentOnce } from '../start-deployment.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { follow } from './follow.ts'

/** The requests with which a step starts its deployment. */
export interface DeploymentStart {
  /** The change that has to be made before the deployment. */
  readonly prepare?: Preparation
  /** Sends one request for the deployment. */
  readonly start: () => Promise<StartResult>
  /** The verb for "Railway rejected the request to …" and "it may or may not have been …". */
  readonly verb: { readonly present: string; readonly past: string }
}

/** A change that is made before a deployment. If it fails, the deployment is not requested. */
export interface Preparation {
  /** Makes the change. Resolves with the outcome of the step if that fails, or with `null`. */
  readonly change: (startedAt: number) => Promise<NotStarted | null>
  /**
   * Describes the result of the change, such as `its image is set to nginx:1`. It is part of the message if the
   * deployment is not started.
   */
  readonly done: string
}

/** Starts a deployment at most once when the queue reaches the step, and follows the deployment. */
export async function startAndFollow(
  step: StartingStep<Named>,
  { prepare, start, verb }: DeploymentStart,
  context: StepContext,
): Promise<StepResult> {
  const { ports, queue } = context
  const { target } = step
  const result = await queue.run(step, async () => {
    const startedAt = ports.clock.now()
    const notPrepared = (await prepare?.change(startedAt)) ?? null
    // The failure is reported within the change, so that the next change is not started.
    if (notPrepared?.notStarted.failure) queue.reportFailure()
    if (notPrepared) return notPrepared
    // The time of the response, not of a later lookup: Railway already had the deployment then.
    let acceptedAt: number | undefined
    const startOnce = async () => {
      const response = await start()
      if (response.kind === 'done') acceptedAt = ports.clock.now()
      return response
    }
    const request = { target, requested: requestedRevision(step), start: startOnce }
    const started = await startDeploymentOnce(request, ports)
    if (started.kind === 'rejected' || started.kind === 'lost') queue.reportFailure()
    return { startedAt, acceptedAt, started }
  })
  if (isNotStarted(result)) return { outcome: result.notStarted }
  const { startedAt, acceptedAt, started } = result
  if (started.kind === 'done') {
    const { value: deploymentId } = started
    ports.emit({ kind: 'started', step, deploymentId })
    return follow(step, deploymentId, { startedAt, acceptedAt }, context)
  }
  const outcome = notFollowed(step, started, verb)
  const finishedAt = ports.clock.now()
  if (prepare) {
    const message = `${prepare.done}; ${outcome.message}`
    return { outcome: { ...outcome, message, startedAt, finishedAt, changed: true } }
  }
  if (started.kind === 'not-sent') return { outcome: cancelledBefore(step) }
  return { outcome: { ...outcome, startedAt, finishedAt } }
}

function notFollowed(
  step: StartingStep<Named>,
  started: NotConfirmed,
  verb: DeploymentStart['verb'],
): Outcome {
  switch (started.kind) {
    case 'not-sent':
      return baseOutcome(step, 'cancelled', `the job was cancelled before it was ${verb.past}`)
    case 'rejected': {
      const message = `Railway rejected the request to ${verb.present} it`
      return { ...baseOutcome(step, 'refused', message), failure: started.failure }
    }
    case 'lost': {
      const message = `it may or may not have been ${verb.past}; check it in Railway before the next run`
      return { ...baseOutcome(step, 'unknown', message), failure: started.failure, changed: true }
    }
  }
}
