import { type Failure, failure } from '../errors/codes.ts'
import { listLocations } from '../errors/list-locations.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import {
  type ImageReference,
  isFixed,
  isSameImage,
  isSameReference,
  parseImageReference,
} from '../inputs/image-reference.ts'
import {
  type Deployment,
  locationOf,
  type ServiceInstance,
  type ServiceTarget,
  targetName,
} from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { isLive, isUnfinished } from './deployment-status.ts'
import type { Plan, Revision, Step } from './plan.ts'
import { targetKey, toStep } from './step-id.ts'

/** The part of the inputs that decides which image is deployed. */
export interface ImageRequest {
  readonly image: ImageReference
  readonly force: boolean
}

/**
 * Plans to set one image on each selected service and to deploy the image. A service that already runs the image stays
 * unchanged, unless it is in `changing`. A service with another source, such as a repository or a database, is switched
 * only if `services` gives its name or id. The reason is that a glob may match more services than intended.
 */
export function planImage(
  selection: Selection,
  request: ImageRequest,
  changing: ReadonlySet<string> = new Set(),
): Result<Plan> {
  const targets = targetsOf(selection)
  const failures = targets
    .filter(
      ({ instance }) => !runsThisImage(instance, request.image) && !selection.named.has(instance),
    )
    .map((target) => notMeant(target, request.image))
  if (failures.length > 0) return err(failures)
  const steps = targets.map((target) => {
    const force = request.force || changing.has(targetKey(target))
    return planService(target, { ...request, force })
  })
  return ok({ steps, warnings: otherImages(targets, request.image) })
}

function planService(target: ServiceTarget, { image, force }: ImageRequest): Step {
  const { source, latest, active } = target.instance
  const was = source.kind === 'image' ? source.image : null
  const revision = { kind: 'image', image } as const
  if (was !== null && isFixed(image) && isSetTo(image, was) && !force) {
    const runsIt = (deployment: Deployment) => consistsOf(deployment, image)
    if (latest && isUnfinished(latest.status) && runsIt(latest)) {
      const detail = `${image.text} is already being deployed (${latest.status})`
      return toStep({ action: 'adopt', deployment: latest, revision, target, detail })
    }
    const live = active.find((deployment) => isLive(deployment.status) && runsIt(deployment))
    if (live) {
      const detail = `${image.text} is already live${describeDigest(live, image)}`
      return toStep({ action: 'keep', because: 'unchanged', target, detail })
    }
  }
  return toStep({ action: 'deploy', revision, target, detail: describe(revision, target) })
}

/**
 * Returns whether the source of a service does not have to be set. It is already this reference, or both are digests.
 * Two digests may name the same image: that of the index and that of the platform.
 */
const isSetTo = (image: ImageReference, source: string): boolean =>
  isSameReference(image, source) ||
  (image.digest !== null && (parseImageReference(source)?.digest ?? null) !== null)

/**
 * Returns whether a deployment runs the requested image, by Railway's report. A requested digest may be the one of the
 * index or the one of the platform.
 */
export function consistsOf(
  { image, digest = null }: Pick<Deployment, 'image' | 'digest'>,
  requested: ImageReference,
): boolean {
  const reference = image === null ? null : parseImageReference(image)
  if (reference?.repository !== requested.repository) return false
  if (requested.digest !== null) return [reference.digest, digest].includes(requested.digest)
  return (reference.tag ?? 'latest') === (requested.tag ?? 'latest')
}

const describeDigest = ({ digest }: Deployment, { text }: ImageReference): string =>
  digest && !text.includes(digest) ? ` (${digest.slice(0, 19)})` : ''

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

/** Returns whether the source of a service is this image, with any tag or digest. */
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

/**
 * Returns a warning about services that run another image, although `services` names them. The name in `services` may
 * be a mistake.
 */
function otherImages(targets: readonly ServiceTarget[], image: ImageReference): Warning[] {
  const locations = targets.flatMap((target) => {
    const { source } = target.instance
    if (source.kind !== 'image' || isSameImage(image, source.image)) return []
    return [{ ...locationOf(target), note: `runs ${source.image}` }]
  })
  if (locations.length === 0) return []
  return [
    {
      title: 'another image is replaced',
      message: `The image ${image.text} replaces a different image of these services: ${listLocations(locations)}. If a service should keep its image, exclude it with \`!\` in \`services\`.`,
    },
  ]
}
