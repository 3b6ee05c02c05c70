import type { Failure } from '../../errors/codes.ts'
import type { MutationResult } from '../mutation-result.ts'
import type { Outcome, OutcomeStatus } from '../outcome.ts'

/** An error that ends the work on one preview. The step turns it into an outcome; it never leaves this directory. */
export class PreviewStepError extends Error {
  readonly status: OutcomeStatus
  readonly why: string
  readonly failure: Failure | null

  constructor(status: OutcomeStatus, why: string, failure: Failure | null) {
    super(`preview: ${status}`)
    this.name = 'PreviewStepError'
    this.status = status
    this.why = why
    this.failure = failure
  }
}

/** A change that was not made at all, because the run has to stop. */
export class StepNotStarted extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('preview: not begun')
    this.name = 'StepNotStarted'
    this.outcome = outcome
  }
}

/** Returns the value of a change, or throws the error of one that was not made. */
export function unwrap<Value>(result: MutationResult<Value>, doing: string): Value {
  switch (result.kind) {
    case 'done':
      return result.value
    case 'rejected':
      throw new PreviewStepError('refused', `Railway refused ${doing}`, result.failure)
    case 'lost':
      throw new PreviewStepError('unknown', `${doing} may or may not have worked`, result.failure)
    case 'not-sent':
      throw cancelled()
  }
}

export const cancelled = () => new PreviewStepError('cancelled', 'the job was cancelled', null)
