import type { Named } from '../named.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'
import type { DeploymentState } from './ports.ts'

/** A deployment that is no longer under way. Times are milliseconds since the epoch. */
export interface FinishedDeployment {
  readonly step: StartingStep<Named> | AdoptStep<Named>
  readonly id: string
  readonly startedAt: number
  readonly seenAt: number
  readonly state: DeploymentState
}
