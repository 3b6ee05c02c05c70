import { listLocations } from '../errors/list-locations.ts'
import { locationOf } from '../inventory/inventory.ts'
import type { Plan } from './plan.ts'
import { liveOf } from './rollback.ts'

/** Adds a warning to the plan about services that `on-failure: rollback` could not return to an earlier deployment. */
export function warnNoRollbackTarget(plan: Plan): Plan {
  const locations = plan.steps.flatMap((step) =>
    (step.action === 'deploy' || step.action === 'upload') && liveOf(step.target) === null
      ? [locationOf(step.target)]
      : [],
  )
  if (locations.length === 0) return plan
  const warning = {
    title: 'rollback not possible',
    message: `\`on-failure: rollback\` cannot return these services to an earlier deployment, because none of them has a live deployment now: ${listLocations(locations)}. If the run fails, they keep the deployments of this run.`,
  }
  return { ...plan, warnings: [...plan.warnings, warning] }
}
