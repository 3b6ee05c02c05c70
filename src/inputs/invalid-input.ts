import { type Failure, failure, type InputProblem } from '../errors/codes.ts'

/** Builds the error of an input. `given`: its text, or `null` if the text may hold a secret or is not the cause. */
export const invalidInput = (input: string, given: string | null, problem: InputProblem): Failure =>
  failure('input-invalid', { input, given, problem })

/** Builds the problem of a value that is not allowed. `because`: the reason, in whole sentences. */
export const rejected = (because: string): InputProblem => ({ kind: 'rejected', because })

/** Builds the problem of a missing input. `because`: the reason why it is required, in whole sentences. */
export const required = (because: string): InputProblem => ({ kind: 'required', because })

/** Builds the problem of an input that contradicts another setting, such as `command: preview` in backticks. */
export const excluded = (by: string, because: string): InputProblem => ({
  kind: 'excluded',
  by,
  because,
})

/** Builds the problem of an input that needs another setting, such as `wait: true` in backticks. */
export const requires = (setting: string, because: string): InputProblem => ({
  kind: 'requires',
  setting,
  because,
})
