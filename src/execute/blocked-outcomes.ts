import { type Failure, failure, type WaitingServices } from '../errors/codes.ts'
import { locationOf, targetName } from '../inventory/inventory.ts'
import type { Step } from '../plan/plan.ts'
import { endedWell, notStarted, type Outcome } from './outcome.ts'

/**
 * Returns whether a step proves that its service is healthy. A canary that was skipped or replaced has proven nothing.
 */
export const isHealthy = (outcome: Outcome) => outcome.step.action === 'keep' || endedWell(outcome)

/**
 * Returns the outcomes of steps that wait for an unhealthy one: they are not started. The job fails because of it even
 * if the unhealthy step has not failed. `hasCanary`: the first wave is the canary.
 */
export function blockedOutcomes(
  steps: readonly Step[],
  unhealthy: Outcome,
  hasCanary: boolean,
): Outcome[] {
  const { step, status, failure: own } = unhealthy
  const waiting = hasCanary && (step.wave ?? 0) === 0 ? 'after-canary' : 'later-waves'
  const name = targetName(step.target)
  const who = waiting === 'after-canary' ? `the canary ${name}` : `${name} of an earlier wave`
  const message = `${who} is not healthy: ${status}`
  const why = own ? null : whyUnhealthy(unhealthy, waiting)
  return steps.map((one, index) => notStarted(one, message, index === 0 ? why : null))
}

/** Returns the failure of a step that has not failed itself but keeps others from starting. */
function whyUnhealthy({ step, status }: Outcome, waiting: WaitingServices): Failure | null {
  const place = locationOf(step.target)
  if (status === 'skipped') {
    return failure('deployment-skipped', { ...place, why: null, waiting })
  }
  if (status !== 'superseded') return null
  const facts = { how: 'removed', step: null, diagnosis: null, firstErrorLine: null } as const
  return failure('deployment-failed', { ...place, ...facts, waiting })
}
