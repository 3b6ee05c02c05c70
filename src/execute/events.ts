import type { Target } from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import type { StartingStep, StepEnvironment } from '../plan/plan.ts'
import type { Outcome } from './outcome.ts'
import type { DeploymentLog, FailureReport } from './ports.ts'

/** An event of the execution of a plan. `report/` words it as lines of the log. */
export type ExecuteEvent =
  | { readonly kind: 'started'; readonly step: StartingStep<Named>; readonly deploymentId: string }
  | { readonly kind: 'lookup'; readonly target: Target; readonly because: string }
  /** A remark about a step that is in progress. */
  | { readonly kind: 'note'; readonly target: Target<StepEnvironment>; readonly note: string }
  | {
      readonly kind: 'state'
      readonly target: Target
      readonly deploymentId: string
      readonly from: string | null
      readonly to: string
    }
  | {
      readonly kind: 'heartbeat'
      readonly waiting: readonly {
        readonly target: Target<StepEnvironment>
        readonly status: string
      }[]
      readonly milliseconds: number
    }
  /** A directory is packed and about to be sent. */
  | {
      readonly kind: 'packed'
      readonly target: Target
      readonly files: number
      readonly bytes: number
    }
  | {
      readonly kind: 'progress'
      readonly target: Target
      readonly doing: 'packing' | 'sending'
      readonly done: number
      readonly of: number
      readonly unit: 'files' | 'bytes'
    }
  /** A step ended badly, and services are returned to what they served before. */
  | { readonly kind: 'rollback-started'; readonly services: number }
  | { readonly kind: 'silence'; readonly milliseconds: number }
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  | {
      readonly kind: 'explained'
      readonly target: Target
      readonly deploymentId: string
      readonly report: Omit<FailureReport, 'log'>
    }
  /** The whole log of a failed deployment. */
  | {
      readonly kind: 'log-read'
      readonly target: Target
      readonly deploymentId: string
      readonly log: DeploymentLog
    }

export type Emit = (event: ExecuteEvent) => void
