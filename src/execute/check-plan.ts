import type { Step, StepId } from '../plan/plan.ts'

/** Throws if two steps have the same id, or if a step refers to one that is not before it or is in a later wave. */
export function checkPlan(steps: readonly Step[]): void {
  const before = new Map<StepId, Step>()
  for (const step of steps) {
    if (before.has(step.id)) throw new Error(`two steps have the id ${step.id}`)
    for (const id of referencesOf(step)) {
      const earlier = before.get(id)
      if (!earlier) throw new Error(`${step.id} refers to ${id}, which is not an earlier step`)
      if ((earlier.wave ?? 0) > (step.wave ?? 0))
        throw new Error(`${step.id} is in an earlier wave than ${id}`)
    }
    before.set(step.id, step)
  }
}

function referencesOf({ id, after, target: { environment } }: Step): StepId[] {
  const maker = 'createdBy' in environment ? [environment.createdBy] : []
  return [...after, ...maker.filter((one) => one !== id)]
}
