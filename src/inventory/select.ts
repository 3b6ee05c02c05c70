import { type Checked, type Failure, failure, found, listNames, refused } from '../errors/errors.ts'
import type { Warning } from '../errors/warning.ts'
import { isChanging } from '../inputs/commands.ts'
import type { Pattern } from '../inputs/fields.ts'
import { type ImageReference, isSameImage } from '../inputs/image-reference.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { matchNamed, type TokenScope } from '../scope/token-scope.ts'
import { nearest } from '../suggest.ts'
import type {
  Environment,
  Inventory,
  Project,
  ServiceInstance,
  ServiceTarget,
} from './inventory.ts'
import { judgeGaps } from './partial-data.ts'
import { type Picked, pick } from './patterns.ts'

/** What the workflow asks for. */
export interface Wanted {
  readonly projects: readonly Pattern[] | null
  readonly environment: string | null
  /** What is picked where `environment` is left out: every environment, or the project's base. */
  readonly withoutEnvironment: 'all' | 'base'
  readonly services: readonly Pattern[] | null
  /** What is picked where `services` is left out, or only says what is not meant. */
  readonly withoutServices: 'all' | 'built-from-repository' | { readonly image: ImageReference }
  /** `owner/name`. */
  readonly repository: string
  /** The command changes something, so everything it names must be within reach. */
  readonly mustAct: boolean
}

/** One selected environment with the service instances picked in it. */
export interface SelectedEnvironment {
  readonly project: Project
  readonly environment: Environment
  readonly instances: readonly ServiceInstance[]
}

/** What the inputs ask for: what runs the image or is built from this repository, where a command changes something. */
export function wantedOf({ command, context, ...inputs }: Inputs): Wanted {
  const mustAct = isChanging(command)
  // Shared variables are the environment's, whatever runs in it.
  const wholeEnvironment = command === 'variables' && inputs.variables.shared
  const creates = inputs.preview.action === 'create'
  return {
    projects: inputs.projects,
    // What is deleted is found by its own name, whatever became of the environment it was cloned from.
    environment: command === 'preview' && !creates ? null : inputs.environment,
    withoutEnvironment: command === 'preview' && creates ? 'base' : 'all',
    services: inputs.services,
    withoutServices:
      !mustAct || wholeEnvironment
        ? 'all'
        : inputs.image && command !== 'preview'
          ? { image: inputs.image }
          : 'built-from-repository',
    repository: context.repository,
    mustAct,
  }
}

/** What the patterns pick from the inventory, in the inventory's order. */
export interface Selection {
  readonly environments: readonly SelectedEnvironment[]
  /** Targets that a literal named, not a glob. */
  readonly named: ReadonlySet<ServiceInstance>
  readonly warnings: readonly Warning[]
}

/** Every service of every selected environment. */
export function targetsOf({ environments }: Selection): ServiceTarget[] {
  return environments.flatMap(({ project, environment, instances }) =>
    instances.map((instance) => ({ project, environment, instance })),
  )
}

/** `true` for a service whose source is that repository. */
export function isBuiltFrom(instance: ServiceInstance, repository: string): boolean {
  return (
    instance.source.kind === 'repository' &&
    instance.source.repository.toLowerCase() === repository.toLowerCase()
  )
}

/** `true` for a service that is picked where `services` is left out. */
function isMeantByDefault(
  instance: ServiceInstance,
  { withoutServices, repository }: Wanted,
): boolean {
  if (withoutServices === 'all') return true
  if (withoutServices === 'built-from-repository') return isBuiltFrom(instance, repository)
  const { source } = instance
  return source.kind === 'image' && isSameImage(withoutServices.image, source.image)
}

/** Applies the patterns and reports everything that does not fit, not only the first. */
export function select(
  inventory: Inventory,
  scope: TokenScope,
  wanted: Wanted,
): Checked<Selection> {
  const projects = pick(wanted.projects ?? [], inventory.projects, (project) => project)
  const failures: Failure[] = projectFailures(projects, inventory, scope, wanted)
  const environments = selectEnvironments(projects, scope, wanted)
  failures.push(...environments.failures)
  if (environments.selected.length === 0) {
    return refused(failures.length > 0 ? failures : [nothingSelected(inventory, scope, wanted)])
  }
  const chosen = new Set(environments.selected.map(({ environment }) => environment.id))
  const gaps = judgeGaps(
    inventory.gaps.filter((gap) => gap.environmentId === null || chosen.has(gap.environmentId)),
    wanted,
  )
  if (gaps.failures.length > 0) return refused([...failures, ...gaps.failures])
  const services = selectServices(environments.selected, wanted)
  // What is in a restricted environment is not known, so nothing can be said to be missing there.
  const restricted = failures.some(({ code }) => code === 'environment-restricted')
  if (!restricted) failures.push(...services.failures)
  if (failures.length > 0) return refused(failures)
  return found({
    environments: services.selected,
    named: services.named,
    warnings: [
      ...environments.warnings,
      ...gaps.warnings,
      ...withoutTarget(projects, environments, services.selected, wanted),
    ],
  })
}

/** Projects that were given by name or id, and in which nothing is selected. */
function withoutTarget(
  projects: Picked<Project>,
  environments: EnvironmentChoice,
  selected: readonly SelectedEnvironment[],
  { mustAct, repository }: Wanted,
): Warning[] {
  const having = new Set(selected.map(({ project }) => project))
  const empty = environments.selected
    .map(({ project }) => project)
    .filter((project) => projects.named.has(project) && !having.has(project))
  const names = [...new Set(empty)].map(({ name }) => `"${name}"`)
  if (!mustAct || names.length === 0) return []
  return [
    {
      title: 'nothing selected in a project',
      message: `Named in \`projects\`, but nothing in it is selected, so nothing is done there: ${names.join(', ')}. Left to itself, the action takes the services built from ${repository}; name others in \`services\`, or leave the project out.`,
    },
  ]
}

/** What the error calls the place that projects were looked for in. */
function reachOf(scope: TokenScope): string {
  return scope.kind === 'project'
    ? 'the reach of this project token'
    : `workspace "${scope.workspace.name}"`
}

function projectFailures(
  projects: Picked<Project>,
  inventory: Inventory,
  scope: TokenScope,
  wanted: Wanted,
): Failure[] {
  const names = inventory.projects.map(({ name }) => name)
  const missing = projects.missing.map((asked) => {
    const own = scope.kind === 'project' ? inventory.projects[0] : undefined
    return own
      ? outsideProjectToken(own, scope, { input: 'projects', what: 'project', entry: asked })
      : failure('project-not-in-scope', {
          asked,
          workspace: reachOf(scope),
          available: names,
          nearest: nearest(asked, names),
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

function nothingSelected(inventory: Inventory, scope: TokenScope, wanted: Wanted): Failure {
  const asked = (wanted.projects ?? [{ text: '*', exclude: false }])
    .map(({ text, exclude }) => (exclude ? `!${text}` : text))
    .join(', ')
  const own = scope.kind === 'project' ? inventory.projects[0] : undefined
  if (own) {
    return outsideProjectToken(own, scope, { input: 'projects', what: 'projects', entry: asked })
  }
  return failure('project-not-in-scope', {
    asked,
    workspace: reachOf(scope),
    available: inventory.projects.map(({ name }) => name),
    nearest: null,
  })
}

const ambiguousName = (input: string, text: string, items: readonly { id: string }[]) =>
  failure('input-invalid', {
    input,
    given: text,
    takes: `an id here, because several have that name: ${items.map(({ id }) => id).join(', ')}`,
  })

/** A selection that reaches beyond a project token: `entry` is what the input says, if anything; `what` names it. */
function outsideProjectToken(
  project: Project,
  scope: TokenScope,
  { input, what, entry }: { input: string; what: string; entry: string | null },
): Failure {
  const environmentId = scope.kind === 'project' ? scope.environmentId : ''
  const environment = project.environments.find(({ id }) => id === environmentId)
  const own = input === 'projects' ? project.name : (environment?.name ?? '')
  return failure('token-project-scoped', {
    project: project.name,
    environment: environment?.name ?? environmentId,
    asked: entry === null ? what : `${what} "${entry}"`,
    extra: '',
    nearest: entry === null ? null : nearest(entry, [own]),
    input,
    ...(entry !== null && { entry }),
  })
}

interface EnvironmentChoice {
  selected: SelectedEnvironment[]
  failures: Failure[]
  warnings: Warning[]
}

function selectEnvironments(
  projects: Picked<Project>,
  scope: TokenScope,
  wanted: Wanted,
): EnvironmentChoice {
  const choices = projects.items.map((project) => {
    const reachable = scope.kind === 'project' ? scope.environmentId : null
    return { project, ...chooseEnvironments(project, wanted, reachable) }
  })
  const having = choices.filter(({ found }) => found.length > 0).map(({ project }) => project.name)
  const result: EnvironmentChoice = { selected: [], failures: [], warnings: [] }
  for (const { project, found, outside } of choices) {
    if (outside) {
      result.failures.push(
        outsideProjectToken(project, scope, {
          input: 'environment',
          what: wanted.environment === null ? "the project's base environment" : 'environment',
          entry: wanted.environment,
        }),
      )
    } else if (found.length > 1 && wanted.environment !== null) {
      result.failures.push(ambiguousName('environment', wanted.environment, found))
    } else if (found.length === 0 && wanted.environment !== null) {
      const problem = environmentNotFound(project, wanted.environment, having)
      if (having.length === 0 || projects.named.has(project)) result.failures.push(problem)
      else if (concerns(project, wanted)) result.warnings.push(leftOut(project, wanted.environment))
    }
    for (const environment of found) {
      const asked = wanted.environment !== null || wanted.withoutEnvironment === 'base'
      if (!environment.accessible && asked) {
        result.failures.push(
          failure('environment-restricted', {
            project: project.name,
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
  { environment: asked, withoutEnvironment }: Wanted,
  reachable: string | null,
) {
  const { environments, baseEnvironmentId } = project
  const unasked =
    withoutEnvironment === 'all'
      ? environments
      : environments.filter(({ id }) => id === baseEnvironmentId)
  const matching = asked === null ? unasked : matchNamed(asked, environments)
  const found = reachable === null ? matching : matching.filter(({ id }) => id === reachable)
  return { found, outside: reachable !== null && found.length === 0 }
}

/** A project that a glob met and that lacks the environment matters only if it has what is deployed. */
function concerns(project: Project, wanted: Wanted): boolean {
  if (wanted.withoutServices === 'all' || wanted.services !== null) return true
  return project.environments.some(({ instances }) =>
    instances.some((instance) => isMeantByDefault(instance, wanted)),
  )
}

const leftOut = (project: Project, environment: string): Warning => ({
  title: 'project left out',
  message: `Project "${project.name}" has no environment "${environment}", which other selected projects have, and is left out; it has ${listNames(
    project.environments.map(({ name }) => name),
  )}. Exclude it with \`!${project.name}\` in \`projects\` if that is meant.`,
})

function environmentNotFound(project: Project, asked: string, elsewhere: readonly string[]) {
  const available = project.environments.map(({ name }) => name)
  return failure('environment-not-found', {
    asked,
    project: project.name,
    available,
    nearest: nearest(asked, available),
    elsewhere,
  })
}

function selectServices(environments: readonly SelectedEnvironment[], wanted: Wanted) {
  const all = environments.flatMap(({ instances }) => instances)
  const where = describeWhere(environments)
  const named = new Set<ServiceInstance>()
  if (wanted.services === null && wanted.withoutServices === 'all') {
    return { selected: environments, named, failures: [] }
  }
  if (wanted.services === null) {
    const selected = narrow(environments, (instance) => isMeantByDefault(instance, wanted))
    const failures = selected.length === 0 ? [serviceNotFound(null, where, all, wanted)] : []
    return { selected, named, failures }
  }
  // A preview starts all that its clone holds.
  const unasked =
    wanted.withoutEnvironment === 'base' ? all : all.filter((one) => isMeantByDefault(one, wanted))
  const picked = pick(wanted.services, all, ({ service }) => service, unasked)
  const failures: Failure[] = picked.missing.map((asked) =>
    serviceNotFound(asked, where, all, wanted, elsewhereOf(asked, environments)),
  )
  if (picked.items.length === 0 && failures.length === 0) {
    const asked = wanted.services.map(({ text, exclude }) => (exclude ? `!${text}` : text))
    failures.push(serviceNotFound(asked.join(', '), where, all, wanted))
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

function describeWhere(environments: readonly SelectedEnvironment[]): string {
  const [first] = environments
  const projects = new Set(environments.map(({ project }) => project.id))
  const names = new Set(environments.map(({ environment }) => environment.name))
  const environment = names.size === 1 && first ? ` in environment "${first.environment.name}"` : ''
  return projects.size === 1 && first
    ? `project "${first.project.name}"${environment}`
    : `the ${projects.size} selected projects${environment}`
}

function serviceNotFound(
  asked: string | null,
  where: string,
  all: readonly ServiceInstance[],
  { repository, withoutServices }: Wanted,
  elsewhere: readonly string[] = [],
): Failure {
  const names = all.map(({ service }) => service.name)
  return failure('service-not-found', {
    asked,
    where,
    available: [...new Set(all.map(describeService))].slice(0, 20),
    nearest: asked === null || elsewhere.length > 0 ? null : nearest(asked, names),
    repository,
    elsewhere,
    ...(typeof withoutServices === 'object' && { image: withoutServices.image.repository }),
  })
}

/** Other environments of the selected projects that have the service: `environment "staging" of project "shop"`. */
function elsewhereOf(asked: string, selected: readonly SelectedEnvironment[]): string[] {
  const chosen = new Set(selected.map(({ environment }) => environment.id))
  const projects = new Set(selected.map(({ project }) => project))
  return [...projects]
    .flatMap((project) =>
      project.environments
        .filter(({ id }) => !chosen.has(id))
        .filter(
          ({ instances }) =>
            matchNamed(
              asked,
              instances.map(({ service }) => service),
            ).length > 0,
        )
        .map(({ name }) => `environment "${name}" of project "${project.name}"`),
    )
    .slice(0, 5)
}

/** `"api" (acme/shop)`: a service and where it is built from. */
export function describeService({ service, source }: ServiceInstance): string {
  switch (source.kind) {
    case 'repository':
      return `"${service.name}" (${source.repository})`
    case 'image':
      return `"${service.name}" (image ${source.image})`
    case 'none':
      return `"${service.name}" (no source)`
  }
}
