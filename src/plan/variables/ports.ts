import type { Result } from '../../errors/result.ts'
import type { Target } from '../../inventory/inventory.ts'
import type { VariableValues } from '../../variables/parse.ts'
import type { VariableDiff } from './diff.ts'
import type { VariablePlace, VariableState } from './state.ts'

/** Reading variables, as planning needs it. */
export interface VariableReader {
  /** What is set at these places, in their order, or every reason why that cannot be read. */
  read(places: readonly VariablePlace[]): Promise<Result<readonly VariableState[]>>
  /**
   * The environments of these changes in which something is staged besides their own removals: those may
   * be left from a run that was cut off.
   */
  stagedByOthers(changes: readonly VariableChange[]): Promise<Result<readonly Target[]>>
}

/** What is to be written at one place. */
export interface VariableChange extends VariablePlace {
  readonly values: VariableValues
  readonly remove: readonly string[]
  /** How it differs from what is there. */
  readonly diff: VariableDiff
}
