import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import type { Secret } from '../../secret.ts'
import type { VariableValues } from '../../variables/parse.ts'
import { takenNames } from './copied-names.ts'
import { diffVariables, type VariableDiff } from './diff.ts'
import { isCopied, type TargetVariables } from './snapshot.ts'
import type { VariableState } from './state.ts'

/** Returns the values to write to a target: the copied ones of `variables-from`, replaced by the given ones. */
export function desiredValues(
  request: VariableRequest,
  base: VariableState | null,
): VariableValues {
  const removed = new Set(request.remove)
  const isTaken = takenNames(request)
  const values = new Map<string, Secret>()
  for (const [name, { value, provided }] of base ?? []) {
    if (value !== null && !provided && isCopied(name) && !removed.has(name) && isTaken(name))
      values.set(name, value)
  }
  for (const [name, value] of request.values) values.set(name, value)
  return values
}

/** Compares the stored variables of a target with the requested ones. */
export function diffTarget(
  { state, base }: TargetVariables,
  request: VariableRequest,
): VariableDiff {
  const values = desiredValues(request, base)
  const { remove, mode } = request
  return diffVariables(state, { values, remove, mode, unreadable: sealedIn(request, base) })
}

/**
 * Returns the names that would be copied if their values in the other environment were not sealed. `replace` keeps
 * them: the other environment has them, too.
 */
function sealedIn(request: VariableRequest, base: VariableState | null): ReadonlySet<string> {
  const isTaken = takenNames(request)
  const names = [...(base ?? [])].flatMap(([name, { value }]) => (value === null ? name : []))
  return new Set(names.filter((name) => isCopied(name) && isTaken(name)))
}
