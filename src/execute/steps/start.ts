import type { StartingStep } from '../../plan/plan.ts'
import { askedOf } from '../asked.ts'
import type { Ended, Execution } from '../execute.ts'
import { type Outcome, settled } from '../outcome.ts'
import type { Started } from '../ports.ts'
import { type Triggered, trigger } from '../trigger.ts'
import { cancelledBefore, isNotMade, type NotMade } from '../turns.ts'
import { follow } from './follow.ts'

/** How one kind of step starts its deployment. */
export interface Starting {
  /** What has to be changed first; it answers the outcome of the step where that did not work. */
  readonly prepare?: (startedAt: number) => Promise<NotMade | null>
  /** Asks for the deployment, once. */
  readonly start: () => Promise<Started>
  /** `false`: never asked for a second time, however sure it seems that nothing came of the first. */
  readonly mayRepeat: boolean
  /** After "Railway refused to" and "it may or may not have been". */
  readonly verb: { readonly present: string; readonly past: string }
}

/** Starts a deployment when its turn comes, at most once, then follows it. */
export async function startAndFollow(
  step: StartingStep,
  { prepare, start, mayRepeat, verb }: Starting,
  execution: Execution,
): Promise<Ended> {
  const { edges, turns } = execution
  const { target } = step
  const begun = await turns.take(step, async () => {
    const startedAt = edges.clock.now()
    const notPrepared = (await prepare?.(startedAt)) ?? null
    if (notPrepared) return notPrepared
    const request = { target, asked: askedOf(step), mayRepeat, start }
    const triggered = await trigger(request, edges)
    // Inside the turn, so that the next one already knows.
    if (triggered.kind === 'refused' || triggered.kind === 'unknown') turns.failed()
    return { startedAt, triggered }
  })
  if (isNotMade(begun)) {
    if (begun.notMade.failure) turns.failed()
    return { outcome: begun.notMade }
  }
  const { startedAt, triggered } = begun
  if (triggered.kind === 'started') {
    edges.emit({ kind: 'started', step, deploymentId: triggered.deploymentId })
    return follow(step, triggered.deploymentId, startedAt, execution)
  }
  const outcome = notFollowed(step, triggered, verb)
  const changed = outcome.changed || prepare !== undefined
  const times = triggered.kind === 'not-sent' ? {} : { startedAt, finishedAt: edges.clock.now() }
  return { outcome: { ...outcome, ...times, changed } }
}

function notFollowed(
  step: StartingStep,
  triggered: Exclude<Triggered, { kind: 'started' }>,
  verb: Starting['verb'],
): Outcome {
  switch (triggered.kind) {
    case 'not-sent':
      return cancelledBefore(step)
    case 'refused': {
      const message = `Railway refused to ${verb.present} it`
      return { ...settled(step, 'refused', message), failure: triggered.failure }
    }
    case 'unknown': {
      const message = `it may or may not have been ${verb.past}; look at it in Railway before the next run`
      return { ...settled(step, 'unknown', message), failure: triggered.failure, changed: true }
    }
  }
}
