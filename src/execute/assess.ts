import { parseImageReference } from '../inputs/image-reference.ts'
import type { ServiceTarget } from '../inventory/inventory.ts'
import { isLive, isUnfinished, phaseOf } from '../plan/deployment-status.ts'
import type { DeploymentState, InstanceState } from './ports.ts'
import { matchCommit, matchImage, type RequestedRevision } from './revision-match.ts'

/** The assessment of a finished deployment. */
export type Assessment =
  /** It is live. `isUncertain`: its revision or its current state could not be confirmed. */
  | { readonly kind: 'live'; readonly message: string; readonly isUncertain: boolean }
  /** It is live with another commit or image than the requested one. */
  | { readonly kind: 'mismatch'; readonly requested: string; readonly live: string }
  | { readonly kind: 'failed'; readonly how: 'failed' | 'crashed' | 'removed' | 'no-longer-live' }
  /** Railway skipped it. */
  | { readonly kind: 'skipped' }
  /** A newer deployment has replaced it. */
  | {
      readonly kind: 'superseded'
      readonly message: string
      /** The newer deployment. */
      readonly by: DeploymentState
      /** `true` if the newer deployment has the same commit or image. */
      readonly isSame: boolean
    }
  /** It was removed, and the current state of its service could not be read. */
  | { readonly kind: 'unread' }

/** The facts from which a deployment is assessed. */
export interface Observation {
  readonly target: ServiceTarget
  /** The revision that was requested. */
  readonly requested: RequestedRevision
  /** The deployment as it was last read. */
  readonly state: DeploymentState
  /** The current state of the service instance; `null` if it could not be read. */
  readonly instance: InstanceState | null
}

/**
 * Assesses a finished deployment by the current state of its service. The status that was read before does not suffice:
 * a live deployment may have crashed since, and a removed one may have been replaced.
 */
export function assess(observation: Observation): Assessment {
  const { state, instance } = observation
  const newest = instance?.latest ?? null
  const now =
    instance?.active.find(({ id }) => id === state.id) ?? (newest?.id === state.id ? newest : null)
  const phase = phaseOf(now?.status ?? state.status)
  const run = scheduledRun(observation, now)
  if (run !== null) return withRun(compare(observation, now ?? state), run)
  if (phase === 'failed' || phase === 'crashed') return { kind: 'failed', how: phase }
  if (phase === 'skipped') return { kind: 'skipped' }
  const newer = newest && newest.id !== state.id && newest.createdAt >= state.createdAt
  const replacedBy = newer && (isLive(newest.status) || isUnfinished(newest.status)) ? newest : null
  const active = instance?.active.some(({ id }) => id === state.id) ?? false
  if (replacedBy && !active) {
    const commit = replacedBy.commit ? ` of ${replacedBy.commit.slice(0, 7)}` : ''
    const message = `a newer deployment${commit} (${replacedBy.status}) has replaced it`
    const isSame = isSameRevision(observation.requested, state, replacedBy)
    return { kind: 'superseded', message, by: replacedBy, isSame }
  }
  if (phase === 'removed' && instance === null) return { kind: 'unread' }
  const ended = state.stopped || observation.target.instance.cron || phase !== 'live'
  const isMissing = instance !== null && now === null && !ended && state.status !== 'SLEEPING'
  if (phase === 'removed' || isMissing) {
    return { kind: 'failed', how: isLive(state.status) ? 'no-longer-live' : 'removed' }
  }
  return compare(observation, now ?? state)
}

/** The state of the newest run of a service with a schedule. `newer`: it is a newer run that has not failed. */
type ScheduledRun = 'newer' | 'crashed'

/**
 * Returns the state of the newest run that the schedule of a service has started since the deployment. Returns `null`
 * without such a run or without a schedule. A scheduled run is listed as a newer deployment of the same commit or
 * image, or as the deployment itself with a new status. Its error is not a failure of the deployment.
 */
function scheduledRun(
  { target, requested, state, instance }: Observation,
  now: DeploymentState | null,
): ScheduledRun | null {
  if (!target.instance.cron) return null
  const wasLive = isLive(state.status)
  if (now !== null && isLive(now.status)) return null
  const newest = instance?.latest ?? null
  if (newest === null || newest.id === state.id) {
    return wasLive && now !== null && phaseOf(now.status) === 'crashed' ? 'crashed' : null
  }
  if (newest.createdAt < state.createdAt || !isSameRevision(requested, state, newest)) return null
  if (phaseOf(newest.status) === 'crashed') return wasLive ? 'crashed' : null
  return isLive(newest.status) || (wasLive && isUnfinished(newest.status)) ? 'newer' : null
}

const runNotes = {
  newer: 'its schedule has started a newer run',
  crashed: 'the last run of its schedule ended with an error',
} as const

const withRun = (assessment: Assessment, run: ScheduledRun): Assessment =>
  assessment.kind === 'live'
    ? {
        ...assessment,
        message: `${assessment.message}; ${runNotes[run]}`,
        isUncertain: assessment.isUncertain || run === 'crashed',
      }
    : assessment

/**
 * Returns whether a newer deployment has the requested commit or image. Without a requested one, the newer deployment
 * is compared with the older one.
 */
function isSameRevision(
  { commit, image, upload }: RequestedRevision,
  replaced: DeploymentState,
  newer: DeploymentState,
): boolean {
  if (upload) return false
  const sha = commit ?? (image === null ? replaced.commit : null)
  if (sha !== null) return matchCommit(sha, newer) === 'same'
  const digest = replaced.digest ? `@${replaced.digest}` : ''
  const name = replaced.image?.includes('@') ? replaced.image : `${replaced.image ?? ''}${digest}`
  const reference = image ?? parseImageReference(name)
  return reference !== null && matchImage(reference, newer) === 'same'
}

/** Compares a live deployment with the requested revision. */
function compare({ requested, instance, target }: Observation, live: DeploymentState): Assessment {
  const { commit, image } = requested
  const ofCommit = commit === null ? 'same' : matchCommit(commit, live)
  const ofImage = image === null ? 'same' : matchImage(image, live)
  if (commit !== null && ofCommit === 'other') {
    return { kind: 'mismatch', requested: commit, live: live.commit ?? '' }
  }
  if (image !== null && ofImage === 'other') {
    const digest = live.digest ? `@${live.digest}` : ''
    const liveImage = live.image?.includes('@') ? live.image : `${live.image ?? ''}${digest}`
    return { kind: 'mismatch', requested: image.text, live: liveImage }
  }
  if (ofCommit === 'unknown' || ofImage === 'unknown') {
    const what = ofCommit === 'unknown' ? 'commit' : 'image'
    return {
      kind: 'live',
      message: `live, but Railway does not report its ${what}`,
      isUncertain: true,
    }
  }
  if (instance === null) {
    return {
      kind: 'live',
      message: 'it was live at the last poll, but the request to confirm this had no response',
      isUncertain: true,
    }
  }
  if (live.stopped && isLive(live.status) && !target.instance.cron) {
    return {
      kind: 'live',
      message: 'it was live, but it has ended by itself and is no longer live',
      isUncertain: true,
    }
  }
  return { kind: 'live', message: describeLive(requested, live), isUncertain: false }
}

function describeLive({ image }: RequestedRevision, live: DeploymentState): string {
  if (image) return `live with ${image.text}`
  return live.commit ? `live at ${live.commit.slice(0, 7)}` : 'live'
}
