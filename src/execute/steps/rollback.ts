import type { RollbackStep } from '../../plan/plan.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { startAndFollow } from './start-and-follow.ts'

/** Returns a service to a deployment of its past, then follows the new deployment that this makes. */
export async function performRollback(
  step: RollbackStep,
  execution: StepContext,
): Promise<StepResult> {
  const { target, to } = step
  const start = () => execution.ports.deployments.rollBack(target, to)
  const verb = { present: 'roll back', past: 'rolled back' }
  return startAndFollow(step, { start, mayRepeat: true, verb }, execution)
}
