import type { Deployment, ServiceTarget } from '../../inventory/inventory.ts'
import { isLive, isUnfinished } from '../../plan/deployment-status.ts'
import { consistOfSame, describeDeployment, liveOf } from '../../plan/rollback.ts'
import type { Outcome } from '../outcome.ts'
import type { DeploymentState, InstanceState } from '../ports.ts'

/** The decision about the rollback of a service to the deployment that was live before the run. */
export type RollbackDecision =
  /** The service is rolled back. `from`: the live deployment; `null` if none is live. */
  | { readonly kind: 'roll-back'; readonly from: Deployment | null; readonly to: Deployment }
  /** The deployment from before the run is still live. */
  | { readonly kind: 'unchanged'; readonly why: string }
  /** The service cannot be rolled back, or must not be changed. `why` is reported as a warning. */
  | { readonly kind: 'skip'; readonly why: string }

/**
 * Decides whether a service is rolled back. `target` has its state before the run, `seen` its current state; `null` if
 * that was not read. Only a service whose live deployment this run has started, or that has none, is rolled back.
 */
export function decideRollback(
  { deploymentId, deployment }: Pick<Outcome, 'deploymentId' | 'deployment'>,
  target: ServiceTarget,
  seen: InstanceState | null,
): RollbackDecision {
  if (!seen) return { kind: 'skip', why: 'Railway did not report what is live now' }
  const before = liveOf(target)
  const own = deployment && isLive(deployment.status) ? deployment : null
  const instance = target.instance.cron ? withoutScheduledRuns(seen, [own, before]) : seen
  const now = newestLive(instance)
  const { latest } = instance
  if (latest && isUnfinished(latest.status)) {
    return latest.id === deploymentId
      ? { kind: 'skip', why: `it is still ${latest.status} and may go live later` }
      : { kind: 'skip', why: `a newer deployment is ${latest.status} and was not changed` }
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
 * Returns the state in which each scheduled run has the id and the start time of its deployment. The deployment of a
 * run is the first entry of `deployments` that is not newer than the run and has the same revision. `latest` becomes
 * `null` if it is a run in progress.
 */
function withoutScheduledRuns(
  { latest, active, ...instance }: InstanceState,
  deployments: readonly (Deployment | null)[],
): InstanceState {
  const originOf = (run: DeploymentState): DeploymentState => {
    const of = deployments.find(
      (one) => one !== null && one.createdAt <= run.createdAt && consistOfSame(one, run),
    )
    return of ? { ...run, id: of.id, createdAt: of.createdAt } : run
  }
  const isRun = latest !== null && originOf(latest).id !== latest.id && isUnfinished(latest.status)
  return { ...instance, latest: isRun ? null : latest, active: active.map(originOf) }
}
