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
  isSelectedByDefault,
  type SelectedEnvironment,
  type Selection,
  type SelectionRequest,
  type ShardTarget,
} from './selection.ts'
import {
  ambiguousName,
  describeWhere,
  emptyProjectWarnings,
  environmentNotFound,
  noServiceSelected,
  nothingSelected,
  otherEnvironmentsWith,
  outsideProjectToken,
  projectFailures,
  projectLeftOut,
  serviceNotFound,
} from './selection-failures.ts'
import { isInShard } from './shard.ts'

/** Applies a request to the inventory. Returns every error, not only the first. */
export function select(
  inventory: Inventory,
  scope: TokenScope,
  request: SelectionRequest,
): Result<Selection> {
  const projects = matchPatterns(
    request.projects ?? [{ text: '*', exclude: false }],
    inventory.projects,
    (project) => project,
  )
  if (request.projects?.length === 0) return ok(selectNothing('projects'))
  const failures: Failure[] = projectFailures(projects, inventory, scope, request)
  const environments = selectEnvironments(projects, scope, request)
  failures.push(...environments.failures)
  if (environments.selected.length === 0) {
    return err(failures.length > 0 ? failures : [nothingSelected(inventory, scope, request)])
  }
  const chosen = new Set(environments.selected.map(({ environment }) => environment.id))
  const partial = checkPartialData(
    inventory.missingFields.filter(
      ({ environmentId }) => environmentId === null || chosen.has(environmentId),
    ),
    request,
  )
  if (partial.failures.length > 0) return err([...failures, ...partial.failures])
  const services = selectServices(environments.selected, request)
  // The services of a restricted environment are not known, so none can be called missing.
  const restricted = failures.some(({ code }) => code === 'environment-restricted')
  if (!restricted) failures.push(...services.failures)
  if (failures.length > 0) return err(failures)
  if (request.services?.length === 0) return ok(selectNothing('services'))
  const isMine = ({ project }: SelectedEnvironment) => isInShard(project.id, request.shard)
  const selected = services.selected.filter(isMine)
  return ok({
    environments: selected,
    named: services.named,
    emptyReason: selected.length === 0 && request.shard ? emptyShard(request.shard) : null,
    missingFields: inventory.missingFields,
    ...(request.shard && {
      otherShards: shardTargets(
        services.selected.filter((one) => !isMine(one)),
        request.repository,
      ),
    }),
    warnings: [
      ...environments.warnings,
      ...partial.warnings,
      ...emptyProjectWarnings(projects, environments, services.selected, request),
    ],
  })
}

/** Returns the empty selection of an empty JSON array, which is no error. */
const selectNothing = (input: string): Selection => ({
  environments: [],
  named: new Set(),
  warnings: [],
  emptyReason: {
    title: 'nothing selected',
    message: `This run has nothing to do, because the input \`${input}\` is an empty list and selects nothing.`,
  },
})

const shardTargets = (
  environments: readonly SelectedEnvironment[],
  repository: string,
): ShardTarget[] =>
  environments.flatMap(({ project, instances }) =>
    instances.map((instance) => ({
      project: toNamed(project),
      service: instance.service,
      isOfRepository: isBuiltFrom(instance, repository),
    })),
  )

const emptyShard = ({ part, of }: Shard): Warning => ({
  title: 'nothing selected',
  message: `This job has nothing to do, because none of the selected projects belongs to shard ${part}/${of}.`,
})

function selectEnvironments(
  projects: PatternMatch<Project>,
  scope: TokenScope,
  request: SelectionRequest,
): EnvironmentChoice {
  const choices = projects.items.map((project) => {
    const reachable = scope.kind === 'project' ? scope.environmentId : null
    return { project, ...chooseEnvironments(project, request, reachable) }
  })
  const projectsWithIt = choices
    .filter(({ found }) => found.length > 0)
    .map(({ project }) => labelOf(project))
  const result: EnvironmentChoice = { selected: [], failures: [], warnings: [] }
  for (const { project, found, outside } of choices) {
    if (outside) {
      result.failures.push(
        outsideProjectToken(project, scope, { kind: 'environment', name: request.environment }),
      )
    } else if (found.length > 1 && request.environment !== null) {
      result.failures.push(ambiguousName('environment', request.environment, found))
    } else if (found.length === 0 && request.environment !== null) {
      const problem = environmentNotFound(project, request.environment, projectsWithIt)
      if (projectsWithIt.length === 0 || projects.named.has(project)) result.failures.push(problem)
      else if (concerns(project, request))
        result.warnings.push(projectLeftOut(project, request.environment))
    }
    for (const environment of found) {
      const requested = request.environment !== null || request.defaultEnvironment === 'base'
      if (!environment.accessible && requested) {
        result.failures.push(
          failure('environment-restricted', {
            project: labelOf(project),
            environment: environment.name,
            tokenType: scope.kind,
            ...(choices.length > 1 && { hasOtherProjects: true }),
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
  { environment: requested, defaultEnvironment }: SelectionRequest,
  reachable: string | null,
) {
  const { environments, baseEnvironmentId } = project
  const byDefault =
    defaultEnvironment === 'all'
      ? environments
      : environments.filter(({ id }) => id === baseEnvironmentId)
  const matching = requested === null ? byDefault : matchNamed(requested, environments)
  const found = reachable === null ? matching : matching.filter(({ id }) => id === reachable)
  return { found, outside: reachable !== null && found.length === 0 }
}

/**
 * Returns whether a project without the environment deserves a warning, because it has services that may be selected.
 */
function concerns(project: Project, request: SelectionRequest): boolean {
  if (request.defaultServices === 'all' || request.services !== null) return true
  return project.environments.some(({ instances }) =>
    instances.some((instance) => isSelectedByDefault(instance, request)),
  )
}

function selectServices(environments: readonly SelectedEnvironment[], request: SelectionRequest) {
  const all = environments.flatMap(({ instances }) => instances)
  const where = describeWhere(environments)
  const named = new Set<ServiceInstance>()
  if (request.services === null && request.defaultServices === 'all') {
    return { selected: environments, named, failures: [] }
  }
  if (request.services?.length === 0) return { selected: [], named, failures: [] }
  if (request.services === null) {
    const selected = narrow(environments, (instance) => isSelectedByDefault(instance, request))
    const failures = selected.length === 0 ? [serviceNotFound(null, where, all, request)] : []
    return { selected, named, failures }
  }
  // A preview deploys all services of its base.
  const byDefault =
    request.defaultEnvironment === 'base'
      ? all
      : all.filter((one) => isSelectedByDefault(one, request))
  const matched = matchPatterns(request.services, all, ({ service }) => service, {
    byDefault,
    keywords: new Map([['@repository', all.filter((one) => isBuiltFrom(one, request.repository))]]),
  })
  const failures: Failure[] = matched.missing.map((requested) =>
    serviceNotFound(requested, where, all, request, otherEnvironmentsWith(requested, environments)),
  )
  if (matched.items.length === 0 && failures.length === 0) {
    failures.push(noServiceSelected(request.services, where, all, request))
  }
  const kept = new Set(matched.items)
  return {
    selected: narrow(environments, (instance) => kept.has(instance)),
    named: matched.named,
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
