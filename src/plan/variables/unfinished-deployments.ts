import { listLocations } from '../../errors/list-locations.ts'
import type { Warning } from '../../errors/warning.ts'
import { type Deployment, locationOf, type ServiceTarget } from '../../inventory/inventory.ts'
import { phaseOf } from '../deployment-status.ts'
import type { Step } from '../plan.ts'
import { consistOfSame, liveOf } from '../rollback.ts'

/**
 * Returns the deployment in progress if it has another revision than the live one; `null` otherwise. The deployment
 * that applies new variables waits for it, so that the service does not return to an older revision.
 */
export function otherInProgress(target: ServiceTarget): Deployment | null {
  const { latest } = target.instance
  if (latest === null || phaseOf(latest.status) !== 'in-progress') return null
  const live = liveOf(target)
  return live !== null && consistOfSame(live, latest) ? null : latest
}

/**
 * Returns whether the newest deployment of a service failed although its commit or image is live, or nothing is live.
 * The values of such a service may be stored and not in effect, for example after a run that wrote them. A failed
 * deployment of another commit does not count: it says nothing about the variables of the live one. A cron service does
 * not count either, because its runs also end with that status.
 */
export function hasFailedRedeployment({ instance }: ServiceTarget): boolean {
  const { latest, cron } = instance
  if (latest === null || cron || !['failed', 'crashed'].includes(phaseOf(latest.status))) {
    return false
  }
  const live = liveOf({ instance })
  return live === null || consistOfSame(live, latest)
}

/**
 * Returns a warning about services whose deployment waits for a person or a check. It is not known when such a
 * deployment continues, so the run does not wait for it.
 */
export function blockedDeployments(steps: readonly Step[]): Warning[] {
  const locations = steps.flatMap(({ action, target }) =>
    action === 'deploy' && phaseOf(target.instance?.latest?.status ?? '') === 'blocked'
      ? [locationOf(target)]
      : [],
  )
  if (locations.length === 0) return []
  return [
    {
      title: 'a deployment is blocked',
      message: `These services have a deployment that waits for a check or an approval: ${listLocations(locations)}. To apply the new variables, the run deploys the commit or image that is live now. If this replaces a deployment of a newer commit, run \`deploy\` for that commit afterwards.`,
    },
  ]
}
