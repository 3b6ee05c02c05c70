import { failure } from '../errors/codes.ts'
import { locationOf, type Target } from '../inventory/inventory.ts'
import { liveOf } from '../plan/rollback.ts'
import { oneLine } from '../text.ts'
import { assess } from './assess.ts'
import type { Emit } from './events.ts'
import { explainFailure } from './explain-failure.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import { baseOutcome, type Outcome } from './outcome.ts'
import type { DeploymentState, Deployments, InstanceState } from './ports.ts'
import { requestedRevision } from './revision-match.ts'

/**
 * Returns the outcome of a finished deployment, by its last read and by the present state of its service (`instance`;
 * `null` if it was not read). Reads why the deployment failed.
 */
export async function toOutcome(
  { step, id, startedAt, seenAt, state }: FinishedDeployment,
  instance: InstanceState | null,
  options: { onSkipped: 'warn' | 'fail' | 'ignore' },
  ports: { deployments: Deployments; emit: Emit },
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
    case 'mismatch': {
      const { requested, live } = assessment
      const mismatch = failure('commit-mismatch', {
        ...locationOf(target),
        requested,
        live,
      })
      const what = step.revision.kind === 'image' ? 'image' : 'commit'
      return { ...base, status: 'failed', failure: mismatch, message: `another ${what} is live` }
    }
    case 'unread': {
      const unread = failure('api-unavailable', {
        activity: 'explain-removal',
        object: locationOf(target),
        detail: 'no answer about what is live there now',
        effect: 'replaced-or-removed',
      })
      const gone = await ports.deployments.deleted(target, 'follow-deployment')
      const message = gone
        ? 'it was removed before it was live, because its service was deleted meanwhile'
        : 'it was removed before it was live; what is live now could not be read'
      return { ...base, status: 'unknown', failure: gone ?? unread, message }
    }
    case 'skipped':
      return { ...base, ...skipped(target, state, options) }
    case 'failed': {
      const explanation = await explainFailure(target, id, ports)
      const { step: failedStep, diagnosis, firstErrorLine, lines } = explanation
      const reason = state.reason ?? null
      const report = {
        reason,
        step: failedStep,
        diagnosis,
        firstErrorLine,
        hasLog: lines.length > 0,
      }
      return {
        ...base,
        status: 'failed',
        failure: failure('deployment-failed', {
          ...locationOf(target),
          how: assessment.how,
          ...report,
        }),
        message: describeFailure(assessment.how, failedStep, reason ?? diagnosis ?? firstErrorLine),
      }
    }
  }
}

/** The maximum number of characters of the cause in the message of an outcome. The failure has all of it. */
const maxCause = 200

/** Describes a failure after the status `failed`: `step BUILD_IMAGE: error TS2304`. */
function describeFailure(
  how: 'failed' | 'crashed' | 'removed',
  step: string | null,
  cause: string | null,
): string {
  const facts = [
    ...(how === 'crashed' ? ['it crashed'] : []),
    ...(how === 'removed' ? ['it was removed before it was live'] : []),
    ...(step === null ? [] : [`step ${step}`]),
  ]
  const known = facts.join(', ')
  if (cause === null) return known || 'Railway gave no reason'
  return `${known ? `${known}: ` : ''}${oneLine(cause, maxCause)}`
}

/** Returns the outcome of a deployment that Railway skipped, with its reason. */
function skipped(
  target: Target,
  { reason: why = null }: DeploymentState,
  { onSkipped }: { onSkipped: 'warn' | 'fail' | 'ignore' },
): Pick<Outcome, 'status' | 'failure' | 'message' | 'warning'> {
  const message = `Railway skipped the deployment${why ? `: ${why}` : ''}`
  return {
    status: 'skipped',
    failure:
      onSkipped === 'fail' ? failure('deployment-skipped', { ...locationOf(target), why }) : null,
    message,
    warning: onSkipped === 'warn',
  }
}
