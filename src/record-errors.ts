import { internalError } from './errors/internal-error.ts'
import { FatalFailure } from './railway/fatal-failure.ts'
import { RunAborted, type RunState } from './run-state.ts'

/** Runs a stage, and adds an error of it to the report. */
export async function recordErrors(state: RunState, stage: () => Promise<void>): Promise<void> {
  try {
    await stage()
  } catch (error) {
    if (error instanceof RunAborted) return
    state.fail([error instanceof FatalFailure ? error.failure : internalError(error)])
  }
}
