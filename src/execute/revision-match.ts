import { type ImageReference, parseImageReference } from '../inputs/image-reference.ts'
import type { Deployment } from '../inventory/inventory.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'

/** The part of a requested revision that can be compared with the deployments that Railway reports. */
export interface RequestedRevision {
  readonly commit: string | null
  readonly image: ImageReference | null
  /** `true` for an upload. Its deployment has neither a commit nor an image. */
  readonly upload?: true
}

/** Returns the revision that a step requests. For a rollback, that is the revision of the earlier deployment. */
export function requestedRevision(step: StartingStep | AdoptStep): RequestedRevision {
  if (step.action === 'rollback') return revisionOf(step.to)
  const { revision } = step
  if (revision.kind === 'upload') return { commit: null, image: null, upload: true }
  return {
    commit: revision.kind === 'commit' ? revision.sha : null,
    image: revision.kind === 'image' ? revision.image : null,
  }
}

/** Returns the revision of an earlier deployment. Its digest is more exact than the image's name. */
function revisionOf({ commit, image, digest = null }: Deployment): RequestedRevision {
  const reference = image === null ? null : parseImageReference(image)
  return { commit, image: reference && { ...reference, digest: digest ?? reference.digest } }
}

/** The result of comparing a requested revision with a deployment; `unknown` if Railway does not report enough. */
export type Match = 'same' | 'other' | 'unknown'

/** Compares the requested commit with that of a deployment, without regard to case. */
export function matchCommit(requested: string, { commit }: Pick<Deployment, 'commit'>): Match {
  if (commit === null) return 'unknown'
  return commit.toLowerCase() === requested.toLowerCase() ? 'same' : 'other'
}

/**
 * Compares the requested image with that of a deployment: by repository, and then by digest if one is requested, or else
 * by tag. Railway may report two digests: that of the index in the image's name, and that of the platform. A request for
 * either of them matches.
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

/** Returns whether a deployment may have the requested revision: `false` only if it certainly has another one. */
export function couldMatch(
  { commit, image, upload }: RequestedRevision,
  deployment: Deployment,
): boolean {
  if (upload) return deployment.commit === null && deployment.image === null
  if (commit !== null && matchCommit(commit, deployment) === 'other') return false
  return image === null || matchImage(image, deployment) !== 'other'
}
