import type { Warning } from '../../errors/warning.ts'
import { type Deployment, type ServiceTarget, targetName } from '../../inventory/inventory.ts'
import { phaseOf } from '../deployment-status.ts'
import type { Step } from '../plan.ts'
import { consistOfSame, liveOf } from '../rollback.ts'

/**
 * Returns the deployment of another revision than the live one that is under way; `null` if there is none. The
 * deployment that applies new variables waits for it, so that the service does not go back.
 */
export function otherUnderWay(target: ServiceTarget): Deployment | null {
  const { latest } = target.instance
  if (latest === null || phaseOf(latest.status) !== 'going') return null
  const live = liveOf(target)
  return live !== null && consistOfSame(live, latest) ? null : latest
}

/** Warns of deployments that wait for a person or a check: nobody knows when they go on, so they are not waited for. */
export function blockedDeployments(steps: readonly Step[]): Warning[] {
  const names = steps.flatMap(({ action, target }) =>
    action === 'deploy' && phaseOf(target.instance?.latest?.status ?? '') === 'blocked'
      ? [targetName(target)]
      : [],
  )
  if (names.length === 0) return []
  return [
    {
      title: 'a deployment is blocked',
      message: `${names.join(', ')}: a deployment was waiting for a check or an approval when the variables were read, so what is live is deployed with the new variables. If that takes the place of a newer commit, run \`deploy\` for it afterwards.`,
    },
  ]
}
