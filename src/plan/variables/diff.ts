import { isReservedName } from '../../variables/names.ts'
import type { VariableValues } from '../../variables/parse.ts'
import type { VariableState } from './state.ts'

/** The requested variables of one target. */
export interface DesiredVariables {
  readonly values: VariableValues
  readonly remove: readonly string[]
  /** The mode. `replace` removes the variables that are not among the values. */
  readonly mode: 'merge' | 'replace'
  /** Names that `replace` keeps although they have no value here, because their requested values cannot be read. */
  readonly unreadable?: ReadonlySet<string>
}

/** The comparison of stored variables with requested ones, as names of variables. */
export interface VariableDiff {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  /** Sealed variables with a given value. They are always written, because their stored value cannot be read. */
  readonly sealed: readonly string[]
  readonly removed: readonly string[]
  readonly unchanged: readonly string[]
  /** Variables that `replace` would remove but keeps: Railway's own, and those that are sealed here or at the source. */
  readonly kept: readonly string[]
}

/** Compares the stored variables with the requested ones. A reference is compared as text, without its value. */
export function diffVariables(
  state: VariableState,
  { values, remove, mode, unreadable = new Set() }: DesiredVariables,
): VariableDiff {
  const added: string[] = []
  const changed: string[] = []
  const sealed: string[] = []
  const unchanged: string[] = []
  for (const [name, value] of values) {
    const there = state.get(name)
    if (!there) added.push(name)
    else if (there.value === null) sealed.push(name)
    else if (there.value.equals(value)) unchanged.push(name)
    else changed.push(name)
  }
  const named = new Set(remove)
  const others = [...state.keys()].filter((name) => !values.has(name))
  const isSpared = (name: string) =>
    state.get(name)?.value === null || isReservedName(name) || unreadable.has(name)
  const isRemoved = (name: string) =>
    !state.get(name)?.provided && (named.has(name) || (mode === 'replace' && !isSpared(name)))
  const removed = others.filter(isRemoved)
  const kept = mode === 'merge' ? [] : others.filter((name) => isSpared(name) && !isRemoved(name))
  return { added, changed, sealed, removed, unchanged, kept }
}

/** Lists the names of the variables that have to be written. */
export function writtenNames({ added, changed, sealed }: VariableDiff): string[] {
  return [...added, ...changed, ...sealed]
}

/** Returns whether nothing has to be written or removed. */
export const isSettled = (diff: VariableDiff) =>
  writtenNames(diff).length === 0 && diff.removed.length === 0
