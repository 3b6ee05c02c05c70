import type { Failure } from '../../errors/codes.ts'
import type { ServiceInstance } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import type { EnvironmentRecord } from '../../plan/ports.ts'
import type { ServiceChange } from '../../plan/preview/spec.ts'
import type { Secret } from '../../secret.ts'
import type { TokenType } from '../../token-type.ts'
import type { MutationResult } from '../mutation-result.ts'
import type { ReadResult } from '../ports.ts'

/** A change of a service with the values of its variables. References stay references and resolve inside the preview. */
export interface ServiceChangeValues extends Omit<ServiceChange, 'variables'> {
  readonly variables?: ReadonlyMap<string, Secret>
}

/** A service in a preview as it is now. */
export interface PreviewInstance extends ServiceInstance {
  /** `true` if somebody removed the service from the preview. */
  readonly deleted: boolean
}

/** The present state of a preview. */
export interface PreviewState {
  readonly instances: readonly PreviewInstance[]
  /** `true` while a change is being applied; a clone begins with one. */
  readonly applying: boolean
  /** `true` if changes are staged in it that nobody has committed. */
  readonly staged: boolean
  /** The error of the last change in Railway's words, as far as they may be shown. */
  readonly error: string | null
}

/** An environment of a project. */
export interface EnvironmentPlace {
  readonly project: Named
  readonly environment: Named
}

/** A service of an environment. */
export interface ServicePlace extends EnvironmentPlace {
  readonly service: Named
}

/** The port to Railway for previews. It returns Railway's errors and never throws them. */
export interface Previews {
  /** The type of the token, for the wording of rejections. */
  readonly tokenType: TokenType
  /** Requests the creation of an environment. It is not repeated if it may have arrived. */
  create(wanted: { project: Named; name: string; base: Named }): Promise<MutationResult<Named>>
  /** Reads the environments of that name, previews or not; `null` if there was no answer. */
  named(project: Named, name: string): Promise<readonly EnvironmentRecord[] | null>
  /** Reads the present state of an environment; `null` if there was no answer. */
  state(place: EnvironmentPlace): Promise<ReadResult<PreviewState> | null>
  /** Returns the failure of a preview that was there earlier and is deleted now; `null` if it is not known to be. */
  deleted(place: EnvironmentPlace): Promise<Failure | null>
  /** Stops deployments of services by pushes, and returns the results in their order. */
  stopAutoDeploy(places: readonly ServicePlace[]): Promise<readonly MutationResult<null>[]>
  /** Merges changes into those that are staged in the environment. */
  stage(
    place: EnvironmentPlace,
    changes: readonly ServiceChangeValues[],
  ): Promise<MutationResult<null>>
  /** Stages the services that a clone lacks, as they are in the base. */
  stageMissing(
    place: EnvironmentPlace,
    base: Named,
    services: readonly Named[],
  ): Promise<MutationResult<null>>
  /** Applies what is staged and deploys nothing. */
  commit(place: EnvironmentPlace, message: string): Promise<MutationResult<null>>
  addDomain(place: ServicePlace, targetPort: number | null): Promise<MutationResult<string>>
  /** Returns the changes whose values are not there yet; all of them if that cannot be read. */
  differing(
    place: EnvironmentPlace,
    changes: readonly ServiceChangeValues[],
  ): Promise<readonly ServiceChangeValues[]>
  delete(place: EnvironmentPlace): Promise<MutationResult<null>>
}
