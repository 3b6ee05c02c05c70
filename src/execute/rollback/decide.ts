import type { Deployment, ServiceTarget } from '../../inventory/inventory.ts'
import { isLive, isUnderWay } from '../../plan/deployment-status.ts'
import { consistOfSame, describeDeployment, liveOf } from '../../plan/rollback.ts'
import type { Outcome } from '../outcome.ts'
import type { DeploymentState, InstanceState } from '../ports.ts'

/** The decision whether and how to roll a service back to the deployment that it served before the run. */
export type RollbackDecision =
  | { readonly kind: 'roll-back'; readonly from: Deployment | null; readonly to: Deployment }
  /** The service needs no rollback. */
  | { readonly kind: 'unchanged'; readonly why: string }
  /** The service cannot be rolled back, or must not be changed. A warning reports `why`. */
  | { readonly kind: 'skip'; readonly why: string }

/**
 * Decides how to roll a service back, by the deployment that serves traffic now. `target` is the state before the
 * run. Nothing that this run did not start is changed: neither a service that still serves the same as before, nor
 * one that somebody else has deployed in the meantime.
 */
export function decideRollback(
  { deploymentId, deployment }: Pick<Outcome, 'deploymentId' | 'deployment'>,
  target: ServiceTarget,
  seen: InstanceState | null,
): RollbackDecision {
  if (!seen) return { kind: 'skip', why: 'Railway did not report what is live now' }
  const before = liveOf(target)
  const ours = deployment && isLive(deployment.status) ? deployment : null
  const instance = target.instance.cron ? withoutRuns(seen, [ours, before]) : seen
  const now = newestLive(instance)
  const { latest } = instance
  if (latest && isUnderWay(latest.status)) {
    return latest.id === deploymentId
      ? { kind: 'skip', why: `it is still ${latest.status} and may go live later` }
      : { kind: 'skip', why: `a newer deployment is ${latest.status}, which was left alone` }
  }
  if (before && now?.id === before.id) {
    return { kind: 'unchanged', why: `${describeDeployment(before)} is still live, as before` }
  }
  if (now && now.id !== deploymentId) {
    return { kind: 'skip', why: 'a deployment that this run did not start is live now' }
  }
  if (!before) {
    const left = now ? ', and the new one was left running' : ''
    return {
      kind: 'skip',
      why: `nothing was live before the run, so there is no deployment to return to${left}`,
    }
  }
  return { kind: 'roll-back', from: now, to: before }
}

const newestLive = ({ active }: InstanceState): Deployment | null =>
  active
    .filter(({ status }) => isLive(status))
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0] ?? null

/**
 * Replaces each scheduled run by the deployment that the schedule started it from. A newer deployment is taken for a
 * run of the first one with the same revision.
 */
function withoutRuns(
  { latest, active, ...instance }: InstanceState,
  deployments: readonly (Deployment | null)[],
): InstanceState {
  const origin = (run: DeploymentState): DeploymentState => {
    const of = deployments.find(
      (one) => one !== null && one.createdAt <= run.createdAt && consistOfSame(one, run),
    )
    return of ? { ...run, id: of.id, createdAt: of.createdAt } : run
  }
  const isRun = latest !== null && origin(latest).id !== latest.id && isUnderWay(latest.status)
  return { ...instance, latest: isRun ? null : latest, active: active.map(origin) }
}
