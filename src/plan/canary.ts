import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Pattern } from '../inputs/fields.ts'
import type { Target } from '../inventory/inventory.ts'
import { matchPatterns } from '../inventory/patterns.ts'
import type { Named } from '../named.ts'
import type { Plan, Step, StepEnvironment } from './plan.ts'

/** The canary's steps are a wave of their own; everything else waits until they have ended well. */
const rest = 1

/**
 * Lets the targets go first that the patterns name by project or by service. What is left alone anyway
 * has nothing to wait for, and neither has what concerns a whole environment, which services need.
 */
export function applyCanary(plan: Plan, canary: readonly Pattern[]): Result<Plan> {
  const targets = plan.steps.map(({ target }) => target)
  const chosen = choose(canary, targets)
  if (!chosen.ok) return chosen
  const isHeldBack = (step: Step) =>
    step.action !== 'keep' && step.target.instance !== null && !chosen.value(step.target)
  return ok(inWaves(plan, (step) => (isHeldBack(step) ? rest : 0)))
}

/** Puts each step into the wave that it belongs to. */
export const inWaves = (plan: Plan, waveOf: (step: Step) => number): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => ({ ...step, wave: waveOf(step) })),
})

/** Tells the canary's targets from the others; refused where a name matches nothing that was selected. */
function choose(
  canary: readonly Pattern[],
  targets: readonly Target<StepEnvironment>[],
): Result<(target: Target<StepEnvironment>) => boolean> {
  const names = [
    ...unique(targets.map(({ project }) => project)),
    ...unique(targets.flatMap(({ instance }) => instance?.service ?? [])),
  ]
  const itself = (named: Named) => named
  const wanted = matchPatterns(
    canary.filter(({ exclude }) => !exclude),
    names,
    itself,
  )
  const excluding = canary.filter(({ exclude }) => exclude)
  const unwanted = matchPatterns(
    excluding.map(({ text }) => ({ text, exclude: false })),
    names,
    itself,
  )
  const missing = [...wanted.missing, ...unwanted.missing]
  if (missing.length > 0) return err(missing.map((text) => noCanary(text, names)))
  const picks = (chosen: readonly Named[], { project, instance }: Target<StepEnvironment>) =>
    chosen.some(({ id }) => id === project.id || id === instance?.service.id)
  const isCanary = (target: Target<StepEnvironment>) =>
    picks(wanted.items, target) && !picks(unwanted.items, target)
  if (targets.length > 0 && !targets.some(isCanary)) {
    const asked = canary.map(({ text, exclude }) => (exclude ? `!${text}` : text)).join(', ')
    return err([noCanary(asked, names)])
  }
  return ok(isCanary)
}

const unique = (named: readonly Named[]): Named[] => [
  ...new Map(named.map((one) => [one.id, one])).values(),
]

const noCanary = (asked: string, names: readonly Named[]): Failure =>
  failure('input-invalid', {
    input: 'canary',
    given: asked,
    problem: { kind: 'no-match', available: [...new Set(names.map(({ name }) => name))] },
  })
