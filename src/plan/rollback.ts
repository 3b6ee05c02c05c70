import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import {
  type Deployment,
  locationOf,
  type ServiceTarget,
  targetName,
} from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { humanAge } from '../text.ts'
import { isLive, isUnderWay, phaseOf } from './deployment-status.ts'
import type { Plan, RollbackStep } from './plan.ts'

/** A deployment of the past, and whether Railway can still return to it. */
export interface PastDeployment extends Deployment {
  readonly canRollback: boolean
}

/** What a service was deployed with so far, newest first as far as it was read; or why that is not known. */
export type History =
  | { readonly ok: true; readonly deployments: readonly PastDeployment[] }
  | { readonly ok: false; readonly failure: Failure }

/** What planning a rollback asks of Railway. */
export interface Histories {
  /** The histories in the targets' order, each read until `isEnough` or to its end. */
  read(
    targets: readonly ServiceTarget[],
    isEnough: (target: ServiceTarget, deployments: readonly PastDeployment[]) => boolean,
  ): Promise<readonly History[]>
}

/** Returns every selected service to its previous good deployment; refused where one of them has none. */
export async function planRollback(
  selection: Selection,
  histories: Histories,
  now: number,
): Promise<Result<Plan>> {
  const targets = targetsOf(selection)
  const read = await histories.read(
    targets,
    (target, deployments) => previousGood(target, deployments) !== null,
  )
  const steps: RollbackStep[] = []
  const failures: Failure[] = []
  for (const [index, target] of targets.entries()) {
    const history = read[index]
    if (!history) continue
    if (!history.ok) {
      failures.push(history.failure)
      continue
    }
    const to = previousGood(target, history.deployments)
    if (to) steps.push(rollbackStep(target, { from: liveOf(target), to }, now))
    else failures.push(nothingToReturnTo(target, history.deployments.length))
  }
  return failures.length > 0 ? err(failures) : ok({ steps, warnings: overtaken(targets) })
}

/** The deployment that serves, the newest where there are several. */
export function liveOf({ instance }: ServiceTarget): Deployment | null {
  const live = instance.active.filter(({ status }) => isLive(status))
  return live.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0] ?? null
}

/** The newest deployment before the live one that Railway can return to and that did not end badly. */
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
  return candidates.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0] ?? null
}

const endedBadly = (status: string) => ['failed', 'crashed', 'skipped'].includes(phaseOf(status))

/** The step that returns a service to a deployment of its past. */
export function rollbackStep(
  target: ServiceTarget,
  { from, to }: { from: Deployment | null; to: Deployment },
  now: number,
): RollbackStep {
  const age = ({ createdAt }: Deployment) => humanAge(now - Date.parse(createdAt))
  const left = from ? `from ${describeDeployment(from)} (${age(from)})` : 'nothing is live;'
  const detail = `${left} to ${describeDeployment(to)} (${age(to)})`
  return { action: 'rollback', target, from, to, revision: { kind: 'past' }, detail }
}

/** A deployment in a few characters: its commit, its image, or its id where Railway tells neither. */
export function describeDeployment({ commit, image, digest, id }: Deployment): string {
  if (commit) return commit.slice(0, 7)
  if (!image) return `deployment ${id.slice(0, 8)}`
  return digest && !image.includes('@') ? `${image}@${digest.slice(0, 19)}` : image
}

const nothingToReturnTo = (target: ServiceTarget, read: number): Failure =>
  failure('rollback-unavailable', { ...locationOf(target), read })

/** A deployment that is still on its way is overtaken by the rollback, or overtakes it. */
function overtaken(targets: readonly ServiceTarget[]): Warning[] {
  const names = targets.flatMap((target) => {
    const { latest } = target.instance
    return latest && isUnderWay(latest.status) ? [`${targetName(target)} (${latest.status})`] : []
  })
  if (names.length === 0) return []
  return [
    {
      title: 'a deployment is on its way',
      message: `A newer deployment of these is still on its way and may end up in the rollback's place, or be replaced by it: ${names.join(', ')}.`,
    },
  ]
}
