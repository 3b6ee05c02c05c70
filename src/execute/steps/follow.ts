import { failure } from '../../errors/codes.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import { describeStatus, phaseOf } from '../../plan/deployment-status.ts'
import type { AdoptStep, StartingStep } from '../../plan/plan.ts'
import { humanTime } from '../../text.ts'
import { explainFailure } from '../explain-failure.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { PollResult } from '../poller/poll-result.ts'
import type { ServedDeployments } from '../ports.ts'
import { isInNewEnvironment, type StepContext, type StepResult } from '../step-context.ts'
import { toOutcome } from '../to-outcome.ts'

/** The milliseconds without a response after which the status that was read last counts as outdated. */
const responseTimeout = 120_000

/** The times at the start of a deployment, in milliseconds since the epoch. */
export interface StartTimes {
  /** The time at which its step was started. */
  readonly startedAt: number
  /** The time at which Railway accepted the request; `undefined` if the request had no response. */
  readonly acceptedAt?: number | undefined
}

/**
 * Follows a deployment and returns the result of its step. With `wait: false`, that is an accepted deployment, at once.
 * A deployment that went live or was removed has to be verified. If Railway skips the deployment, `afterSkip` returns
 * the result; without `afterSkip`, the skip is the outcome.
 */
export async function follow(
  step: StartingStep<Named> | AdoptStep<Named>,
  id: string,
  { startedAt, acceptedAt }: StartTimes,
  context: StepContext,
  afterSkip?: (served: ServedDeployments | null) => Promise<StepResult>,
): Promise<StepResult> {
  const { options, ports, queue, poller } = context
  const changed = step.action !== 'adopt'
  if (!options.wait) {
    const accepted = baseOutcome(step, 'accepted', 'started, not verified')
    return { outcome: { ...accepted, deploymentId: id, startedAt, changed } }
  }
  const result = await poller.follow(step.target, id, {
    isInNewEnvironment: isInNewEnvironment(step, context),
    isRollback: step.action === 'rollback',
    acceptedAt,
  })
  if (result.kind !== 'finished') {
    const base = { deploymentId: id, startedAt, finishedAt: ports.clock.now(), changed }
    return { outcome: { ...(await unfinished(step, result, id, context)), ...base } }
  }
  const { at: seenAt, stableAt, state, served } = result
  const finished = { step, id, startedAt, seenAt, stableAt, state, served }
  const phase = phaseOf(result.state.status)
  if (phase === 'live' || phase === 'removed') return { finished }
  if (phase === 'skipped' && afterSkip) return afterSkip(served)
  // The failure is reported before the log is read, because reading the log takes a while.
  if (phase !== 'skipped' || options.onSkipped === 'fail') queue.reportFailure()
  return { outcome: await toOutcome(finished, null, options, ports) }
}

/** Returns the outcome of a deployment whose end is not known. */
async function unfinished(
  step: StartingStep<Named> | AdoptStep<Named>,
  result: Exclude<PollResult, { kind: 'finished' }>,
  id: string,
  context: StepContext,
): Promise<Outcome> {
  const { ports } = context
  switch (result.kind) {
    case 'cancelled': {
      const last = result.status ?? 'started'
      const message = `the job was cancelled; the deployment continues on Railway (last status: ${last})`
      return baseOutcome(step, 'cancelled', message)
    }
    case 'unreadable': {
      if (result.failure.code === 'token-invalid') {
        const message =
          'the deployment was started; its result is not known, because the token is no longer valid'
        return { ...baseOutcome(step, 'unknown', message), failure: result.failure }
      }
      if (result.failure.code === 'rate-limited') {
        const message =
          'the deployment was started; its result is not known, because the rate limit permits no further request'
        return { ...baseOutcome(step, 'unknown', message), failure: result.failure }
      }
      const deleted = await ports.deployments.deleted(step.target, 'follow-deployment')
      const message = deleted
        ? 'the deployment was started; its service was deleted meanwhile'
        : 'the deployment was started, but Railway does not allow this token to read it'
      return { ...baseOutcome(step, 'unknown', message), failure: deleted ?? result.failure }
    }
    case 'timed-out':
      await readLateLog(step, result, id, context)
      return timedOut(step, result, humanTime(ports.deadline.timeout))
  }
}

/** The maximum number of deployments whose logs are read after `timeout`. */
const maxLateLogs = 5

/**
 * Reads the log of a deployment that is still in progress at `timeout`, and emits it. The log shows the step that takes
 * so long. Only {@link maxLateLogs} logs are read. A deployment that waits for a check or an approval has no log.
 */
async function readLateLog(
  { target }: StartingStep<Named> | AdoptStep<Named>,
  { status }: Extract<PollResult, { kind: 'timed-out' }>,
  id: string,
  { lateLogs, ports }: StepContext,
): Promise<void> {
  if (status === null || phaseOf(status) !== 'in-progress' || lateLogs.size >= maxLateLogs) return
  lateLogs.add(id)
  await explainFailure(target, id, null, ports)
}

function timedOut(
  step: StartingStep<Named> | AdoptStep<Named>,
  { status, withoutResponseFor }: Extract<PollResult, { kind: 'timed-out' }>,
  waited: string,
): Outcome {
  if (withoutResponseFor > responseTimeout) {
    const unavailable = failure('api-unavailable', {
      activity: 'follow-deployment',
      object: null,
      detail: `no response about the deployment for ${humanTime(withoutResponseFor)}`,
      effect: 'may-be-live',
    })
    const message = 'Railway no longer responds to requests about the deployment'
    return { ...baseOutcome(step, 'unknown', message), failure: unavailable }
  }
  const last = status === null ? 'not visible yet' : describeStatus(status)
  const facts = { ...locationOf(step.target), status: last, waited }
  const message = `still ${last} after ${waited}; the deployment continues on Railway`
  return {
    ...baseOutcome(step, 'timed-out', message),
    failure: failure('deployment-timeout', facts),
  }
}
