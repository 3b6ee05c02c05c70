import type { Failure } from './codes.ts'

/** A value, or all failures that prevent it. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failures: readonly Failure[] }

/** Returns the result of a success. */
export const ok = <Value>(value: Value): Result<Value> => ({ ok: true, value })

/** Returns the result with these failures. */
export const err = (failures: readonly Failure[]): Result<never> => ({ ok: false, failures })
