import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Pattern } from '../inputs/fields.ts'
import type { Target } from '../inventory/inventory.ts'
import { matchPatterns } from '../inventory/patterns.ts'
import type { Named } from '../named.ts'
import type { Plan, StepEnvironment } from './plan.ts'

/**
 * Returns a test that tells whether a target belongs to the canary. A pattern of `canary` matches projects and services. A
 * pattern without wildcards that matches no selected target is a failure.
 */
export function chooseCanary(
  { steps }: Plan,
  canary: readonly Pattern[],
): Result<(target: Target<StepEnvironment>) => boolean> {
  const targets = steps.map(({ target }) => target)
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
    const requested = canary.map(({ text, exclude }) => (exclude ? `!${text}` : text)).join(', ')
    return err([noCanary(requested, names)])
  }
  return ok(isCanary)
}

const unique = (named: readonly Named[]): Named[] => [
  ...new Map(named.map((one) => [one.id, one])).values(),
]

const noCanary = (requested: string, names: readonly Named[]): Failure =>
  failure('input-invalid', {
    input: 'canary',
    given: requested,
    problem: {
      kind: 'no-match',
      of: 'projects-or-services',
      available: [...new Set(names.map(({ name }) => name))],
    },
  })
