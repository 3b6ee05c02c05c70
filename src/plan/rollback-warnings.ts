import { targetName } from '../inventory/inventory.ts'
import type { Plan } from './plan.ts'
import { liveOf } from './rollback.ts'

/** Warns about services without a deployment to return to if something ends badly. */
export function warnNoRollbackTarget(plan: Plan): Plan {
  const names = plan.steps.flatMap((step) =>
    (step.action === 'deploy' || step.action === 'upload') && liveOf(step.target) === null
      ? [targetName(step.target)]
      : [],
  )
  if (names.length === 0) return plan
  const warning = {
    title: 'no way back',
    message: `Nothing is live of these, so \`on-failure: rollback\` has nothing to return them to: ${names.join(', ')}.`,
  }
  return { ...plan, warnings: [...plan.warnings, warning] }
}
