import type { Named } from '../../named.ts'
import type { DeployRequest } from '../deploy-request.ts'

/** The differences from the base in one service of a preview. A part that is left out stays as it is. */
export interface ServiceChange {
  readonly service: Named
  readonly branch?: string
  readonly image?: string
  /** The names of variables that the preview is given its own values for. */
  readonly variables?: readonly string[]
}

/** A service of the base, which a clone has as well. */
export interface BaseService extends Named {
  readonly hasDomain: boolean
  /** The port that its domains lead to, if that is known. */
  readonly port?: number
  /** The milliseconds that its deployment took, if that is known. */
  readonly took?: number
}

/** The requested state of a preview. */
export interface PreviewSpec {
  /** The environment that it is cloned from. */
  readonly base: Named
  readonly services: readonly BaseService[]
  readonly changes: readonly ServiceChange[]
  /** The revision to deploy in it, decided again once the preview is ready. */
  readonly request: DeployRequest
  /** Ids of services that are deployed in it. */
  readonly deployed: readonly string[]
  /** The message for Railway's history of changes. */
  readonly message: string
}
