import type { CommitChoice } from '../inputs/read-inputs.ts'
import type { RunContext } from '../inputs/run-context.ts'

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
}
