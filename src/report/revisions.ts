import type { Outcome } from '../execute/outcome.ts'
import type { Deployment, ServiceTarget } from '../inventory/inventory.ts'
import { pinned } from '../plan/deploy-from-environment.ts'
import type { Revision, Step } from '../plan/plan.ts'
import { liveOf } from '../plan/rollback.ts'

/**
 * Returns the full revision of a deployment: its commit, or its image with the digest if it is known, or else its id.
 */
export function revisionOf({ commit, image, digest, id }: Deployment): string {
  return commit ?? (image === null ? id : (pinned(image, digest)?.text ?? image))
}

/** Returns the digest of the image that a deployment runs, if Railway reports it. */
export const digestOf = ({ image, digest = null }: Deployment): string | null =>
  digest ?? (image === null ? null : (pinned(image)?.digest ?? null))

/** The live revisions before and after a step; `null` if there is none, or if Railway chooses it. */
export interface RevisionChange {
  readonly from: string | null
  readonly to: string | null
}

/** Returns the live revisions before and after a step. Both are `null` for a step that concerns no deployment. */
export function revisionChangeOf(step: Step): RevisionChange {
  const { instance } = step.target
  const live = step.action === 'rollback' ? step.from : instance && liveOf({ instance })
  const from = live ? revisionOf(live) : null
  switch (step.action) {
    case 'deploy':
      return { from, to: toOf(step.revision, step.target, from) }
    case 'adopt':
      return { from, to: revisionOf(step.deployment) }
    case 'rollback':
      return { from, to: revisionOf(step.to) }
    case 'keep':
      return { from, to: from }
    case 'upload':
      return { from, to: null }
    default:
      return { from: null, to: null }
  }
}

function toOf(
  revision: Revision,
  { instance: { source } }: Pick<ServiceTarget, 'instance'>,
  from: string | null,
): string | null {
  switch (revision.kind) {
    case 'commit':
      return revision.sha
    case 'image':
      return revision.image.text
    case 'latest':
      return null
    case 'current':
      return source.kind === 'image' ? source.image : from
  }
}

/** Returns the commit of an outcome: of its deployment, or else the requested one or the one that stays live. */
export function commitOf({ step, deployment }: Outcome): string | null {
  if (deployment !== null) return deployment.commit
  switch (step.action) {
    case 'deploy':
      return step.revision.kind === 'commit' ? step.revision.sha : null
    case 'adopt':
      return step.deployment.commit
    case 'rollback':
      return step.to.commit
    case 'keep':
      return step.target.instance
        ? (liveOf({ instance: step.target.instance })?.commit ?? null)
        : null
    default:
      return null
  }
}
