import { type Failure, failure } from '../errors/codes.ts'
import { listLocations } from '../errors/list-locations.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import {
  type ImageReference,
  isSameReference,
  parseImageReference,
} from '../inputs/image-reference.ts'
import {
  type Deployment,
  locationOf,
  type ServiceInstance,
  type ServiceTarget,
} from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { humanAge } from '../text.ts'
import { isLive, isUnfinished, phaseOf } from './deployment-status.ts'
import type { Plan, RollbackStep } from './plan.ts'
import type { History, PastDeployment } from './ports.ts'
import { targetKey, toStep } from './step-id.ts'

/**
 * Plans the rollback of each selected service to its previous good deployment. A service without one is a failure.
 * `histories`: the histories of deployments by the key of the target.
 */
export function planRollback(
  selection: Selection,
  histories: ReadonlyMap<string, History>,
  now: number,
): Result<Plan> {
  const targets = targetsOf(selection)
  const steps: RollbackStep[] = []
  const failures: Failure[] = []
  for (const target of targets) {
    const history = histories.get(targetKey(target))
    if (!history) continue
    if (!history.ok) {
      failures.push(history.failure)
      continue
    }
    const to = previousGood(target, history.deployments)
    if (to)
      steps.push(
        rollbackStep(target, { from: liveOf(target), to, image: formerImage(target, to) }, now),
      )
    else failures.push(nothingToReturnTo(target, history.deployments.length))
  }
  return failures.length > 0 ? err(failures) : ok({ steps, warnings: overtaken(targets) })
}

/** Returns the live deployment of a service, the newest if there are several; `null` if there is none. */
export function liveOf({
  instance,
}: {
  readonly instance: Pick<ServiceInstance, 'active'>
}): Deployment | null {
  const live = instance.active.filter(({ status }) => isLive(status))
  return live.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0] ?? null
}

/**
 * Returns the deployment to roll back to; `null` if there is none. It is the newest deployment that is older than the
 * live one, that did not fail, that has another commit or image, and that Railway can still roll back to.
 */
export function previousGood(
  target: ServiceTarget,
  deployments: readonly PastDeployment[],
): PastDeployment | null {
  const reference = liveOf(target) ?? target.instance.latest
  const candidates = deployments
    .filter(
      ({ id, createdAt }) => !reference || (id !== reference.id && createdAt < reference.createdAt),
    )
    .filter(({ canRollback, status }) => canRollback && !endedBadly(status))
    .filter((deployment) => !reference || !consistOfSame(deployment, reference))
  return candidates.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0] ?? null
}

/**
 * Returns whether two deployments are of the same commit or the same image, by Railway's report. Two uploads never
 * count as the same.
 */
export function consistOfSame(one: Deployment, other: Deployment): boolean {
  if (one.commit !== null || other.commit !== null) {
    return one.commit?.toLowerCase() === other.commit?.toLowerCase()
  }
  if (one.digest && other.digest) return one.digest === other.digest
  const image = one.image === null ? null : parseImageReference(one.image)
  return image !== null && other.image !== null && isSameReference(image, other.image)
}

/**
 * Returns the image of an earlier deployment, if it has to be set as the source of the service again. Otherwise the
 * next deployment would use the current image. The result is `null` if the source can stay unchanged.
 */
export function formerImage(
  { instance: { source } }: ServiceTarget,
  to: Deployment,
): ImageReference | null {
  if (source.kind !== 'image' || to.image === null) return null
  const image = parseImageReference(to.image)
  return image === null || isSameReference(image, source.image) ? null : image
}

const endedBadly = (status: string) => ['failed', 'crashed', 'skipped'].includes(phaseOf(status))

/** Returns the step that rolls a service back from the live deployment to an earlier one. */
export function rollbackStep(
  target: ServiceTarget,
  {
    from,
    to,
    image = null,
  }: { from: Deployment | null; to: Deployment; image?: ImageReference | null },
  now: number,
): RollbackStep {
  const age = ({ createdAt }: Deployment) => humanAge(now - Date.parse(createdAt))
  const left = from ? `from ${describeDeployment(from)} (${age(from)})` : 'nothing is live;'
  const detail = `${left} to ${describeDeployment(to)} (${age(to)}); variables return to the values of that deployment`
  const content = { target, from, to, image, revision: { kind: 'past' }, detail } as const
  return toStep({ action: 'rollback', ...content, ...(image && { changes: 2 }) })
}

/** Describes a deployment in a few characters: its commit, its image, or else its id. */
export function describeDeployment({ commit, image, digest, id }: Deployment): string {
  if (commit) return commit.slice(0, 7)
  if (!image) return `deployment ${id.slice(0, 8)}`
  return digest && !image.includes('@') ? `${image}@${digest.slice(0, 19)}` : image
}

const nothingToReturnTo = (target: ServiceTarget, read: number): Failure =>
  failure('rollback-unavailable', { ...locationOf(target), read })

/** Returns a warning about services with a deployment in progress, which may go live after the rollback. */
function overtaken(targets: readonly ServiceTarget[]): Warning[] {
  const locations = targets.flatMap((target) => {
    const { latest } = target.instance
    return latest && isUnfinished(latest.status)
      ? [{ ...locationOf(target), note: latest.status }]
      : []
  })
  if (locations.length === 0) return []
  return [
    {
      title: 'a deployment is in progress',
      message: `These services have a deployment in progress while they are rolled back: ${listLocations(locations)}. It is not certain which of the two is live in the end. Check the services in Railway after the run.`,
    },
  ]
}
