import type { Environment } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import type { Secret } from '../../secret.ts'
import type { DeployRequest } from '../deploy.ts'

/** What shall be different from the base in one service of a preview. What is left out stays as it is. */
export interface ServiceChange {
  readonly service: Named
  readonly branch?: string
  readonly image?: string
  /** Unrendered: references stay references and resolve inside the preview. */
  readonly variables?: ReadonlyMap<string, Secret>
}

/** A preview as it shall be. Plain data; values of variables print as `***`. */
export interface PreviewSpec {
  /** What it is cloned from, with everything that belongs into the clone. */
  readonly base: Environment
  readonly changes: readonly ServiceChange[]
  /** What to deploy in it. */
  readonly request: DeployRequest
  /** Ids of services that are deployed in it. */
  readonly deployed: ReadonlySet<string>
  /** For the history that Railway keeps of changes. */
  readonly message: string
}
