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

/** The selection that the inputs request. Names and ids are as they are written. */
export interface SelectionRequest {
  readonly projects: readonly Pattern[] | null
  readonly environment: string | null
  /** The environments that are selected without `environment`: all, or the project's base environment. */
  readonly defaultEnvironment: 'all' | 'base'
  readonly services: readonly Pattern[] | null
  /** The services that are selected if `services` is left out or holds only exclusions. */
  readonly defaultServices: 'all' | 'built-from-repository' | { readonly image: ImageReference }
  /** The run's repository, as `owner/name`. */
  readonly repository: string
  /** The part of the selected projects for this job; `null` for all of them. */
  readonly shard: Shard | null
  /** Whether the command changes something, which requires complete data about the targets. */
  readonly changesTargets: boolean
}

/** A selected environment with the selected services in it. */
export interface SelectedEnvironment {
  readonly project: Project
  readonly environment: Environment
  readonly instances: readonly ServiceInstance[]
}

/** The selected environments, with the errors and warnings about them. */
export interface EnvironmentChoice {
  selected: SelectedEnvironment[]
  failures: Failure[]
  warnings: Warning[]
}

/**
 * Builds the request from the inputs. A command that changes something selects by default the services that run the
 * image, or those that are built from this repository.
 */
export function toSelectionRequest({ command, context, ...inputs }: Inputs): SelectionRequest {
  const changesTargets = isChanging(command)
  // Shared variables belong to the environment, so its services do not matter.
  const wholeEnvironment = command === 'variables' && inputs.variables.shared
  const creates = inputs.preview.action === 'create'
  return {
    projects: inputs.projects,
    // Previews to delete are found by their own names, because their base may not exist any more.
    environment: command === 'preview' && !creates ? null : inputs.environment,
    defaultEnvironment: command === 'preview' && creates ? 'base' : 'all',
    services: inputs.services,
    defaultServices:
      !changesTargets || wholeEnvironment
        ? 'all'
        : inputs.image && command !== 'preview'
          ? { image: inputs.image }
          : 'built-from-repository',
    repository: context.repository,
    shard: inputs.shard,
    changesTargets,
  }
}

/** A selected service of a project that belongs to another shard. */
export interface ShardTarget {
  readonly project: Named
  readonly service: Named
  /** `true` if it is built from the repository of the run. */
  readonly isOfRepository?: boolean
}

/** The selected part of the inventory, in the inventory's order. */
export interface Selection {
  readonly environments: readonly SelectedEnvironment[]
  /** The services that a name or an id selected, not a glob. */
  readonly named: ReadonlySet<ServiceInstance>
  readonly warnings: readonly Warning[]
  /** The reason for a selection that is empty without an error; `null` for any other selection. */
  readonly emptyReason: Warning | null
  /** The selected services of the projects that belong to other shards. */
  readonly otherShards?: readonly ShardTarget[]
  /** The missing fields of the whole inventory, not only of the selection. */
  readonly missingFields?: readonly MissingField[]
}

/** Lists the selected services, with their projects and environments. */
export function targetsOf({ environments }: Selection): ServiceTarget[] {
  return environments.flatMap(({ project, environment, instances }) => {
    const place = { project: toNamed(project), environment: toNamed(environment) }
    return instances.map((instance) => ({ ...place, instance }))
  })
}

/** Returns whether the source of a service is a repository, by its `owner/name`. */
export function isBuiltFrom(instance: ServiceInstance, repository: string): boolean {
  return (
    instance.source.kind === 'repository' &&
    instance.source.repository.toLowerCase() === repository.toLowerCase()
  )
}

/** Returns whether a service is selected if `services` is left out. */
export function isSelectedByDefault(
  instance: ServiceInstance,
  { defaultServices, repository }: SelectionRequest,
): boolean {
  if (defaultServices === 'all') return true
  if (defaultServices === 'built-from-repository') return isBuiltFrom(instance, repository)
  const { source } = instance
  return source.kind === 'image' && isSameImage(defaultServices.image, source.image)
}

/** Describes a service with its source: `"api" (acme/shop)`. */
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

/** The maximum number of services in a message. */
const maxServices = 20

/**
 * Describes services with their sources, each description once. If there are more than {@link maxServices}, the last
 * entry is the number of the others.
 */
export function describeServices(instances: readonly ServiceInstance[]): string[] {
  const all = [...new Set(instances.map(describeService))]
  const rest = all.length - maxServices
  return [...all.slice(0, maxServices), ...(rest > 0 ? [`and ${rest} more`] : [])]
}
