import type { Target } from '../inventory/inventory.ts'
import { isThere, type Step, type StepEnvironment, type StepId } from '../plan/plan.ts'
import type { SecretValues } from '../plan/secret-values.ts'
import type { ChangeQueue } from './change-queue.ts'
import type { ExecuteOptions, ExecutePorts } from './context.ts'
import type { DeploymentPoller } from './deployment-poller.ts'
import type { DeploymentSlots } from './deployment-slots.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import type { Outcome } from './outcome.ts'
import type { EnvironmentCreationQueue } from './preview/create.ts'
import type { PreviewRegistry } from './preview/registry.ts'

/** The result of a step: its outcome, or a finished deployment that has to be verified before its outcome is known. */
export type StepResult = { readonly outcome: Outcome } | { readonly finished: FinishedDeployment }

/** The context in which a step is executed. */
export interface StepContext {
  readonly options: ExecuteOptions
  readonly ports: ExecutePorts
  /** The steps of the plan by id. */
  readonly steps: ReadonlyMap<StepId, Step>
  readonly secrets: SecretValues
  readonly queue: ChangeQueue
  readonly slots: DeploymentSlots
  readonly poller: DeploymentPoller
  /** The services whose health check is in progress. */
  readonly healthChecked: Set<Target<StepEnvironment>>
  /** The ids of deployments that did not finish before `timeout` and whose logs were read. */
  readonly lateLogs: Set<string>
  readonly creations: EnvironmentCreationQueue
  /** The previews that other steps of this run have prepared. */
  readonly previews: PreviewRegistry
}

/** Returns whether the plan has the step in an environment that another step of the plan creates. */
export function isInNewEnvironment({ id }: { id: StepId }, { steps }: StepContext): boolean {
  const planned = steps.get(id)?.target.environment
  return planned !== undefined && !isThere(planned)
}
