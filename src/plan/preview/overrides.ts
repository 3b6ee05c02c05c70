import { type Failure, failure } from '../../errors/codes.ts'
import type { Pattern } from '../../inputs/fields.ts'
import { nameMatcher } from '../../inventory/patterns.ts'
import type { VariableState } from '../variables/state.ts'
import { type ClonedService, ClonedVariables } from './base-variables.ts'

/** The variables of a base environment, and the values that the inputs give to its preview. */
export interface ClonedBase {
  readonly shared: VariableState
  readonly services: readonly ClonedService[]
}

/**
 * Returns a failure for each variable that matches `require-overrides` and whose literal value the preview would
 * inherit from its base. A variable is allowed in three cases: the inputs give it another value, or it is sealed
 * (Railway does not copy sealed variables), or it refers to something in the preview itself, such as the domain of a
 * service.
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

/** A sealed variable of a service. */
export interface SealedVariable {
  readonly service: string
  readonly variable: string
}

/** Lists the sealed variables of the base for which the inputs give no value. Railway does not copy them. */
export function missingSealed({ services }: ClonedBase): SealedVariable[] {
  return services.flatMap(({ name: service, state, given }) =>
    [...state].flatMap(([variable, { value, provided }]) =>
      value === null && !provided && !given.has(variable) ? [{ service, variable }] : [],
    ),
  )
}
