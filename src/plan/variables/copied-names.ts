import { type Failure, failure } from '../../errors/codes.ts'
import { isGlob } from '../../glob.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import { nameMatcher } from '../../inventory/patterns.ts'
import type { VariableState } from './state.ts'

/** Returns a test for the names that are copied from the environment of `variables-from`. */
export function takenNames({ names }: VariableRequest): (name: string) => boolean {
  if (names === null) return () => true
  const match = nameMatcher(names)
  return (name) => match(name) !== null
}

/**
 * Returns a failure for each name in `variables-names` that is no variable of any target in the other environment. This
 * also holds for names after `!`.
 */
export function unknownNames(
  { targets }: { readonly targets: readonly { readonly base: VariableState | null }[] },
  { names }: Pick<VariableRequest, 'names'>,
): Failure[] {
  const known = [...new Set(targets.flatMap(({ base }) => [...(base?.keys() ?? [])]))]
  const lower = new Set(known.map((name) => name.toLowerCase()))
  return (names ?? [])
    .filter(({ text }) => !isGlob(text) && !lower.has(text.toLowerCase()))
    .map(({ text }) =>
      failure('input-invalid', {
        input: 'variables-names',
        given: text,
        problem: { kind: 'no-match', of: 'variables', available: known.toSorted() },
      }),
    )
}
