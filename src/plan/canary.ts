import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import type { Pattern } from '../inputs/fields.ts'
import type { Target } from '../inventory/inventory.ts'
import { itemFinder, matchPatterns } from '../inventory/patterns.ts'
import type { ShardTarget } from '../inventory/selection.ts'
import { type Named, uniqueById } from '../named.ts'
import type { Plan, StepEnvironment } from './plan.ts'

/** The options of assigning targets to waves. */
export interface WaveOptions {
  /** The services that other shards deploy. */
  readonly otherShards?: readonly ShardTarget[]
  /** The services by the keyword for them, such as `@repository`. */
  readonly keywords?: ReadonlyMap<string, readonly Named[]>
}

/** The targets of the canary, which are deployed first. */
export interface Canary {
  has(target: Target<StepEnvironment>): boolean
  readonly warnings: readonly Warning[]
}

/**
 * Separates the targets of the canary from the others. A pattern of `canary` matches projects and services. A pattern
 * without wildcards that matches no target, in this shard or in another one, is a failure. One that matches only
 * targets of other shards is a warning.
 */
export function chooseCanary(
  { steps }: Plan,
  canary: readonly Pattern[],
  { otherShards = [], keywords }: WaveOptions = {},
): Result<Canary> {
  const targets = steps.map(({ target }) => target)
  const names = uniqueById([
    ...targets.map(({ project }) => project),
    ...otherShards.map(({ project }) => project),
    ...targets.flatMap(({ instance }) => instance?.service ?? []),
    ...otherShards.map(({ service }) => service),
  ])
  const itself = (named: Named) => named
  const options = keywords ? { keywords } : {}
  const wanted = matchPatterns(
    canary.filter(({ exclude }) => !exclude),
    names,
    itself,
    options,
  )
  const excluding = canary.filter(({ exclude }) => exclude)
  const unwanted = matchPatterns(
    excluding.map(({ text }) => ({ text, exclude: false })),
    names,
    itself,
    options,
  )
  const missing = [...wanted.missing, ...unwanted.missing]
  if (missing.length > 0) return err(missing.map((text) => noCanary(text, names)))
  const picks = (chosen: readonly Named[], project: Named, service?: Named) =>
    chosen.some(({ id }) => id === project.id || id === service?.id)
  const isCanary = (project: Named, service?: Named) =>
    picks(wanted.items, project, service) && !picks(unwanted.items, project, service)
  const has = ({ project, instance }: Target<StepEnvironment>) =>
    isCanary(project, instance?.service)
  if (targets.length === 0) return ok({ has, warnings: [] })
  const others = otherShards.filter(({ project, service }) => isCanary(project, service))
  if (targets.some(has)) {
    const own = targets.filter(has)
    const find = itemFinder(names, itself, keywords)
    const elsewhere = canary.filter(({ text, exclude }) => {
      const { items } = find(text)
      const isOf = (project: Named, service?: Named) => picks(items, project, service)
      return (
        !exclude &&
        others.some(({ project, service }) => isOf(project, service)) &&
        !own.some(({ project, instance }) => isOf(project, instance?.service))
      )
    })
    const texts = elsewhere.map(({ text }) => text).join(', ')
    return ok({ has, warnings: elsewhere.length > 0 ? [partInAnotherShard(texts)] : [] })
  }
  const requested = canary.map(({ text, exclude }) => (exclude ? `!${text}` : text)).join(', ')
  return others.length > 0
    ? ok({ has, warnings: [inAnotherShard(requested)] })
    : err([noCanary(requested, names)])
}

const inAnotherShard = (requested: string): Warning => ({
  title: 'canary in another shard',
  message: `The canary (${requested}) belongs to another shard. This job deploys its services without waiting for the canary, because the jobs of a matrix do not wait for each other. To deploy the canary first, deploy it in a job of its own, and name that job in \`needs:\` of this job.`,
})

const partInAnotherShard = (patterns: string): Warning => ({
  title: 'part of the canary in another shard',
  message: `A part of the canary (${patterns}) belongs to another shard. This job waits only for the part that it deploys itself, because the jobs of a matrix do not wait for each other. To deploy the whole canary first, deploy it in a job of its own, and name that job in \`needs:\` of this job.`,
})

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
