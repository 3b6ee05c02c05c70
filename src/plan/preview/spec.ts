import type { Named } from '../../named.ts'
import type { CommitRequest } from '../commit-request.ts'

/**
 * The differences between a service of a preview and the same service of its base. A missing property is no difference.
 */
export interface ServiceChange {
  readonly service: Named
  readonly branch?: string
  readonly image?: string
  /** The names of the variables that get values of their own in the preview. */
  readonly variables?: readonly string[]
}

/** A service of the base. A complete preview has it, too. */
export interface BaseService extends Named {
  readonly hasDomain: boolean
  /** The port that its domains lead to, if that is known. */
  readonly port?: number
  /** The milliseconds that its deployment took, if that is known. */
  readonly took?: number
}

/** The requested state of a preview. */
export interface PreviewSpec {
  /** The environment that the preview is cloned from. */
  readonly base: Named
  readonly services: readonly BaseService[]
  readonly changes: readonly ServiceChange[]
  /** The request from which the deployments are planned again when the preview is ready. */
  readonly request: CommitRequest
  /** The ids of the services to deploy in the preview. */
  readonly deployed: readonly string[]
  /** The message that Railway shows with the changes in the history of the environment. */
  readonly message: string
}
