import type { Failure } from '../errors/codes.ts'
import type { Warning } from '../errors/warning.ts'
import { isChanging } from '../inputs/commands.ts'
import type { Pattern, Shard } from '../inputs/fields.ts'
import { type ImageReference, isSameImage } from '../inputs/image-reference.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { type Named, toNamed } from '../named.ts'
import type {
  Environment,
  MissingField,
  Project,
  ServiceInstance,
  ServiceTarget,
} from './inventory.ts'

/** The selection that the workflow asks for. */
export interface SelectionRequest {
  readonly projects: readonly Pattern[] | null
  readonly environment: string | null
  /** The default of `environment`: every environment, or the project's base. */
  readonly withoutEnvironment: 'all' | 'base'
  readonly services: readonly Pattern[] | null
  /** The services that are picked if `services` is left out or holds only exclusions. */
  readonly withoutServices: 'all' | 'built-from-repository' | { readonly image: ImageReference }
  /** `owner/name`. */
  readonly repository: string
  /** The part of the selected projects that is taken; `null` for all of them. */
  readonly shard: Shard | null
  /** The command changes something, so everything it names must be within reach. */
  readonly mustAct: boolean
}

/** One selected environment with the service instances picked in it. */
export interface SelectedEnvironment {
  readonly project: Project
  readonly environment: Environment
  readonly instances: readonly ServiceInstance[]
}

/** The environments that the patterns select, with everything that is wrong about them. */
export interface EnvironmentChoice {
  selected: SelectedEnvironment[]
  failures: Failure[]
  warnings: Warning[]
}

/** Turns the inputs into a request. A command that changes something takes the services that run the image or are built from this repository. */
export function toSelectionRequest({ command, context, ...inputs }: Inputs): SelectionRequest {
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
    shard: inputs.shard,
    mustAct,
  }
}

/** A selected service of a project that belongs to another shard. Only its names are needed. */
export interface ShardTarget {
  readonly project: Named
  readonly service: Named
}

/** The part of the inventory that the patterns pick, in the inventory's order. */
export interface Selection {
  readonly environments: readonly SelectedEnvironment[]
  /** Targets that a literal named, not a glob. */
  readonly named: ReadonlySet<ServiceInstance>
  readonly warnings: readonly Warning[]
  /** Why nothing is selected, and that as it should be; `null` for a selection. */
  readonly nothing: Warning | null
  /** The selected services of the projects that belong to other shards. */
  readonly otherShards?: readonly ShardTarget[]
  /** Parts of the inventory that are missing, also beyond the selection. */
  readonly gaps?: readonly MissingField[]
}

/** Lists every service of every selected environment, with the names of where it is. */
export function targetsOf({ environments }: Selection): ServiceTarget[] {
  return environments.flatMap(({ project, environment, instances }) =>
    instances.map((instance) => ({
      project: toNamed(project),
      environment: toNamed(environment),
      instance,
    })),
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
export function isMeantByDefault(
  instance: ServiceInstance,
  { withoutServices, repository }: SelectionRequest,
): boolean {
  if (withoutServices === 'all') return true
  if (withoutServices === 'built-from-repository') return isBuiltFrom(instance, repository)
  const { source } = instance
  return source.kind === 'image' && isSameImage(withoutServices.image, source.image)
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
