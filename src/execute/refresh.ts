import type { ServiceTarget } from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import { reuseDeployment } from '../plan/deploy.ts'
import { isPlaced, type StartingStep, type Step, type StepId, starts } from '../plan/plan.ts'
import type { ExecutePorts } from './context.ts'
import type { InstanceState } from './ports.ts'

/** The states of services now, by the step that is about to deploy them. */
export type CurrentStates = ReadonlyMap<StepId, InstanceState>

/** Returns the step of an id. */
export type FindStep = (id: StepId) => Step | undefined

/**
 * Reads once more, in one request, the services that these steps are about to deploy: the inventory is as old as
 * everything that was waited for. Without an answer the plan stays as it is.
 */
export async function refresh(
  steps: readonly Step[],
  find: FindStep,
  { deployments, signal, deadline }: Pick<ExecutePorts, 'deployments' | 'signal' | 'deadline'>,
): Promise<CurrentStates> {
  const starting = steps.filter(starts).flatMap(({ id, after, target }) => {
    // A service of a preview that is not ready yet is decided once it is.
    const isUnready = after.some((earlier) => isPreview(find(earlier)))
    return isPlaced(target) && !isUnready ? [{ id, target }] : []
  })
  if (starting.length === 0 || signal.aborted || deadline.passed) return new Map()
  const states = await deployments.instances(starting.map(({ target }) => target))
  return new Map(
    starting.flatMap(({ id }, index) => {
      const state = states?.[index]
      return state?.ok ? [[id, state.value] as const] : []
    }),
  )
}

const isPreview = (step: Step | undefined) =>
  step?.action === 'create-preview' || step?.action === 'update-preview'

/**
 * Decides a step again by what its service serves now. A commit that has gone live meanwhile is left alone, one
 * that is on its way is adopted: a second deployment would only replace the first.
 */
export function replan(
  step: Step<Named>,
  now: InstanceState,
  { force }: { force: boolean },
  find: FindStep,
): Step<Named> {
  if (!starts(step)) return step
  const target = withCurrentState(step.target, now)
  const again: StartingStep<Named> = { ...step, target }
  if (again.action !== 'deploy' || again.revision.kind !== 'commit') return again
  const isNeeded = force || step.after.some((id) => find(id)?.action === 'set-variables')
  const reused = isNeeded ? null : reuseDeployment(target, again.revision)
  return reused ? { ...reused, ...placeInPlan(step) } : again
}

/** Returns the parts of a step that stay when it is decided again. */
export const placeInPlan = ({ id, after, wave = 0 }: Step) => ({ id, after, wave })

/** Replaces the deployments by those that are there now: a new one that is none of them may be this run's. */
export const withCurrentState = (
  target: ServiceTarget,
  state: InstanceState | null,
): ServiceTarget => ({
  ...target,
  instance: { ...target.instance, ...(state && { latest: state.latest, active: state.active }) },
})
