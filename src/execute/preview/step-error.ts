import type { Failure } from '../../errors/codes.ts'
import type { MutationResult, Rejected } from '../mutation-result.ts'
import type { Outcome, OutcomeStatus } from '../outcome.ts'

/** An error that ends a preview step. `why` is the message of the outcome, `status` its status. */
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

/** An error that ends a preview step because the run has to stop before its next change. */
export class StepNotStarted extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('preview: not started')
    this.name = 'StepNotStarted'
    this.outcome = outcome
  }
}

/** Returns whether a change was rejected because the preview was deleted or the token is no longer valid. */
export function endsPreview(result: MutationResult<unknown>): result is Rejected {
  if (result.kind !== 'rejected') return false
  if (result.reason === 'token-invalid') return true
  const { failure } = result
  if (result.reason !== 'deleted' || failure.code !== 'operation-not-permitted') return false
  const { presence } = failure.facts
  return presence?.kind === 'deleted' && presence.what !== 'service'
}

/**
 * Returns the value of a change. Throws {@link PreviewStepError} if it is not known to be made. `purpose` is an
 * infinitive that names the change, such as "to create a domain".
 */
export function unwrap<Value>(result: MutationResult<Value>, purpose: string): Value {
  switch (result.kind) {
    case 'done':
      return result.value
    case 'rejected':
      throw new PreviewStepError('refused', refusedTo(result, purpose), result.failure)
    case 'lost':
      throw new PreviewStepError(
        'unknown',
        `the request ${purpose} may or may not have taken effect`,
        result.failure,
      )
    case 'not-sent':
      throw cancelled()
  }
}

const refusedTo = (result: Rejected, purpose: string) =>
  endsPreview(result) && result.reason === 'deleted'
    ? 'it was deleted meanwhile'
    : `Railway rejected the request ${purpose}`

/** Returns the error of a step during which the job was cancelled. */
export const cancelled = () => new PreviewStepError('cancelled', 'the job was cancelled', null)
