import { type BeyondProjectToken, type Failure, failure } from '../errors/codes.ts'
import { listNames } from '../errors/messages.ts'
import type { Warning } from '../errors/warning.ts'
import { keyOf, labelOf, matchNamed } from '../named.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import { nearest } from '../suggest.ts'
import type { Inventory, Project, ServiceInstance } from './inventory.ts'
import type { PatternMatch } from './patterns.ts'
import {
  describeService,
  type EnvironmentChoice,
  type SelectedEnvironment,
  type SelectionRequest,
} from './selection.ts'

/** Projects that were given by name or id, and in which nothing is selected. */
export function withoutTarget(
  projects: PatternMatch<Project>,
  environments: EnvironmentChoice,
  selected: readonly SelectedEnvironment[],
  { mustAct, repository }: SelectionRequest,
): Warning[] {
  const having = new Set(selected.map(({ project }) => project))
  const empty = environments.selected
    .map(({ project }) => project)
    .filter((project) => projects.named.has(project) && !having.has(project))
  const names = [...new Set(empty)].map(labelOf)
  if (!mustAct || names.length === 0) return []
  return [
    {
      title: 'nothing selected in a project',
      message: `These projects are named in \`projects\`, but none of their services is selected, so nothing is done there: ${listNames(names, 20)}. Select services with \`services\`, or exclude the projects with \`!\` in \`projects\`. Without \`services\`, the services built from ${repository} are selected.`,
    },
  ]
}

/** Names the place that projects were looked for in. */
function reachOf(scope: TokenScope): string {
  return scope.kind === 'project'
    ? 'the reach of this project token'
    : `workspace "${scope.workspace.name}"`
}

export function projectFailures(
  projects: PatternMatch<Project>,
  inventory: Inventory,
  scope: TokenScope,
  wanted: SelectionRequest,
): Failure[] {
  const names = inventory.projects.map(({ name }) => name)
  const missing = projects.missing.map((requested) => {
    const own = scope.kind === 'project' ? inventory.projects[0] : undefined
    return own
      ? outsideProjectToken(own, scope, { kind: 'project', name: requested })
      : failure('project-not-in-scope', {
          requested,
          workspace: reachOf(scope),
          available: names,
          nearest: nearest(requested, names),
        })
  })
  const ambiguous = projects.ambiguous.map(({ text, items }) =>
    ambiguousName('projects', text, items),
  )
  const nothing =
    projects.items.length === 0 && missing.length + ambiguous.length === 0
      ? [nothingSelected(inventory, scope, wanted)]
      : []
  return [...missing, ...ambiguous, ...nothing]
}

export function nothingSelected(
  inventory: Inventory,
  scope: TokenScope,
  wanted: SelectionRequest,
): Failure {
  const requested = (wanted.projects ?? [{ text: '*', exclude: false }])
    .map(({ text, exclude }) => (exclude ? `!${text}` : text))
    .join(', ')
  const own = scope.kind === 'project' ? inventory.projects[0] : undefined
  if (own) {
    return outsideProjectToken(own, scope, { kind: 'projects', name: requested })
  }
  return failure('project-not-in-scope', {
    requested,
    workspace: reachOf(scope),
    available: inventory.projects.map(({ name }) => name),
    nearest: null,
  })
}

export const ambiguousName = (input: string, text: string, items: readonly { id: string }[]) =>
  failure('input-invalid', {
    input,
    given: text,
    problem: { kind: 'ambiguous-name', ids: items.map(({ id }) => id), project: null },
  })

/** Builds the error of a selection that reaches beyond a project token. */
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
    nearest: name === null ? null : nearest(name, [own]),
    input,
    ...(name !== null && { entry: name }),
  })
}

export const leftOut = (project: Project, environment: string): Warning => ({
  title: 'project left out',
  message: `Project "${labelOf(project)}" is left out, because it has no environment "${environment}". Its environments: ${listNames(
    project.environments.map(({ name }) => name),
  )}. Other selected projects have "${environment}". To include the project, create the environment in it. To leave it out without this warning, add \`!${keyOf(project)}\` to \`projects\`.`,
})

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
    nearest: nearest(requested, available),
    elsewhere,
  })
}

export function describeWhere(environments: readonly SelectedEnvironment[]): string {
  const [first] = environments
  const projects = new Set(environments.map(({ project }) => project.id))
  const names = new Set(environments.map(({ environment }) => environment.name))
  const environment = names.size === 1 && first ? ` in environment "${first.environment.name}"` : ''
  return projects.size === 1 && first
    ? `project "${labelOf(first.project)}"${environment}`
    : `the ${projects.size} selected projects${environment}`
}

export function serviceNotFound(
  requested: string | null,
  where: string,
  all: readonly ServiceInstance[],
  { repository, withoutServices }: SelectionRequest,
  elsewhere: readonly string[] = [],
): Failure {
  const names = all.map(({ service }) => service.name)
  return failure('service-not-found', {
    requested,
    where,
    available: [...new Set(all.map(describeService))].slice(0, 20),
    nearest: requested === null || elsewhere.length > 0 ? null : nearest(requested, names),
    repository,
    elsewhere,
    ...(typeof withoutServices === 'object' && { image: withoutServices.image.repository }),
  })
}

/** Other environments of the selected projects that have the service: `environment "staging" of project "shop"`. */
export function elsewhereOf(requested: string, selected: readonly SelectedEnvironment[]): string[] {
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
