import type { Named } from '../../named.ts'
import type { DeployStep } from '../../plan/plan.ts'
import { otherUnderWay } from '../../plan/variables/under-way.ts'
import { deployLiveRevision, withCurrentState } from '../refresh.ts'
import type { StepContext } from '../step-context.ts'

/** The maximum number of deployments of others that one step waits for, one after the other. */
const maxWaits = 5

/**
 * Waits for a deployment of another revision that is under way before a step deploys the live one again for its
 * variables. Otherwise the service would go back: the step's deployment would take the place of a newer commit. The step
 * then deploys whatever is live by then. Without `wait`, it deploys the commit that is under way.
 */
export async function awaitUnderWay(
  step: DeployStep<Named>,
  { ports, options, poller }: StepContext,
): Promise<DeployStep<Named>> {
  const { deployments, emit, signal, deadline } = ports
  let current = step
  for (let waits = 0; waits < maxWaits; waits += 1) {
    const other = otherUnderWay(current.target)
    if (other === null) return current
    const name = other.commit?.slice(0, 7) ?? other.image ?? 'another revision'
    if (!options.wait) {
      const { commit } = other
      return commit === null ? current : { ...current, revision: { kind: 'commit', sha: commit } }
    }
    const note = `${name} is being deployed; the new variables take effect with what is live afterwards`
    emit({ kind: 'note', target: step.target, note })
    const { kind } = await poller.follow(current.target, other.id)
    // What stopped the wait stops the step, too.
    if (kind !== 'finished' || signal.aborted || deadline.passed) return current
    const state = (await deployments.instances([current.target]))?.[0]
    if (!state?.ok) return current
    const target = withCurrentState(current.target, state.value)
    current = deployLiveRevision({ ...current, target })
  }
  return current
}
