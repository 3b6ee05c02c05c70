import type { Named } from '../named.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'
import type { DeploymentState, ServedDeployments } from './ports.ts'

/** A deployment that is no longer under way. Times are milliseconds since the epoch. */
export interface FinishedDeployment {
  readonly step: StartingStep<Named> | AdoptStep<Named>
  readonly id: string
  readonly startedAt: number
  readonly seenAt: number
  /** The time from which its status counts. */
  readonly stableAt: number
  /** The deployments that its service served at the same time; `null` if they were not read. */
  readonly served: ServedDeployments | null
  readonly state: DeploymentState
}
