import { err, ok, type Result } from '../errors/result.ts'
import type { Pattern } from '../inputs/fields.ts'
import type { RunContext } from '../inputs/run-context.ts'
import { isBuiltFrom, type ShardTarget } from '../inventory/selection.ts'
import { type Named, uniqueById } from '../named.ts'
import { chooseCanary } from './canary.ts'
import { orderServices } from './order.ts'
import type { Plan, Step, StepId } from './plan.ts'

/** The inputs that decide the order of the services. */
export interface WaveInputs {
  readonly canary: readonly Pattern[] | null
  readonly order: readonly Pattern[] | null
  /** The repository of the run, for the pattern `@repository`. */
  readonly context: Pick<RunContext, 'repository'>
}

/**
 * Assigns the steps to waves: the canary first, then the lines of `order`, then the rest. A kept step waits for
 * nothing. A change of a whole environment comes first, because services need it.
 */
export function applyWaves(
  plan: Plan,
  { canary, order, context }: WaveInputs,
  otherShards: readonly ShardTarget[] = [],
): Result<Plan> {
  if (canary === null && order === null) return ok(plan)
  const keywords = keywordsFor(plan, context.repository, otherShards)
  const chosen = canary && chooseCanary(plan, canary, { otherShards, keywords })
  const ordered = order && orderServices(plan, order, { otherShards, keywords })
  const failures = [chosen, ordered].flatMap((one) => (one && !one.ok ? one.failures : []))
  if (failures.length > 0) return err(failures)
  const first = chosen?.ok ? chosen.value : null
  const picks = (target: Step['target']) => first?.has(target) === true
  const lines = ordered?.ok ? ordered.value : null
  const rank = ({ target, action }: Step): number => {
    if (action === 'keep' || target.instance === null || picks(target)) return 0
    return 1 + (lines?.lineOf(target.instance.service) ?? 0)
  }
  const ranks = beforeDependents(plan.steps, rank)
  const working = plan.steps.filter(({ action }) => action !== 'keep')
  const used = [...new Set(working.map(({ id }) => ranks.get(id) ?? 0))].sort((a, b) => a - b)
  const waveOf = ({ id }: Step) => Math.max(0, used.indexOf(ranks.get(id) ?? 0))
  return ok({
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, wave: waveOf(step) })),
    ...(working.some(({ target }) => picks(target)) && { canary: true }),
    warnings: [...plan.warnings, ...(first?.warnings ?? []), ...(lines?.warnings ?? [])],
  })
}

/** Returns the services of a plan and of the other shards by the keyword for them. */
function keywordsFor(
  { steps }: Plan,
  repository: string,
  otherShards: readonly ShardTarget[],
): ReadonlyMap<string, readonly Named[]> {
  const own = steps.flatMap(({ target: { instance } }) =>
    instance && isBuiltFrom(instance, repository) ? [instance.service] : [],
  )
  const others = otherShards.flatMap(({ service, isOfRepository }) =>
    isOfRepository ? [service] : [],
  )
  return new Map([['@repository', uniqueById([...own, ...others])]])
}

/** Returns the rank of each step. A step that other steps depend on gets the lowest rank of them and of its own. */
function beforeDependents(
  steps: readonly Step[],
  rank: (step: Step) => number,
): ReadonlyMap<StepId, number> {
  const ranks = new Map(steps.map((step) => [step.id, rank(step)]))
  for (const { id, after } of steps.toReversed()) {
    for (const earlier of after) {
      ranks.set(earlier, Math.min(ranks.get(earlier) ?? 0, ranks.get(id) ?? 0))
    }
  }
  return ranks
}
