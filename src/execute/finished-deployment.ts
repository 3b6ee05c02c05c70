import type { Named } from '../named.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'
import type { DeploymentState, ServedDeployments } from './ports.ts'

/** A deployment that is no longer under way. Times are milliseconds since the epoch. */
export interface FinishedDeployment {
  readonly step: StartingStep<Named> | AdoptStep<Named>
  readonly id: string
  readonly startedAt: number
  readonly seenAt: number
  /** When it has been in its status long enough to count. */
  readonly settledAt: number
  /** What its service served when it was seen; `null` if that was not read. */
  readonly served: ServedDeployments | null
  readonly state: DeploymentState
}
