import type { Named } from '../named.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'
import type { DeploymentState, ServedDeployments } from './ports.ts'

/** A finished deployment that is not verified yet. Times are milliseconds since the epoch. */
export interface FinishedDeployment {
  readonly step: StartingStep<Named> | AdoptStep<Named>
  readonly id: string
  /** The time at which its step was started. */
  readonly startedAt: number
  /** The time of the poll that first reported it as finished. */
  readonly seenAt: number
  /** The time from which its status is considered stable. */
  readonly stableAt: number
  /** The newest and the active deployments of its service, read in the same poll; `null` if they were not read. */
  readonly served: ServedDeployments | null
  readonly state: DeploymentState
}
