import type { CommitChoice } from '../inputs/read-inputs.ts'
import type { RunContext } from '../inputs/run-context.ts'

/** The part of the inputs that says what is deployed. */
export interface DeployRequest {
  readonly commit: CommitChoice
  readonly force: boolean
  readonly context: Pick<RunContext, 'repository' | 'branch'>
  /**
   * Commits, in lower case, that have the requested one among their ancestors. The requested commit does not replace
   * them.
   */
  readonly newer: readonly string[]
}
