import type { Failure } from '../../errors/codes.ts'
import type { ServiceInstance } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import type { EnvironmentRecord } from '../../plan/ports.ts'
import type { ServiceChange } from '../../plan/preview/spec.ts'
import type { Secret } from '../../secret.ts'
import type { TokenType } from '../../token-type.ts'
import type { MutationResult } from '../mutation-result.ts'
import type { ReadResult } from '../ports.ts'

/**
 * A change of a service with the values of its variables. References are not resolved: Railway does that in the
 * preview.
 */
export interface ServiceChangeValues extends Omit<ServiceChange, 'variables'> {
  readonly variables?: ReadonlyMap<string, Secret>
}

/** The current state of a service in a preview. */
export interface PreviewInstance extends ServiceInstance {
  /** `true` if somebody removed the service from the preview. */
  readonly deleted: boolean
}

/** The current state of a preview. */
export interface PreviewState {
  readonly instances: readonly PreviewInstance[]
  /** `true` while Railway applies a change. Cloning is such a change. */
  readonly applying: boolean
  /** The paths of its staged changes that are not committed, such as `/services/<id>/variables/<name>`. */
  readonly stagedPaths: readonly string[]
  /** The error of the last change in Railway's words, with secrets redacted; `null` if there is none. */
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
  /** Requests an environment. The request is not repeated if Railway may have received it. */
  create(wanted: { project: Named; name: string; base: Named }): Promise<MutationResult<Named>>
  /** Reads all environments of that name, also those that are not previews; `null` if there was no response. */
  named(project: Named, name: string): Promise<readonly EnvironmentRecord[] | null>
  /** Reads the current state of an environment; `null` if there was no response. */
  state(place: EnvironmentPlace): Promise<ReadResult<PreviewState> | null>
  /** Looks up whether a preview was deleted during the run. Resolves with the failure, or with `null` if not known. */
  deleted(place: EnvironmentPlace): Promise<Failure | null>
  /** Switches off deployments of these services by pushes, and returns the results in their order. */
  stopAutoDeploy(places: readonly ServicePlace[]): Promise<readonly MutationResult<null>[]>
  /** Adds changes to those that are staged in the environment. */
  stage(
    place: EnvironmentPlace,
    changes: readonly ServiceChangeValues[],
  ): Promise<MutationResult<null>>
  /** Stages services that a clone lacks, with their configuration in the base. */
  stageMissing(
    place: EnvironmentPlace,
    base: Named,
    services: readonly Named[],
  ): Promise<MutationResult<null>>
  /** Commits all staged changes without deployments. */
  commit(place: EnvironmentPlace, message: string): Promise<MutationResult<null>>
  addDomain(place: ServicePlace, targetPort: number | null): Promise<MutationResult<string>>
  /** Reads the variables and returns the changes whose values differ; all changes if they could not be read. */
  differing(
    place: EnvironmentPlace,
    changes: readonly ServiceChangeValues[],
  ): Promise<readonly ServiceChangeValues[]>
  delete(place: EnvironmentPlace): Promise<MutationResult<null>>
}
