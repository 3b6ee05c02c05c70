import type { Failure } from '../errors/codes.ts'

/** An error for a read without which the run cannot continue. It ends the run with its failure. */
export class FatalFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure, options: ErrorOptions) {
    super(`Railway: ${failure.code}`, options)
    this.name = 'FatalFailure'
    this.failure = failure
  }
}
