import type { Target } from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import type { StartingStep, StepEnvironment } from '../plan/plan.ts'
import type { Outcome } from './outcome.ts'
import type { DeploymentLog, FailureReport } from './ports.ts'

/** An event of the execution of a plan. `report/` renders it as lines of the log. */
export type ExecuteEvent =
  | { readonly kind: 'started'; readonly step: StartingStep<Named>; readonly deploymentId: string }
  /** It is unclear whether a deployment was started, and the run looks it up. `because`: why that is unclear. */
  | { readonly kind: 'lookup'; readonly target: Target; readonly because: string }
  /** A remark about a step that is in progress. */
  | { readonly kind: 'note'; readonly target: Target<StepEnvironment>; readonly note: string }
  /** The status of a deployment has changed. `from` is `null` at the first read. */
  | {
      readonly kind: 'state'
      readonly target: Target
      readonly deploymentId: string
      readonly from: string | null
      readonly to: string
    }
  /** A minute has passed. `milliseconds`: the time since the start of the execution. */
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
  /** A step has failed, and the run rolls back the services that it has deployed. `services`: their number. */
  | { readonly kind: 'rollback-started'; readonly services: number }
  /** A poll had no response. `milliseconds`: the longest time without a response about one of the deployments. */
  | { readonly kind: 'no-response'; readonly milliseconds: number }
  /** The outcome of a step is known. */
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** The reason of a failed deployment was read. */
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
