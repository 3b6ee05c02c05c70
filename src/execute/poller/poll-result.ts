import type { Failure } from '../../errors/codes.ts'
import type { DeploymentState, ServedDeployments } from '../ports.ts'

/** The result of following a deployment. Times are milliseconds since the epoch. */
export type PollResult =
  /** The deployment is no longer in progress. */
  | {
      readonly kind: 'finished'
      readonly state: DeploymentState
      /** The time at which `state` was read. */
      readonly at: number
      /** The time from which the status in `state` is considered stable. */
      readonly stableAt: number
      /** The newest and the active deployments of its service, read in the same poll; `null` if they were not read. */
      readonly served: ServedDeployments | null
    }
  /** The time limit `timeout` passed. */
  | {
      readonly kind: 'timed-out'
      /** The status that was read last; `null` if none was read. */
      readonly status: string | null
      /** The milliseconds since its state was read last, or since the start if it was never read. */
      readonly withoutResponseFor: number
    }
  /**
   * The deployment cannot be read: it or its service was deleted, the token has no access or is not valid, or the rate
   * limit permits no further request before the deadline.
   */
  | { readonly kind: 'unreadable'; readonly failure: Failure }
  /** The job was cancelled. `status` is the one that was read last. */
  | { readonly kind: 'cancelled'; readonly status: string | null }
