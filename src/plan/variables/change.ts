import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import { nameMatcher } from '../../inventory/patterns.ts'
import type { Secret } from '../../secret.ts'
import type { VariableValues } from '../../variables/parse.ts'
import { diffVariables, writtenNames } from './diff.ts'
import type { VariableChange } from './ports.ts'
import { isCopied, type TargetVariables } from './snapshot.ts'
import type { VariableState } from './state.ts'

/** The values that are wanted at a place: those given, over those of the other environment. */
export function wantedValues(wish: VariableRequest, base: VariableState | null): VariableValues {
  const removed = new Set(wish.remove)
  const isTaken = wish.names === null ? () => true : nameMatcher(wish.names)
  const values = new Map<string, Secret>()
  for (const [name, { value, provided }] of base ?? []) {
    if (value !== null && !provided && isCopied(name) && !removed.has(name) && isTaken(name))
      values.set(name, value)
  }
  for (const [name, value] of wish.values) values.set(name, value)
  return values
}

/** Compares and picks: only what differs is written. */
export function decideChange(place: TargetVariables, wish: VariableRequest): VariableChange {
  const { target, scope, state, base } = place
  const wanted = wantedValues(wish, base)
  const diff = diffVariables(state, { values: wanted, remove: wish.remove, mode: wish.mode })
  const written = new Set(writtenNames(diff))
  const values = new Map([...wanted].filter(([name]) => written.has(name)))
  return { target, scope, values, remove: diff.removed, diff }
}
