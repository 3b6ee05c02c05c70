import { failure } from '../errors/codes.ts'
import { locationOf, type ServiceTarget, type Target } from '../inventory/inventory.ts'
import { liveOf } from '../plan/rollback.ts'
import { oneLine } from '../text.ts'
import { type Assessment, assess } from './assess.ts'
import type { ExecuteOptions } from './context.ts'
import type { Emit } from './events.ts'
import { explainFailure } from './explain-failure.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import { baseOutcome, type Outcome } from './outcome.ts'
import type { DeploymentState, Deployments, InstanceState } from './ports.ts'
import { requestedRevision } from './revision-match.ts'

/** The ports that `toOutcome` needs. */
interface OutcomePorts {
  readonly deployments: Pick<Deployments, 'explain' | 'deleted'>
  readonly emit: Emit
}

/**
 * Returns the outcome of a finished deployment, by its last read and by the current state of its service (`instance`;
 * `null` if it was not read). Reads why the deployment failed.
 */
export async function toOutcome(
  { step, id, startedAt, seenAt, state }: FinishedDeployment,
  instance: InstanceState | null,
  options: Pick<ExecuteOptions, 'onSkipped'>,
  ports: OutcomePorts,
): Promise<Outcome> {
  const { target } = step
  const assessment = assess({ target, requested: requestedRevision(step), state, instance })
  const base: Outcome = {
    ...baseOutcome(step, step.action === 'rollback' ? 'rolled-back' : 'success', ''),
    deploymentId: id,
    deployment: state,
    ...(instance && { live: liveOf({ instance }) }),
    domains: instance?.domains ?? target.instance.domains,
    startedAt,
    finishedAt: seenAt,
    changed: step.action !== 'adopt',
  }
  switch (assessment.kind) {
    case 'live':
      return {
        ...base,
        message:
          step.action === 'rollback'
            ? `${assessment.message}, with its variables at that time`
            : assessment.message,
        warning: assessment.isUncertain,
      }
    case 'superseded':
      return { ...base, status: 'superseded', message: assessment.message, warning: true }
    case 'mismatch':
      return { ...base, ...mismatched(step, assessment) }
    case 'unread':
      return { ...base, ...(await unread(target, ports)) }
    case 'skipped':
      return { ...base, ...skipped(target, state, options) }
    case 'failed':
      return { ...base, ...(await failed(target, id, state, assessment.how, ports)) }
  }
}

/** The properties of an outcome that follow from the assessment of a deployment. */
type Conclusion = Pick<Outcome, 'status' | 'failure' | 'message'>

/** Returns the outcome of a deployment that is live with another revision than the requested one. */
function mismatched(
  { target, revision }: FinishedDeployment['step'],
  { requested, live }: Extract<Assessment, { kind: 'mismatch' }>,
): Conclusion {
  const mismatch = failure('commit-mismatch', { ...locationOf(target), requested, live })
  const what = revision.kind === 'image' ? 'image' : 'commit'
  return { status: 'failed', failure: mismatch, message: `another ${what} is live` }
}

/**
 * Returns the outcome of a removed deployment whose service could not be read. Looks up whether the service is deleted.
 */
async function unread(target: ServiceTarget, { deployments }: OutcomePorts): Promise<Conclusion> {
  const unreadable = failure('api-unavailable', {
    activity: 'explain-removal',
    object: locationOf(target),
    detail: 'no response about what is live there now',
    effect: 'replaced-or-removed',
  })
  const deleted = await deployments.deleted(target, 'follow-deployment')
  const message = deleted
    ? 'it was removed before it was live, because its service was deleted meanwhile'
    : 'it was removed before it was live; what is live now could not be read'
  return { status: 'unknown', failure: deleted ?? unreadable, message }
}

/** Returns the outcome of a failed deployment. Reads why it failed. */
async function failed(
  target: ServiceTarget,
  id: string,
  state: DeploymentState,
  how: Extract<Assessment, { kind: 'failed' }>['how'],
  ports: OutcomePorts,
): Promise<Conclusion> {
  const explanation = await explainFailure(target, id, state.reason ?? null, ports)
  const { step, reason, diagnosis, firstErrorLine, lines } = explanation
  const report = { reason, step, diagnosis, firstErrorLine, hasLog: lines.length > 0 }
  return {
    status: 'failed',
    failure: failure('deployment-failed', { ...locationOf(target), how, ...report }),
    message: describeFailure(how, step, reason ?? diagnosis ?? firstErrorLine),
  }
}

/** The maximum number of characters of the cause in the message of an outcome. The failure has all of it. */
const maxCause = 200

/** Describes a failure after the status `failed`: `step BUILD_IMAGE: error TS2304`. */
function describeFailure(
  how: Extract<Assessment, { kind: 'failed' }>['how'],
  step: string | null,
  cause: string | null,
): string {
  const facts = [
    ...(how === 'crashed' ? ['it crashed'] : []),
    ...(how === 'removed' ? ['it was removed before it was live'] : []),
    ...(how === 'no-longer-live' ? ['it was live, but is no longer live'] : []),
    ...(step === null ? [] : [`step ${step}`]),
  ]
  const known = facts.join(', ')
  if (cause === null) return known || 'Railway gave no reason'
  return `${known ? `${known}: ` : ''}${oneLine(cause, maxCause)}`
}

/** The maximum number of characters of Railway's reason for a skipped deployment. */
const maxReason = 500

/** Returns the outcome of a deployment that Railway skipped, with its reason. */
function skipped(
  target: Target,
  { reason = null }: DeploymentState,
  { onSkipped }: Pick<ExecuteOptions, 'onSkipped'>,
): Conclusion & Pick<Outcome, 'warning'> {
  const why = reason === null ? null : oneLine(reason, maxReason)
  const message = `Railway skipped the deployment${why ? `: ${why}` : ''}`
  return {
    status: 'skipped',
    failure:
      onSkipped === 'fail' ? failure('deployment-skipped', { ...locationOf(target), why }) : null,
    message,
    warning: onSkipped === 'warn',
  }
}
