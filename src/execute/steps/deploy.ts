import type { DeployStep } from '../../plan/plan.ts'
import type { Ended, Execution } from '../execute.ts'
import { settled } from '../outcome.ts'
import { trigger } from '../trigger.ts'
import { cancelledBefore, isNotMade } from '../turns.ts'
import { follow } from './follow.ts'

/** Starts a deployment when its turn comes, then follows it. */
export async function performDeploy(step: DeployStep, execution: Execution): Promise<Ended> {
  const { edges, turns } = execution
  const begun = await turns.take(step, async () => {
    const startedAt = edges.clock.now()
    const triggered = await trigger(step, edges)
    // Inside the turn, so that the next one already knows.
    if (triggered.kind === 'refused' || triggered.kind === 'unknown') turns.failed()
    return { startedAt, triggered }
  })
  if (isNotMade(begun)) return { outcome: begun.notMade }
  const { startedAt, triggered } = begun
  if (triggered.kind === 'not-sent') return { outcome: cancelledBefore(step) }
  if (triggered.kind === 'started') {
    edges.emit({ kind: 'started', step, deploymentId: triggered.deploymentId })
    return follow(step, triggered.deploymentId, startedAt, execution)
  }
  const message =
    triggered.kind === 'refused'
      ? 'Railway refused to deploy it'
      : 'it may or may not have been deployed; look at it in Railway before the next run'
  const { failure } = triggered
  const finishedAt = edges.clock.now()
  const changed = triggered.kind === 'unknown'
  const times = { startedAt, finishedAt }
  const outcome = { ...settled(step, triggered.kind, message), ...times, failure, changed }
  return { outcome }
}
