import { type Failure, failure } from '../../errors/codes.ts'
import type { Warning } from '../../errors/warning.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import { locationOf, targetName } from '../../inventory/inventory.ts'
import type { VariableValues } from '../../variables/parse.ts'
import { desiredValuesOf } from './change.ts'
import type { VariablesSnapshot } from './snapshot.ts'
import type { VariableState } from './state.ts'

/** The empty values of one target, by their effect. */
export interface EmptyValues {
  /** Variables that have a value, which would be erased. */
  readonly erased: readonly string[]
  /** Those of them that are sealed, so that the value cannot be read. */
  readonly sealed: readonly string[]
  /** Variables that do not exist yet. */
  readonly added: readonly string[]
}

/** Compares empty values with the stored ones. A value is usually empty because a secret does not exist. */
export function findEmptyValues(state: VariableState, values: VariableValues): EmptyValues {
  const names = [...values].flatMap(([name, value]) => (value.reveal() === '' ? [name] : []))
  const sealed = names.filter((name) => state.get(name)?.value === null)
  const erased = names.filter((name) => {
    const stored = state.get(name)
    return stored !== undefined && stored.value?.reveal() !== ''
  })
  return { erased, sealed, added: names.filter((name) => !state.has(name)) }
}

/** Checks that no empty value erases another, unless `allow-empty-values` is set, and warns of new empty variables. */
export function checkEmptyValues(
  { targets }: Pick<VariablesSnapshot, 'targets'>,
  request: VariableRequest,
): { failures: Failure[]; warnings: Warning[] } {
  if (request.allowEmpty) return { failures: [], warnings: [] }
  const found = targets.map(({ target, state, base }) => ({
    target,
    ...findEmptyValues(state, desiredValuesOf(request, base)),
  }))
  const failures = found.flatMap(({ target, erased, sealed }) =>
    erased.length === 0
      ? []
      : [failure('empty-value', { ...locationOf(target), variables: erased, sealed })],
  )
  const added = found.flatMap(({ target, added }) =>
    added.length === 0 ? [] : [`${targetName(target)} (${added.slice(0, 10).join(', ')})`],
  )
  if (added.length === 0) return { failures, warnings: [] }
  const warning: Warning = {
    title: 'new variables are empty',
    message: `Empty values are written for variables that did not exist: ${added.slice(0, 10).join('; ')}${added.length > 10 ? ` and ${added.length - 10} more` : ''}. An empty value usually comes from a secret that does not exist; set \`allow-empty-values: true\` if it is meant.`,
  }
  return { failures, warnings: [warning] }
}
