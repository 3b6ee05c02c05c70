import { type BeyondProjectToken, type Failure, failure } from '../errors/codes.ts'
import { listNames } from '../errors/list-names.ts'
import type { Warning } from '../errors/warning.ts'
import type { Pattern } from '../inputs/fields.ts'
import { keyOf, labelOf, matchNamed } from '../named.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import { mostSimilar, mostSimilarFirst } from '../suggest.ts'
import type { Inventory, Project, ServiceInstance } from './inventory.ts'
import type { PatternMatch } from './patterns.ts'
import {
  describeServices,
  type EnvironmentChoice,
  type SelectedEnvironment,
  type SelectionRequest,
} from './selection.ts'

/** Warns of projects without a selected service, if `projects` names them. */
export function emptyProjectWarnings(
  projects: PatternMatch<Project>,
  environments: EnvironmentChoice,
  selected: readonly SelectedEnvironment[],
  { changesTargets, repository }: SelectionRequest,
): Warning[] {
  const nonEmpty = new Set(selected.map(({ project }) => project))
  const empty = environments.selected
    .map(({ project }) => project)
    .filter((project) => projects.named.has(project) && !nonEmpty.has(project))
  const names = [...new Set(empty)].map(labelOf)
  if (!changesTargets || names.length === 0) return []
  return [
    {
      title: 'nothing selected in a project',
      message: `These projects are named in \`projects\`, but none of their services is selected, so nothing is done there: ${listNames(names, 20)}. Select services with \`services\`, or exclude the projects with \`!\` in \`projects\`. Without \`services\`, the services built from ${repository} are selected.`,
    },
  ]
}

/** Describes the workspace or the scope of the token, in which projects were searched. */
function reachOf(scope: TokenScope): string {
  return scope.kind === 'project'
    ? 'the scope of this project token'
    : `workspace "${scope.workspace.name}"`
}

/** Returns the errors of the project patterns: no match, an ambiguous name, or nothing selected. */
export function projectFailures(
  projects: PatternMatch<Project>,
  inventory: Inventory,
  scope: TokenScope,
  request: SelectionRequest,
): Failure[] {
  const names = inventory.projects.map(({ name }) => name)
  const missing = projects.missing.map((requested) => {
    const own = scope.kind === 'project' ? inventory.projects[0] : undefined
    return own
      ? outsideProjectToken(own, scope, { kind: 'project', name: requested })
      : failure('project-not-in-scope', {
          requested,
          workspace: reachOf(scope),
          // A message shows only the first names.
          available: mostSimilarFirst(requested, names),
          nearest: mostSimilar(requested, names),
        })
  })
  const ambiguous = projects.ambiguous.map(({ text, items }) =>
    ambiguousName('projects', text, items),
  )
  const nothing =
    projects.items.length === 0 && missing.length + ambiguous.length === 0
      ? [nothingSelected(inventory, scope, request)]
      : []
  return [...missing, ...ambiguous, ...nothing]
}

/** Lists patterns in one line. */
const patternTexts = (patterns: readonly Pattern[]): string =>
  patterns.map(({ text, exclude }) => (exclude ? `!${text}` : text)).join(', ')

/** Builds the error of patterns that together select no service. The other parameters are those of serviceNotFound. */
export const noServiceSelected = (
  patterns: readonly Pattern[],
  where: string,
  all: readonly ServiceInstance[],
  request: SelectionRequest,
): Failure => {
  const { facts } = serviceNotFound(patternTexts(patterns), where, all, request)
  return failure('service-not-found', { ...facts, ...(patterns.length > 1 && { isList: true }) })
}

/** Builds the error of patterns that together select no project. */
export function nothingSelected(
  inventory: Inventory,
  scope: TokenScope,
  request: SelectionRequest,
): Failure {
  const patterns = request.projects ?? [{ text: '*', exclude: false }]
  const requested = patternTexts(patterns)
  const own = scope.kind === 'project' ? inventory.projects[0] : undefined
  if (own) {
    return outsideProjectToken(own, scope, { kind: 'projects', name: requested })
  }
  return failure('project-not-in-scope', {
    requested,
    ...(patterns.length > 1 && { isList: true }),
    workspace: reachOf(scope),
    available: inventory.projects.map(({ name }) => name),
    nearest: null,
  })
}

/** Builds the error of a name that several items have. */
export const ambiguousName = (input: string, text: string, items: readonly { id: string }[]) =>
  failure('input-invalid', {
    input,
    given: text,
    problem: { kind: 'ambiguous-name', ids: items.map(({ id }) => id), project: null },
  })

/** Builds the error of a selection that goes beyond the scope of a project token. */
export function outsideProjectToken(
  project: Project,
  scope: TokenScope,
  beyond: Extract<BeyondProjectToken, { kind: 'project' | 'projects' | 'environment' }>,
): Failure {
  const environmentId = scope.kind === 'project' ? scope.environmentId : ''
  const environment = project.environments.find(({ id }) => id === environmentId)
  const { name } = beyond
  const input = beyond.kind === 'environment' ? 'environment' : 'projects'
  const own = input === 'projects' ? project.name : (environment?.name ?? '')
  return failure('token-project-scoped', {
    project: labelOf(project),
    environment: environment?.name ?? environmentId,
    beyond,
    nearest: name === null ? null : mostSimilar(name, [own]),
    input,
    ...(name !== null && { entry: name }),
  })
}

/** Builds the warning of a project without the environment, if only a glob selects the project. */
export const projectLeftOut = (project: Project, environment: string): Warning => ({
  title: 'project left out',
  message: `Project "${labelOf(project)}" is left out, because it has no environment "${environment}". Its environments: ${listNames(
    project.environments.map(({ name }) => name),
  )}. Other selected projects have "${environment}". To include the project, create the environment in it. To leave it out without this warning, add \`!${keyOf(project)}\` to \`projects\`.`,
})

/** Builds the error of a project without the environment. `elsewhere` has the names of the projects that have it. */
export function environmentNotFound(
  project: Project,
  requested: string,
  elsewhere: readonly string[],
) {
  const available = project.environments.map(({ name }) => name)
  return failure('environment-not-found', {
    requested,
    project: labelOf(project),
    available,
    nearest: mostSimilar(requested, available),
    elsewhere,
  })
}

/** Describes the place in which services were searched: `environment "production" of project "shop"`. */
export function describeWhere(environments: readonly SelectedEnvironment[]): string {
  const [first] = environments
  const projects = new Set(environments.map(({ project }) => project.id))
  const names = new Set(environments.map(({ environment }) => environment.name))
  const environment = names.size === 1 && first ? `environment "${first.environment.name}" of ` : ''
  return projects.size === 1 && first
    ? `${environment}project "${labelOf(first.project)}"`
    : `${environment}the ${projects.size} selected projects`
}

/**
 * Builds the error of a service pattern without a match. `requested` is `null` for the default selection. `all` are the
 * searched services. `elsewhere` describes other environments that have the service.
 */
export function serviceNotFound(
  requested: string | null,
  where: string,
  all: readonly ServiceInstance[],
  { repository, defaultServices }: SelectionRequest,
  elsewhere: readonly string[] = [],
): Failure<'service-not-found'> {
  const names = all.map(({ service }) => service.name)
  return failure('service-not-found', {
    requested,
    where,
    available: describeServices(all),
    nearest: requested === null || elsewhere.length > 0 ? null : mostSimilar(requested, names),
    repository,
    elsewhere,
    ...(typeof defaultServices === 'object' && { image: defaultServices.image.repository }),
  })
}

/** Lists up to five other environments that have a service: `environment "staging" of project "shop"`. */
export function otherEnvironmentsWith(
  requested: string,
  selected: readonly SelectedEnvironment[],
): string[] {
  const chosen = new Set(selected.map(({ environment }) => environment.id))
  const projects = new Set(selected.map(({ project }) => project))
  return [...projects]
    .flatMap((project) =>
      project.environments
        .filter(({ id }) => !chosen.has(id))
        .filter(
          ({ instances }) =>
            matchNamed(
              requested,
              instances.map(({ service }) => service),
            ).length > 0,
        )
        .map(({ name }) => `environment "${name}" of project "${labelOf(project)}"`),
    )
    .slice(0, 5)
}
