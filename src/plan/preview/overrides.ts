import { type Failure, failure } from '../../errors/codes.ts'
import type { Pattern } from '../../inputs/fields.ts'
import { nameMatcher } from '../../inventory/patterns.ts'
import type { VariableState } from '../variables/state.ts'
import { type ClonedService, ClonedVariables } from './base-variables.ts'

/** A base with its variables, and the values that its preview is given. */
export interface ClonedBase {
  readonly shared: VariableState
  readonly services: readonly ClonedService[]
}

/**
 * Lists the variables that a preview would share with its base as a literal, although `require-overrides` forbids it. A
 * variable is allowed if the preview is given a value of its own, if it is sealed and so not cloned, or if it refers to
 * something of the preview itself.
 */
export function inheritedVariables(
  place: { readonly project: string; readonly environment: string },
  { shared, services }: ClonedBase,
  patterns: readonly Pattern[],
): Failure<'inherited-variable'>[] {
  const patternOf = nameMatcher(patterns.some(({ exclude }) => !exclude) ? patterns : [])
  const cloned = new ClonedVariables(shared, services)
  const owners = [...services, { id: null, name: null, state: shared }]
  return owners.flatMap(({ id, name: service, state }) =>
    [...state].flatMap(([variable, { provided }]) => {
      const pattern = patternOf(variable)?.text
      const literal = pattern && !provided ? cloned.literalOf(id, variable) : null
      if (!pattern || literal === null) return []
      const isItself = literal.name === `${service ?? 'shared'}.${variable}`
      const end = isItself && !literal.isPassword ? null : { ...literal, isItself }
      return [failure('inherited-variable', { ...place, service, variable, pattern, end })]
    }),
  )
}

/** Names the sealed variables of the base that the preview is given no value for, by service. */
export function missingSealed({ services }: ClonedBase): string[] {
  return services.flatMap(({ name: service, state, given }) =>
    [...state].flatMap(([name, { value, provided }]) =>
      value === null && !provided && !given.has(name) ? [`${service}.${name}`] : [],
    ),
  )
}
