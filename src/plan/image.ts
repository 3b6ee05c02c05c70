import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import {
  type ImageReference,
  isMutable,
  isSameImage,
  isSameReference,
} from '../inputs/image-reference.ts'
import {
  type Deployment,
  type ServiceInstance,
  type ServiceTarget,
  targetName,
} from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { isLive, isUnderWay } from './deployment-status.ts'
import type { Plan, Revision, Step } from './plan.ts'

/** What the plan for an image follows from, besides the selection. */
export interface ImageRequest {
  readonly image: ImageReference
  readonly force: boolean
  /** Services whose variables change: they are deployed although the image is live. */
  readonly changing?: { has(instance: ServiceInstance): boolean }
}

/**
 * Puts one image on every selected service and deploys it; leaves alone what runs it already. A service that
 * is something else now, a build or a database, is switched only where it is named: a glob is too easily wide.
 */
export function planImage(selection: Selection, wish: ImageRequest): Result<Plan> {
  const targets = targetsOf(selection)
  const failures = targets
    .filter(
      ({ instance }) => !runsThisImage(instance, wish.image) && !selection.named.has(instance),
    )
    .map((target) => notMeant(target, wish.image))
  if (failures.length > 0) return err(failures)
  const steps = targets.map((target) => planTarget(target, wish))
  return ok({ steps, warnings: otherImages(targets, wish.image) })
}

function planTarget(target: ServiceTarget, { image, changing, ...wish }: ImageRequest): Step {
  const force = wish.force || changing?.has(target.instance) === true
  const { source, latest, active } = target.instance
  const was = source.kind === 'image' ? source.image : null
  const revision = { kind: 'image', image } as const
  if (was !== null && isSameReference(image, was) && !isMutable(image) && !force) {
    const runsIt = (deployment: Deployment) =>
      deployment.image === null || isSameReference(image, deployment.image)
    if (latest && isUnderWay(latest.status) && runsIt(latest)) {
      const detail = `${image.text} is already on its way (${latest.status})`
      return { action: 'adopt', deployment: latest, revision, target, detail }
    }
    if (active.some((deployment) => isLive(deployment.status) && runsIt(deployment))) {
      return {
        action: 'keep',
        because: 'unchanged',
        target,
        detail: `${image.text} is already live`,
      }
    }
  }
  return { action: 'deploy', revision, target, detail: describe(revision, target) }
}

function describe({ image }: Extract<Revision, { kind: 'image' }>, target: ServiceTarget): string {
  const { source } = target.instance
  switch (source.kind) {
    case 'image':
      return isSameReference(image, source.image)
        ? `image ${image.text} again`
        : `image ${image.text}, in place of ${source.image}`
    case 'repository':
      return `image ${image.text}, in place of a build from ${source.repository}`
    case 'none':
      return `image ${image.text}`
  }
}

/** It runs another tag or digest of the image, or the same. */
const runsThisImage = ({ source }: ServiceInstance, image: ImageReference): boolean =>
  source.kind === 'image' && isSameImage(image, source.image)

const notMeant = (target: ServiceTarget, image: ImageReference): Failure =>
  failure('input-invalid', {
    input: 'image',
    given: image.text,
    problem: {
      kind: 'other-source',
      service: targetName(target),
      environment: target.environment.name,
      image: image.repository,
      source: target.instance.source,
    },
  })

/** Services that were named and run something else altogether: the name may be the wrong one. */
function otherImages(targets: readonly ServiceTarget[], image: ImageReference): Warning[] {
  const names = targets.flatMap((target) => {
    const { source } = target.instance
    if (source.kind !== 'image' || isSameImage(image, source.image)) return []
    return [`${targetName(target)} (${source.image})`]
  })
  if (names.length === 0) return []
  return [
    {
      title: 'another image is replaced',
      message: `These run an image of another repository than ${image.repository}, and it is replaced: ${names.join(', ')}. Exclude what is not meant with \`!\` in \`services\`.`,
    },
  ]
}
