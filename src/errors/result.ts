import type { Failure } from './codes.ts'

/** Either a value or everything that stands in its way. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failures: readonly Failure[] }

export const found = <Value>(value: Value): Checked<Value> => ({ ok: true, value })

export const refused = (failures: readonly Failure[]): Checked<never> => ({ ok: false, failures })
