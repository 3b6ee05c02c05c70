import type { ImageReference } from '../../inputs/image-reference.ts'
import type { Named } from '../../named.ts'
import type { DeployStep, RollbackStep } from '../../plan/plan.ts'
import { cancelledBefore, type NotStarted } from '../change-queue.ts'
import { baseOutcome } from '../outcome.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { awaitUnfinished } from './await-unfinished.ts'
import { startAndFollow } from './start-and-follow.ts'

/** Deploys a commit or the current revision. An image is first written to the settings of the service. */
export async function performDeploy(
  planned: DeployStep<Named>,
  context: StepContext,
): Promise<StepResult> {
  const step = planned.ofLive ? await awaitUnfinished(planned, context) : planned
  const { target, revision } = step
  const verb = { present: 'deploy', past: 'deployed' }
  const start = () => context.ports.deployments.start(target, revision)
  const starting = { start, verb }
  if (revision.kind !== 'image') return startAndFollow(step, starting, context)
  const prepare = {
    change: (startedAt: number) => setImage(step, revision.image, startedAt, context),
    done: `its image is set to ${revision.image.text}`,
  }
  return startAndFollow(step, { ...starting, prepare }, context)
}

/**
 * Writes an image to the settings of a service. Resolves with the outcome of the step if that fails, or with `null`.
 */
export async function setImage(
  step: DeployStep<Named> | RollbackStep,
  image: ImageReference,
  startedAt: number,
  { ports, options }: StepContext,
): Promise<NotStarted | null> {
  const { registry } = step.action === 'deploy' ? options : { registry: null }
  const written = await ports.deployments.writeImage(step.target, image, registry)
  if (written.kind === 'done') return null
  if (written.kind === 'not-sent') return { notStarted: cancelledBefore(step) }
  const { failure } = written
  const isLost = written.kind === 'lost'
  const message = isLost
    ? 'its image may or may not have been set; it was not deployed'
    : 'Railway rejected the image'
  const base = baseOutcome(step, isLost ? 'unknown' : 'refused', message)
  return {
    notStarted: { ...base, startedAt, finishedAt: ports.clock.now(), failure, changed: isLost },
  }
}
