import type { Failure } from './codes.ts'

/** Either a value or everything that stands in its way. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failures: readonly Failure[] }

export const ok = <Value>(value: Value): Result<Value> => ({ ok: true, value })

export const err = (failures: readonly Failure[]): Result<never> => ({ ok: false, failures })
