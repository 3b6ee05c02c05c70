import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import type { Shard } from '../inputs/fields.ts'
import { labelOf, matchNamed, toNamed } from '../named.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import type { Inventory, Project, ServiceInstance } from './inventory.ts'
import { checkPartialData } from './partial-data.ts'
import { matchPatterns, type PatternMatch } from './patterns.ts'
import {
  type EnvironmentChoice,
  isBuiltFrom,
  isMeantByDefault,
  type SelectedEnvironment,
  type Selection,
  type SelectionRequest,
  type ShardTarget,
} from './selection.ts'
import {
  ambiguousName,
  describeWhere,
  elsewhereOf,
  environmentNotFound,
  leftOut,
  nothingSelected,
  outsideProjectToken,
  projectFailures,
  serviceNotFound,
  withoutTarget,
} from './selection-failures.ts'
import { isInShard } from './shard.ts'

/** Applies the patterns and reports everything that does not fit, not only the first. */
export function select(
  inventory: Inventory,
  scope: TokenScope,
  wanted: SelectionRequest,
): Result<Selection> {
  const projects = matchPatterns(
    wanted.projects ?? [{ text: '*', exclude: false }],
    inventory.projects,
    (project) => project,
  )
  if (wanted.projects?.length === 0) return ok(selectNothing('projects'))
  const failures: Failure[] = projectFailures(projects, inventory, scope, wanted)
  const environments = selectEnvironments(projects, scope, wanted)
  failures.push(...environments.failures)
  if (environments.selected.length === 0) {
    return err(failures.length > 0 ? failures : [nothingSelected(inventory, scope, wanted)])
  }
  const chosen = new Set(environments.selected.map(({ environment }) => environment.id))
  const gaps = checkPartialData(
    inventory.gaps.filter((gap) => gap.environmentId === null || chosen.has(gap.environmentId)),
    wanted,
  )
  if (gaps.failures.length > 0) return err([...failures, ...gaps.failures])
  const services = selectServices(environments.selected, wanted)
  // What is in a restricted environment is not known, so nothing can be said to be missing there.
  const restricted = failures.some(({ code }) => code === 'environment-restricted')
  if (!restricted) failures.push(...services.failures)
  if (failures.length > 0) return err(failures)
  if (wanted.services?.length === 0) return ok(selectNothing('services'))
  const isMine = ({ project }: SelectedEnvironment) => isInShard(project.id, wanted.shard)
  const selected = services.selected.filter(isMine)
  return ok({
    environments: selected,
    named: services.named,
    nothing: selected.length === 0 && wanted.shard ? emptyShard(wanted.shard) : null,
    gaps: inventory.gaps,
    ...(wanted.shard && {
      otherShards: shardTargets(services.selected.filter((one) => !isMine(one))),
    }),
    warnings: [
      ...environments.warnings,
      ...gaps.warnings,
      ...withoutTarget(projects, environments, services.selected, wanted),
    ],
  })
}

/** An empty JSON array selects nothing, which is no error. */
const selectNothing = (input: string): Selection => ({
  environments: [],
  named: new Set(),
  warnings: [],
  nothing: {
    title: 'nothing selected',
    message: `\`${input}\` is an empty list, which selects nothing, so there is nothing to do.`,
  },
})

const shardTargets = (environments: readonly SelectedEnvironment[]): ShardTarget[] =>
  environments.flatMap(({ project, instances }) =>
    instances.map(({ service }) => ({ project: toNamed(project), service })),
  )

const emptyShard = ({ part, of }: Shard): Warning => ({
  title: 'nothing selected',
  message: `None of the selected projects belongs to shard ${part}/${of}, so this job has nothing to do.`,
})

function selectEnvironments(
  projects: PatternMatch<Project>,
  scope: TokenScope,
  wanted: SelectionRequest,
): EnvironmentChoice {
  const choices = projects.items.map((project) => {
    const reachable = scope.kind === 'project' ? scope.environmentId : null
    return { project, ...chooseEnvironments(project, wanted, reachable) }
  })
  const having = choices
    .filter(({ found }) => found.length > 0)
    .map(({ project }) => labelOf(project))
  const result: EnvironmentChoice = { selected: [], failures: [], warnings: [] }
  for (const { project, found, outside } of choices) {
    if (outside) {
      result.failures.push(
        outsideProjectToken(project, scope, { kind: 'environment', name: wanted.environment }),
      )
    } else if (found.length > 1 && wanted.environment !== null) {
      result.failures.push(ambiguousName('environment', wanted.environment, found))
    } else if (found.length === 0 && wanted.environment !== null) {
      const problem = environmentNotFound(project, wanted.environment, having)
      if (having.length === 0 || projects.named.has(project)) result.failures.push(problem)
      else if (concerns(project, wanted)) result.warnings.push(leftOut(project, wanted.environment))
    }
    for (const environment of found) {
      const requested = wanted.environment !== null || wanted.withoutEnvironment === 'base'
      if (!environment.accessible && requested) {
        result.failures.push(
          failure('environment-restricted', {
            project: labelOf(project),
            environment: environment.name,
            tokenType: scope.kind,
          }),
        )
      }
      result.selected.push({ project, environment, instances: environment.instances })
    }
  }
  return result
}

function chooseEnvironments(
  project: Project,
  { environment: requested, withoutEnvironment }: SelectionRequest,
  reachable: string | null,
) {
  const { environments, baseEnvironmentId } = project
  const unasked =
    withoutEnvironment === 'all'
      ? environments
      : environments.filter(({ id }) => id === baseEnvironmentId)
  const matching = requested === null ? unasked : matchNamed(requested, environments)
  const found = reachable === null ? matching : matching.filter(({ id }) => id === reachable)
  return { found, outside: reachable !== null && found.length === 0 }
}

/** A project that a glob met and that lacks the environment matters only if it has what is deployed. */
function concerns(project: Project, wanted: SelectionRequest): boolean {
  if (wanted.withoutServices === 'all' || wanted.services !== null) return true
  return project.environments.some(({ instances }) =>
    instances.some((instance) => isMeantByDefault(instance, wanted)),
  )
}

function selectServices(environments: readonly SelectedEnvironment[], wanted: SelectionRequest) {
  const all = environments.flatMap(({ instances }) => instances)
  const where = describeWhere(environments)
  const named = new Set<ServiceInstance>()
  if (wanted.services === null && wanted.withoutServices === 'all') {
    return { selected: environments, named, failures: [] }
  }
  if (wanted.services?.length === 0) return { selected: [], named, failures: [] }
  if (wanted.services === null) {
    const selected = narrow(environments, (instance) => isMeantByDefault(instance, wanted))
    const failures = selected.length === 0 ? [serviceNotFound(null, where, all, wanted)] : []
    return { selected, named, failures }
  }
  // A preview starts all that its clone holds.
  const unasked =
    wanted.withoutEnvironment === 'base' ? all : all.filter((one) => isMeantByDefault(one, wanted))
  const picked = matchPatterns(wanted.services, all, ({ service }) => service, {
    byDefault: unasked,
    keywords: new Map([['@repository', all.filter((one) => isBuiltFrom(one, wanted.repository))]]),
  })
  const failures: Failure[] = picked.missing.map((requested) =>
    serviceNotFound(requested, where, all, wanted, elsewhereOf(requested, environments)),
  )
  if (picked.items.length === 0 && failures.length === 0) {
    const requested = wanted.services.map(({ text, exclude }) => (exclude ? `!${text}` : text))
    failures.push(serviceNotFound(requested.join(', '), where, all, wanted))
  }
  const kept = new Set(picked.items)
  return {
    selected: narrow(environments, (instance) => kept.has(instance)),
    named: picked.named,
    failures,
  }
}

function narrow(
  environments: readonly SelectedEnvironment[],
  keep: (instance: ServiceInstance) => boolean,
): SelectedEnvironment[] {
  return environments
    .map((selected) => ({ ...selected, instances: selected.instances.filter(keep) }))
    .filter(({ instances }) => instances.length > 0)
}
