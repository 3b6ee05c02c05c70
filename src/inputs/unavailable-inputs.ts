import type { Failure } from '../errors/codes.ts'
import { invalidInput } from './invalid-input.ts'
import type { RawInputs } from './raw-inputs.ts'

/** Inputs whose effect is not built yet, with the values that ask for nothing. */
const unavailable: Readonly<Record<string, readonly string[]>> = {
  diagnose: ['', 'false'],
}

/** Refuses inputs that would have no effect yet: one that is passed over quietly is worse than none. */
export const unavailableInputs = (raw: RawInputs): Failure[] =>
  Object.entries(unavailable).flatMap(([name, harmless]) =>
    harmless.includes((raw[name] ?? '').trim().toLowerCase())
      ? []
      : [invalidInput(name, null, 'nothing: this version does not support the input yet')],
  )
