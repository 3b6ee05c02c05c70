import type { ServiceTarget } from '../inventory/inventory.ts'
import { reuseDeployment } from '../plan/deploy.ts'
import { type StartingStep, type Step, starts } from '../plan/plan.ts'
import type { ExecutePorts } from './context.ts'
import type { InstanceState } from './ports.ts'

/** What services serve now, by the step that is about to deploy them. */
export type CurrentStates = ReadonlyMap<Step, InstanceState>

/**
 * Looks once more, in one request, at the services that these steps are about to deploy: the inventory is
 * as old as everything that was waited for. Where there is no answer, what is known has to do.
 */
export async function refresh(
  steps: readonly Step[],
  { deployments, signal, deadline }: ExecutePorts,
): Promise<CurrentStates> {
  const starting = steps.filter(starts).filter((step) => !isInUnready(step))
  if (starting.length === 0 || signal.aborted || deadline.passed) return new Map()
  const looks = await deployments.instances(starting.map(({ target }) => target))
  return new Map(
    starting.flatMap((step, index) => {
      const look = looks?.[index]
      return look?.ok ? [[step, look.value] as const] : []
    }),
  )
}

/** What is in a preview that is yet to be made ready is decided once it is. */
const isInUnready = ({ after = [] }: Step) =>
  after.some(({ action }) => action === 'create-preview' || action === 'update-preview')

/**
 * The step in the light of what its service serves now. A commit that has gone live meanwhile is left
 * alone, one that is on its way is adopted: a second deployment would only replace the first.
 */
export function replan(step: Step, now: InstanceState, { force }: { force: boolean }): Step {
  if (!starts(step)) return step
  const target = withCurrentState(step.target, now)
  const again: StartingStep = { ...step, target }
  if (again.action !== 'deploy' || again.revision.kind !== 'commit') return again
  const isNeeded = force || again.after?.some(({ action }) => action === 'set-variables')
  return isNeeded ? again : (reuseDeployment(target, again.revision) ?? again)
}

/** With the deployments that are there by now: a new one that is none of them may be this run's. */
export const withCurrentState = (
  target: ServiceTarget,
  state: InstanceState | null,
): ServiceTarget => ({
  ...target,
  instance: { ...target.instance, ...(state && { latest: state.latest, active: state.active }) },
})
