import type { Deployment, ServiceTarget } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import { describeStatus, isLive, phaseOf } from '../../plan/deployment-status.ts'
import type { DeployStep } from '../../plan/plan.ts'
import { revisionToRedeploy } from '../../plan/variables/set-variables.ts'
import { otherInProgress } from '../../plan/variables/unfinished-deployments.ts'
import type { PollResult } from '../poller/poll-result.ts'
import { deployLiveRevision, withCurrentState } from '../refresh.ts'
import type { StepContext } from '../step-context.ts'

/** The maximum number of deployments of others that one step waits for, one after the other. */
const maxWaits = 5

/**
 * Waits for a deployment of another revision before a step deploys the live revision again for its variables. Without
 * this wait, the step could replace a newer commit by an older one. Returns the step with the revision that is live
 * after the wait. The wait also ends if the deployment starts to wait for a person or a check. If the run does not wait
 * for deployments, has waited for {@link maxWaits} of them, or cannot read the end, the returned step deploys the
 * revision that is in progress.
 */
export async function awaitUnfinished(
  step: DeployStep<Named>,
  context: StepContext,
): Promise<DeployStep<Named>> {
  const { ports, options, poller } = context
  const { emit, signal, deadline } = ports
  let current = step
  for (let waits = 0; ; waits += 1) {
    const other = otherInProgress(current.target)
    if (other === null) return current
    if (!options.wait || waits === maxWaits) return deployInPlaceOf(other, current)
    const name = other.commit?.slice(0, 7) ?? other.image ?? 'another revision'
    const note = `${name} is being deployed; the new variables take effect with what is live afterwards`
    emit({ kind: 'note', target: step.target, note })
    const end = await poller.follow(current.target, other.id, { endsIfBlocked: true })
    poller.release(other.id)
    // A cancellation or the deadline also stops the step.
    if (signal.aborted || deadline.passed) return current
    if (end.kind !== 'finished') return deployInPlaceOf(other, current)
    if (phaseOf(end.state.status) === 'blocked') {
      const blocked = `${name} is ${describeStatus(end.state.status)}; the new variables take effect with what is live now`
      emit({ kind: 'note', target: step.target, note: blocked })
    }
    const target = await afterEnd(end, current.target, context)
    current = deployLiveRevision({ ...current, target })
  }
}

/** Returns the step with the revision of a deployment for whose end the run does not wait. */
const deployInPlaceOf = (other: Deployment, step: DeployStep<Named>): DeployStep<Named> => ({
  ...step,
  revision: revisionToRedeploy(other, step.target),
})

/**
 * Returns a service with its state after the end of a deployment. The state comes from the poll that read the end, or
 * else from a new read. If neither has it, a deployment that went live counts as the live one.
 */
async function afterEnd(
  { served, state }: Extract<PollResult, { kind: 'finished' }>,
  target: ServiceTarget,
  { ports }: StepContext,
): Promise<ServiceTarget> {
  const { domains, active } = target.instance
  if (served) return withCurrentState(target, { ...served, domains })
  const now = (await ports.deployments.instances([target]))?.[0]
  if (now?.ok) return withCurrentState(target, now.value)
  const known = { latest: state, active: isLive(state.status) ? [state] : active }
  return { ...target, instance: { ...target.instance, ...known } }
}
