import type { Plan, Step } from '../plan/plan.ts'

/** A step of a plan for people, with its wave in words. */
export interface PlanLine {
  readonly step: Step
  /** The wave in words, such as `canary` or `wave 2 of 3`; empty if the step waits for no wave. */
  readonly wave: string
}

/**
 * Returns the steps of a plan in the order in which they are executed. In a plan with waves, the steps of an earlier
 * wave come first, and services that stay unchanged come last. Within a wave, the order of the plan is kept.
 */
export function planInOrder(plan: Plan): PlanLine[] {
  const last = plan.steps.reduce((max, { wave = 0 }) => Math.max(max, wave), 0)
  const rank = ({ action, wave = 0 }: Step) => (action === 'keep' ? last + 1 : wave)
  const steps = last === 0 ? plan.steps : plan.steps.toSorted((a, b) => rank(a) - rank(b))
  return steps.map((step) => ({ step, wave: describeWave(step, last, plan) }))
}

/** Returns the wave of a step in words; empty for a step that changes nothing, or if all steps begin at once. */
function describeWave({ action, wave = 0 }: Step, last: number, { canary = false }: Plan): string {
  if (action === 'keep' || last === 0) return ''
  if (canary && wave === 0) return 'canary'
  if (canary && last === 1) return 'after the canary'
  const first = canary ? 1 : 0
  return `wave ${wave - first + 1} of ${last - first + 1}`
}
