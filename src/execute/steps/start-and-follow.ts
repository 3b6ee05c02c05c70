import type { Named } from '../../named.ts'
import type { StartingStep } from '../../plan/plan.ts'
import { cancelledBefore, isNotStarted, type NotStarted } from '../change-queue.ts'
import type { Unmade } from '../mutation-result.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { StartResult } from '../ports.ts'
import { requestedRevision } from '../revision-match.ts'
import { startDeploymentOnce } from '../start-deployment.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { follow } from './follow.ts'

/** The way in which one kind of step starts its deployment. */
export interface Starting {
  /** The change that has to be made first. */
  readonly prepare?: Preparation
  /** Requests the deployment, once. */
  readonly start: () => Promise<StartResult>
  /** `false`: never requested a second time, even if the first request seems to have had no effect. */
  readonly mayRepeat: boolean
  /** The verb for "Railway refused to …" and "it may or may not have been …". */
  readonly verb: { readonly present: string; readonly past: string }
}

/** A change without which a deployment is not requested. */
export interface Preparation {
  /** Makes the change. Resolves with the outcome of the step if that failed. */
  readonly change: (startedAt: number) => Promise<NotStarted | null>
  /** The effect of the change in words, whatever happens to the deployment. */
  readonly done: string
}

/** Starts a deployment when the queue reaches it, at most once, and follows it. */
export async function startAndFollow(
  step: StartingStep<Named>,
  { prepare, start, mayRepeat, verb }: Starting,
  context: StepContext,
): Promise<StepResult> {
  const { ports, queue } = context
  const { target } = step
  const begun = await queue.run(step, async () => {
    const startedAt = ports.clock.now()
    const notPrepared = (await prepare?.change(startedAt)) ?? null
    // Within the change, so that the next one is not started.
    if (notPrepared?.notStarted.failure) queue.reportFailure()
    if (notPrepared) return notPrepared
    // A deployment that has to be looked up was there when its request was answered.
    let acceptedAt: number | undefined
    const startOnce = async () => {
      const result = await start()
      if (result.kind === 'done') acceptedAt = ports.clock.now()
      return result
    }
    const request = { target, requested: requestedRevision(step), mayRepeat, start: startOnce }
    const started = await startDeploymentOnce(request, ports)
    if (started.kind === 'rejected' || started.kind === 'lost') queue.reportFailure()
    return { startedAt, acceptedAt, started }
  })
  if (isNotStarted(begun)) return { outcome: begun.notStarted }
  const { startedAt, acceptedAt, started } = begun
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

function notFollowed(step: StartingStep<Named>, started: Unmade, verb: Starting['verb']): Outcome {
  switch (started.kind) {
    case 'not-sent':
      return baseOutcome(step, 'cancelled', `the job was cancelled before it was ${verb.past}`)
    case 'rejected': {
      const message = `Railway refused to ${verb.present} it`
      return { ...baseOutcome(step, 'refused', message), failure: started.failure }
    }
    case 'lost': {
      const message = `it may or may not have been ${verb.past}; check it in Railway before the next run`
      return { ...baseOutcome(step, 'unknown', message), failure: started.failure, changed: true }
    }
  }
}
