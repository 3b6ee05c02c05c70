import { type Failure, failure, type WaitingServices } from '../errors/codes.ts'
import { locationOf, targetName } from '../inventory/inventory.ts'
import type { Step } from '../plan/plan.ts'
import { endedWell, notStarted, type Outcome } from './outcome.ts'

/**
 * Returns whether an outcome lets later waves start. A deployment that was skipped or superseded does not, because its
 * own success was not verified.
 */
export const isHealthy = (outcome: Outcome) => outcome.step.action === 'keep' || endedWell(outcome)

/**
 * Returns the outcomes of steps that are not started because a step of an earlier wave is not healthy. If that step has
 * no failure of its own, the first outcome has one, so that the job fails. `hasCanary`: the first wave is the canary.
 */
export function skippedOutcomes(
  steps: readonly Step[],
  unhealthy: Outcome,
  hasCanary: boolean,
): Outcome[] {
  const { step, status, failure: own } = unhealthy
  const waiting = hasCanary && (step.wave ?? 0) === 0 ? 'after-canary' : 'later-waves'
  const name = targetName(step.target)
  const who = waiting === 'after-canary' ? `the canary ${name}` : `${name} in an earlier wave`
  const message = `${who} is not healthy: ${status}`
  const why = own ? null : whyUnhealthy(unhealthy, waiting)
  return steps.map((one, index) => notStarted(one, message, index === 0 ? why : null))
}

/** Returns the failure for a skipped or superseded step that keeps later waves from starting; `null` for any other. */
function whyUnhealthy({ step, status }: Outcome, waiting: WaitingServices): Failure | null {
  const place = locationOf(step.target)
  if (status === 'skipped') {
    return failure('deployment-skipped', { ...place, why: null, waiting })
  }
  if (status !== 'superseded') return null
  const facts = { how: 'removed', step: null, diagnosis: null, firstErrorLine: null } as const
  return failure('deployment-failed', { ...place, ...facts, waiting })
}
