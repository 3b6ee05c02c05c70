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
  /** Somebody took the service out of the preview. */
  readonly deleted: boolean
}

/** What is in a preview now. */
export interface PreviewState {
  readonly instances: readonly PreviewInstance[]
  /** A change is being applied; a clone begins as one. */
  readonly applying: boolean
  /** Changes wait in it for somebody to commit them. */
  readonly staged: boolean
  /** What stopped the last change, in Railway's words as far as they may be shown. */
  readonly error: string | null
}

/** A service of an environment, by ids. */
export interface ServicePlace {
  readonly projectId: string
  readonly environmentId: string
  readonly serviceId: string
}

/** What carrying out previews needs of Railway. Nothing throws for what Railway says. */
export interface Previews {
  /** What the token is, for what is said when Railway refuses something. */
  readonly tokenType: TokenType
  /** Makes an environment, once. */
  create(wanted: { project: Named; name: string; base: Named }): Promise<MutationResult<Named>>
  /** Environments of that name, whatever they are; `null` when there was no answer. */
  named(project: Named, name: string): Promise<readonly EnvironmentRecord[] | null>
  state(environmentId: string): Promise<ReadResult<PreviewState> | null>
  /** From now on pushes do not deploy the service there. */
  stopAutoDeploy(place: ServicePlace): Promise<MutationResult<null>>
  /** Lays changes over what is staged in the environment. */
  stage(
    environmentId: string,
    changes: readonly ServiceChangeValues[],
  ): Promise<MutationResult<null>>
  /** Stages the services that a clone lacks, as they are in the base. */
  stageMissing(
    environmentId: string,
    base: Named,
    services: readonly Named[],
  ): Promise<MutationResult<null>>
  /** Applies what is staged and deploys nothing. */
  commit(environmentId: string, message: string): Promise<MutationResult<null>>
  /** The port of each service's domain, `null` where it has none of its own or does not say. */
  targetPorts(places: readonly ServicePlace[]): Promise<readonly (number | null)[]>
  addDomain(place: ServicePlace, targetPort: number | null): Promise<MutationResult<string>>
  /** Which of these changes bring values that are not there yet; all of them where that cannot be read. */
  differing(
    place: Omit<ServicePlace, 'serviceId'>,
    changes: readonly ServiceChangeValues[],
  ): Promise<readonly ServiceChangeValues[]>
  delete(environment: Named): Promise<MutationResult<null>>
}
