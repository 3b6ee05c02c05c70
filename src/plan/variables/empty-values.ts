import type { VariableValues } from '../../variables/parse.ts'
import type { VariableState } from './state.ts'

/** The empty values that are to be written at one place, by what they would do there. */
export interface EmptyValues {
  /** Variables that have a value, which would be erased. */
  readonly erased: readonly string[]
  /** Those of them that are sealed, so that the value cannot be read. */
  readonly sealed: readonly string[]
  /** Variables that do not exist yet. */
  readonly added: readonly string[]
}

/** Finds the values that are empty, usually because a secret does not exist, and compares them with what is stored. */
export function findEmptyValues(state: VariableState, values: VariableValues): EmptyValues {
  const names = [...values].flatMap(([name, value]) => (value.reveal() === '' ? [name] : []))
  const sealed = names.filter((name) => state.get(name)?.value === null)
  const erased = names.filter((name) => {
    const stored = state.get(name)
    return stored !== undefined && (stored.value === null || stored.value.reveal() !== '')
  })
  return { erased, sealed, added: names.filter((name) => !state.has(name)) }
}
