import { type Failure, failure } from '../../errors/codes.ts'
import { listLocations } from '../../errors/list-locations.ts'
import type { Warning } from '../../errors/warning.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { VariableValues } from '../../variables/parse.ts'
import { desiredValues } from './change.ts'
import type { VariablesSnapshot } from './snapshot.ts'
import { ownedNames, type VariableState } from './state.ts'

/** The names of the variables of one target that would get an empty value, by the effect on the stored value. */
export interface EmptyValues {
  /** Variables whose stored value would be erased. */
  readonly erased: readonly string[]
  /** The variables among `erased` that are sealed: their stored value cannot be read. */
  readonly sealed: readonly string[]
  /** Variables that do not exist yet. */
  readonly added: readonly string[]
}

/** Finds the empty values among the given ones, and compares them with the stored values. */
export function findEmptyValues(state: VariableState, values: VariableValues): EmptyValues {
  const names = [...values].flatMap(([name, value]) => (value.reveal() === '' ? [name] : []))
  const sealed = names.filter((name) => state.get(name)?.value === null)
  const erased = names.filter((name) => {
    const stored = state.get(name)
    return stored !== undefined && stored.value?.reveal() !== ''
  })
  return { erased, sealed, added: names.filter((name) => !state.has(name)) }
}

/**
 * Checks that no empty value erases a stored value. New variables with an empty value are only a warning. With
 * `allow-empty-values`, nothing is checked.
 */
export function checkEmptyValues(
  { targets }: Pick<VariablesSnapshot, 'targets'>,
  request: VariableRequest,
): { failures: Failure[]; warnings: Warning[] } {
  if (request.allowEmpty) return { failures: [], warnings: [] }
  const found = targets.map(({ target, state, base }) => ({
    target,
    ...findEmptyValues(state, desiredValues(request, base)),
  }))
  const failures = found.flatMap(({ target, erased, sealed }) =>
    erased.length === 0
      ? []
      : [failure('empty-value', { ...locationOf(target), variables: erased, sealed })],
  )
  const added = found.flatMap(({ target, added }) =>
    added.length === 0
      ? []
      : [{ ...locationOf(target), note: ownedNames(target, added.slice(0, 10)) }],
  )
  if (added.length === 0) return { failures, warnings: [] }
  const warning: Warning = {
    title: 'new variables are empty',
    message: `New variables are created with an empty value: ${listLocations(added)}. An empty value usually comes from a secret that does not exist. Check the names of the secrets in the workflow. If the values should be empty, set \`allow-empty-values: true\`.`,
  }
  return { failures, warnings: [warning] }
}
