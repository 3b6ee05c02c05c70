import type { Step, StepId } from '../plan/plan.ts'

/** Throws if a step has no id of its own, or refers to a step that does not come before it. */
export function checkPlan(steps: readonly Step[]): void {
  const before = new Map<StepId, Step>()
  for (const step of steps) {
    if (before.has(step.id)) throw new Error(`two steps of one id: ${step.id}`)
    for (const id of referencesOf(step)) {
      const earlier = before.get(id)
      if (!earlier) throw new Error(`${step.id} refers to ${id}, which is no earlier step`)
      if ((earlier.wave ?? 0) > (step.wave ?? 0)) throw new Error(`${step.id} begins before ${id}`)
    }
    before.set(step.id, step)
  }
}

function referencesOf({ id, after, target: { environment } }: Step): StepId[] {
  const maker = 'createdBy' in environment ? [environment.createdBy] : []
  return [...after, ...maker.filter((one) => one !== id)]
}
