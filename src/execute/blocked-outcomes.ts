import { type Failure, failure } from '../errors/codes.ts'
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
export function blockedOutcomes(
  steps: readonly Step[],
  unhealthy: Outcome,
  hasCanary: boolean,
): Outcome[] {
  const { step, status, failure: own } = unhealthy
  const role = hasCanary && (step.wave ?? 0) === 0 ? 'canary' : 'earlier'
  const name = targetName(step.target)
  const who = role === 'canary' ? `the canary ${name}` : `${name}, which goes before it,`
  const message = `${who} is not healthy: ${status}`
  const why = own ? null : whyUnhealthy(unhealthy, role)
  return steps.map((one, index) => notStarted(one, message, index === 0 ? why : null))
}

const roles = {
  canary: {
    skipped: 'It was the canary, and the rest waits for a canary that is healthy.',
    superseded: 'a newer deployment took its place, so the canary was never seen to be healthy.',
  },
  earlier: {
    skipped: 'It is in an earlier wave, and the later waves wait until it is healthy.',
    superseded:
      'a newer deployment took its place, so the later waves have no proof that it is healthy.',
  },
} as const

/** Returns the failure for a skipped or superseded step that keeps later waves from starting; `null` for any other. */
function whyUnhealthy({ step, status }: Outcome, role: keyof typeof roles): Failure | null {
  const place = locationOf(step.target)
  if (status === 'skipped') {
    return failure('deployment-skipped', { ...place, why: roles[role].skipped })
  }
  if (status !== 'superseded') return null
  const diagnosis = roles[role].superseded
  const facts = { how: 'removed', step: null, diagnosis, firstErrorLine: null } as const
  return failure('deployment-failed', { ...place, ...facts })
}
