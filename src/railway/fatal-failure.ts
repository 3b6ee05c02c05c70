import type { Failure } from '../errors/codes.ts'

/** A failure to read something that the run cannot do without. */
export class FatalFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure, options: ErrorOptions) {
    super(`Railway: ${failure.code}`, options)
    this.name = 'FatalFailure'
    this.failure = failure
  }
}
