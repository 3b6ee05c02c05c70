import type { RollbackStep } from '../../plan/plan.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { setImage } from './deploy.ts'
import { startAndFollow } from './start-and-follow.ts'

/** Rolls a service back to an earlier deployment, and follows the new deployment that this starts. */
export async function performRollback(
  step: RollbackStep,
  context: StepContext,
): Promise<StepResult> {
  const { target, to, image } = step
  const start = () => context.ports.deployments.rollBack(target, to)
  const verb = { present: 'roll back', past: 'rolled back' }
  const starting = { start, verb }
  if (image === null) return startAndFollow(step, starting, context)
  const prepare = {
    change: (startedAt: number) => setImage(step, image, startedAt, context),
    done: `its image is set back to ${image.text}`,
  }
  return startAndFollow(step, { ...starting, prepare }, context)
}
