import { type ImageReference, parseImageReference } from '../inputs/image-reference.ts'
import type { Deployment } from '../inventory/inventory.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'

/** The requested revision of a deployment, as far as it can be compared with what Railway reports. */
export interface RequestedRevision {
  readonly commit: string | null
  readonly image: ImageReference | null
  /** `true` for an upload: a deployment with a commit or an image is certainly another one. */
  readonly upload?: true
}

/** Returns the comparable part of the revision that a step requests. */
export function requestedRevision(step: StartingStep | AdoptStep): RequestedRevision {
  if (step.action === 'rollback') return sameAs(step.to)
  const { revision } = step
  if (revision.kind === 'upload') return { commit: null, image: null, upload: true }
  return {
    commit: revision.kind === 'commit' ? revision.sha : null,
    image: revision.kind === 'image' ? revision.image : null,
  }
}

/** Returns the revision of an earlier deployment. Its digest is more exact than the image's name. */
function sameAs({ commit, image, digest = null }: Deployment): RequestedRevision {
  const reference = image === null ? null : parseImageReference(image)
  return { commit, image: reference && { ...reference, digest: digest ?? reference.digest } }
}

/** The comparison of a deployment, as Railway reports it, with the requested revision. */
export type Match = 'same' | 'other' | 'unknown'

/** Compares commits without regard to case. */
export function matchCommit(requested: string, { commit }: Pick<Deployment, 'commit'>): Match {
  if (commit === null) return 'unknown'
  return commit.toLowerCase() === requested.toLowerCase() ? 'same' : 'other'
}

/**
 * Compares by digest if both sides have one, else by repository and tag. Railway may report the digest of the index in
 * the image's name and the digest of the platform beside it. Either may be the requested one.
 */
export function matchImage(
  requested: ImageReference,
  { image, digest = null }: Pick<Deployment, 'image' | 'digest'>,
): Match {
  const live = image === null ? null : parseImageReference(image)
  if (live && live.repository !== requested.repository) return 'other'
  const digests = [digest, live?.digest ?? null].filter((one) => one !== null)
  if (requested.digest !== null) {
    if (digests.length === 0) return 'unknown'
    return digests.includes(requested.digest) ? 'same' : 'other'
  }
  if (!live || (live.tag === null && live.digest !== null)) return 'unknown'
  return (live.tag ?? 'latest') === (requested.tag ?? 'latest') ? 'same' : 'other'
}

/** Returns `false` for a deployment that certainly has another revision. */
export function couldMatch(
  { commit, image, upload }: RequestedRevision,
  deployment: Deployment,
): boolean {
  if (upload) return deployment.commit === null && deployment.image === null
  if (commit !== null && matchCommit(commit, deployment) === 'other') return false
  return image === null || matchImage(image, deployment) !== 'other'
}
