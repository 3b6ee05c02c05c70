import { type ImageReference, parseImageReference } from '../inputs/image-reference.ts'
import type { Deployment } from '../inventory/inventory.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'

/** What a deployment was asked to consist of, as far as it can be compared with what Railway tells of one. */
export interface RequestedRevision {
  readonly commit: string | null
  readonly image: ImageReference | null
  /** An upload: a deployment that names a commit or an image is certainly another one. */
  readonly upload?: true
}

/** What can be compared of what a step asks for. */
export function requestedRevision(step: StartingStep | AdoptStep): RequestedRevision {
  if (step.action === 'rollback') return sameAs(step.to)
  const { revision } = step
  if (revision.kind === 'upload') return { commit: null, image: null, upload: true }
  return {
    commit: revision.kind === 'commit' ? revision.sha : null,
    image: revision.kind === 'image' ? revision.image : null,
  }
}

/** What is known of an earlier deployment; its digest is known better than the image's name says. */
function sameAs({ commit, image, digest = null }: Deployment): RequestedRevision {
  const reference = image === null ? null : parseImageReference(image)
  return { commit, image: reference && { ...reference, digest: digest ?? reference.digest } }
}

/** How what Railway tells of a deployment compares with what was asked for. */
export type Match = 'same' | 'other' | 'not-told'

/** Compares commits without regard to case. */
export function matchCommit(asked: string, { commit }: Pick<Deployment, 'commit'>): Match {
  if (commit === null) return 'not-told'
  return commit.toLowerCase() === asked.toLowerCase() ? 'same' : 'other'
}

/**
 * Compares by digest where both sides have one, else by repository and tag. Railway may report the digest of the
 * index in the image's name and the one of the platform beside it: either may be the requested one.
 */
export function matchImage(
  asked: ImageReference,
  { image, digest = null }: Pick<Deployment, 'image' | 'digest'>,
): Match {
  const live = image === null ? null : parseImageReference(image)
  if (live && live.repository !== asked.repository) return 'other'
  const digests = [digest, live?.digest ?? null].filter((one) => one !== null)
  if (asked.digest !== null) {
    if (digests.length === 0) return 'not-told'
    return digests.includes(asked.digest) ? 'same' : 'other'
  }
  if (!live || (live.tag === null && live.digest !== null)) return 'not-told'
  return (live.tag ?? 'latest') === (asked.tag ?? 'latest') ? 'same' : 'other'
}

/** `false` for a deployment that certainly consists of something else. */
export function couldMatch(
  { commit, image, upload }: RequestedRevision,
  deployment: Deployment,
): boolean {
  if (upload) return deployment.commit === null && deployment.image === null
  if (commit !== null && matchCommit(commit, deployment) === 'other') return false
  return image === null || matchImage(image, deployment) !== 'other'
}
