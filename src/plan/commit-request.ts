import type { CommitChoice } from '../inputs/read-inputs.ts'
import type { RunContext } from '../inputs/run-context.ts'
import type { ServiceInstance } from '../inventory/inventory.ts'

/** The part of the inputs that decides which commit is deployed. */
export interface CommitRequest {
  readonly commit: CommitChoice
  readonly force: boolean
  readonly context: Pick<RunContext, 'repository' | 'branch'>
  /**
   * The commits, in lower case, that are newer than the requested commit: the requested commit is an ancestor of each
   * of them. A service with one of these commits is not deployed.
   */
  readonly newer: readonly string[]
  /** The services that Railway does not deploy on pushes although they have a trigger; none if that is not known. */
  readonly switchedOff?: ReadonlySet<ServiceInstance>
}
