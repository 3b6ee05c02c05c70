import type { Deployment, ServiceTarget } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import { describeStatus, isLive, phaseOf } from '../../plan/deployment-status.ts'
import type { DeployStep } from '../../plan/plan.ts'
import { revisionOf } from '../../plan/variables/set-variables.ts'
import { otherUnderWay } from '../../plan/variables/under-way.ts'
import type { PollResult } from '../poller/poll-result.ts'
import { deployLiveRevision, withCurrentState } from '../refresh.ts'
import type { StepContext } from '../step-context.ts'

/** The maximum number of deployments of others that one step waits for, one after the other. */
const maxWaits = 5

/**
 * Waits for a deployment of another revision that is under way before a step deploys the live one again for its
 * variables. Otherwise the service would go back: the step's deployment would take the place of a newer commit. The
 * step then deploys whatever is live by then. A deployment that starts to wait for a person or a check is not awaited
 * any longer: the step deploys the live revision. If it does not wait, or not to the end, it deploys the revision that is
 * under way.
 */
export async function awaitUnderWay(
  step: DeployStep<Named>,
  context: StepContext,
): Promise<DeployStep<Named>> {
  const { ports, options, poller } = context
  const { emit, signal, deadline } = ports
  let current = step
  for (let waits = 0; ; waits += 1) {
    const other = otherUnderWay(current.target)
    if (other === null) return current
    if (!options.wait || waits === maxWaits) return deployInPlaceOf(other, current)
    const name = other.commit?.slice(0, 7) ?? other.image ?? 'another revision'
    const note = `${name} is being deployed; the new variables take effect with what is live afterwards`
    emit({ kind: 'note', target: step.target, note })
    const end = await poller.follow(current.target, other.id, { endsIfBlocked: true })
    poller.release(other.id)
    // What stopped the wait stops the step, too.
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

/** Returns the step with the revision of a deployment whose end is not awaited. */
const deployInPlaceOf = (other: Deployment, step: DeployStep<Named>): DeployStep<Named> => ({
  ...step,
  revision: revisionOf(other, step.target),
})

/**
 * Returns a service after the end of a deployment, by what was read with that end, or else by what is read now. If
 * neither could be read, a deployment that went live is taken for the live one.
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
