import { type Failure, failure, expected as toProblem } from '../errors/codes.ts'

/**
 * Builds the error of an input that cannot be used. `given` is its text, or `null` if that may hold a secret.
 * `expected` completes "Expected …".
 */
export const invalidInput = (input: string, given: string | null, expected: string): Failure =>
  failure('input-invalid', { input, given, problem: toProblem(expected) })
