import { failure } from '../../errors/codes.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import { describeStatus, phaseOf } from '../../plan/deployment-status.ts'
import type { AdoptStep, StartingStep } from '../../plan/plan.ts'
import { humanTime } from '../../text.ts'
import type { PollResult } from '../deployment-poller.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { ServedDeployments } from '../ports.ts'
import { isInNewEnvironment, type StepContext, type StepResult } from '../step-context.ts'
import { toOutcome } from '../to-outcome.ts'

/** The milliseconds without an answer about a deployment after which nothing is known of it. */
const silence = 120_000

/**
 * Waits for a deployment, unless `wait` is off. `afterSkip` returns the result if Railway skips it. Without it, the
 * skip is the outcome.
 */
export async function follow(
  step: StartingStep<Named> | AdoptStep<Named>,
  id: string,
  startedAt: number,
  execution: StepContext,
  afterSkip?: (served: ServedDeployments | null) => Promise<StepResult>,
): Promise<StepResult> {
  const { options, ports, turns, watch } = execution
  const changed = step.action !== 'adopt'
  if (!options.wait) {
    const accepted = baseOutcome(step, 'accepted', 'started, not verified')
    return { outcome: { ...accepted, deploymentId: id, startedAt, changed } }
  }
  const seen = await watch.follow(step.target, id, isInNewEnvironment(step, execution))
  if (seen.kind !== 'finished') {
    const base = { deploymentId: id, startedAt, finishedAt: ports.clock.now(), changed }
    return { outcome: { ...unfinished(step, seen, execution), ...base } }
  }
  const { at: seenAt, settledAt, state, served } = seen
  const finished = { step, id, startedAt, seenAt, settledAt, state, served }
  const phase = phaseOf(seen.state.status)
  if (phase === 'live' || phase === 'removed') return { finished }
  if (phase === 'skipped' && afterSkip) return afterSkip(served)
  // Before anything is asked about it, which takes a while.
  if (phase !== 'skipped' || options.onSkipped === 'fail') turns.reportFailure()
  return { outcome: await toOutcome(finished, null, options, ports) }
}

function unfinished(
  step: StartingStep<Named> | AdoptStep<Named>,
  seen: Exclude<PollResult, { kind: 'finished' }>,
  { ports }: StepContext,
): Outcome {
  switch (seen.kind) {
    case 'cancelled': {
      const last = seen.status ?? 'started'
      const message = `the job was cancelled; it goes on at Railway (last seen: ${last})`
      return baseOutcome(step, 'cancelled', message)
    }
    case 'unreadable': {
      const message =
        seen.failure.code === 'token-invalid'
          ? 'it was started; the token is no longer valid, so its end is not known'
          : 'it was started, but Railway does not let this token look at it'
      return { ...baseOutcome(step, 'unknown', message), failure: seen.failure }
    }
    case 'timed-out':
      return late(step, seen, humanTime(ports.deadline.timeout))
  }
}

function late(
  step: StartingStep<Named> | AdoptStep<Named>,
  { status, silentFor }: Extract<PollResult, { kind: 'timed-out' }>,
  waited: string,
): Outcome {
  if (silentFor > silence) {
    const unavailable = failure('api-unavailable', {
      activity: 'follow-deployment',
      object: null,
      detail: `no answer about it for ${humanTime(silentFor)}`,
      effect: 'may-be-live',
    })
    const message = 'Railway stopped answering about it'
    return { ...baseOutcome(step, 'unknown', message), failure: unavailable }
  }
  const last = status === null ? 'not visible yet' : describeStatus(status)
  const facts = { ...locationOf(step.target), status: last, waited }
  const message = `still ${last} after ${waited}; it goes on at Railway`
  return {
    ...baseOutcome(step, 'timed-out', message),
    failure: failure('deployment-timeout', facts),
  }
}
