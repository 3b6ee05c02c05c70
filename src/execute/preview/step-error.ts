import type { Failure } from '../../errors/codes.ts'
import type { MutationResult, Rejected } from '../mutation-result.ts'
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

/** Returns whether a result means that nothing more can be done in a preview: its environment or the token is gone. */
export function endsPreview(result: MutationResult<unknown>): result is Rejected {
  if (result.kind !== 'rejected') return false
  if (result.reason === 'token-invalid') return true
  const { failure } = result
  if (result.reason !== 'deleted' || failure.code !== 'operation-not-permitted') return false
  const { presence } = failure.facts
  return presence?.kind === 'deleted' && presence.what !== 'service'
}

/** Returns the value of a change, or throws the error of one that was not made. */
export function unwrap<Value>(result: MutationResult<Value>, doing: string): Value {
  switch (result.kind) {
    case 'done':
      return result.value
    case 'rejected':
      throw new PreviewStepError('refused', refusedTo(result, doing), result.failure)
    case 'lost':
      throw new PreviewStepError('unknown', `${doing} may or may not have worked`, result.failure)
    case 'not-sent':
      throw cancelled()
  }
}

const refusedTo = (result: Rejected, doing: string) =>
  endsPreview(result) && result.reason === 'deleted'
    ? 'it was deleted meanwhile'
    : `Railway refused ${doing}`

export const cancelled = () => new PreviewStepError('cancelled', 'the job was cancelled', null)
