import type { Outcome } from '../execute/outcome.ts'
import type { Deployment, ServiceTarget } from '../inventory/inventory.ts'
import { isPlaced } from '../plan/plan.ts'
import { liveOf } from '../plan/rollback.ts'
import { targetKey } from '../plan/step-id.ts'
import type { RunReport } from '../run-state.ts'

/** The live deployment of a service, `null` if there is none, and the domains of the service. */
interface LiveService {
  readonly deployment: Deployment | null
  readonly domains: readonly string[]
}

/**
 * A lookup of the live deployment of a service at the end of the run. The state comes from the last read of the run, or
 * else from the inventory.
 */
export type LiveState = (target: ServiceTarget) => LiveService

/** Creates the {@link LiveState} of a run. */
export function liveState({ outcomes }: Pick<RunReport, 'outcomes'>): LiveState {
  const removed = new Set<string>()
  const read = new Map<string, LiveService>()
  for (const outcome of outcomes ?? []) {
    const { action, target } = outcome.step
    if (isPlaced(target) && action === 'delete-preview' && outcome.status === 'success') {
      removed.add(target.environment.id)
    }
    const live = lastRead(outcome)
    if (live) read.set(targetKey(target), live)
  }
  return (target) => {
    const { domains } = target.instance
    if (removed.has(target.environment.id)) return { deployment: null, domains: [] }
    return read.get(targetKey(target)) ?? { deployment: liveOf(target), domains }
  }
}

/** Returns the live deployment of a service after a step; `null` if the step deploys nothing. */
function lastRead({ step, status, deployment, live, domains }: Outcome): LiveService | null {
  const { instance } = step.target
  if (!instance || step.action === 'set-variables') return null
  if (live !== undefined) return { deployment: live, domains }
  const isUp = status === 'success' || status === 'rolled-back'
  return { deployment: isUp && deployment ? deployment : liveOf({ instance }), domains }
}
