import { internalError } from './errors/internal-error.ts'
import { FatalFailure } from './railway/fatal-failure.ts'
import { RunAborted, type RunState } from './run-state.ts'

/** Runs a stage. If it throws, adds the failure of the error to the report. Never rejects. */
export async function recordErrors(state: RunState, stage: () => Promise<void>): Promise<void> {
  try {
    await stage()
  } catch (error) {
    if (error instanceof RunAborted) return
    state.fail([error instanceof FatalFailure ? error.failure : internalError(error)])
  }
}
