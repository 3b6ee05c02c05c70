import { type Failure, failure } from '../../errors/codes.ts'
import type { Warning } from '../../errors/warning.ts'
import { isGlob } from '../../glob.ts'
import type { Shard } from '../../inputs/fields.ts'
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
 * Checks that each name in `variables-names` is a variable of a target in the other environment. This also applies to
 * names after `!`. A name that is missing is a failure. In a shard, it is only a warning: the variables of other shards
 * are not read, and may have the name.
 */
export function checkCopiedNames(
  snapshot: CopiedFrom,
  request: Pick<VariableRequest, 'names'>,
  shard: Shard | null,
): { failures: Failure[]; warnings: Warning[] } {
  const failures = unknownNames(snapshot, request)
  if (shard === null || failures.length === 0) return { failures, warnings: [] }
  const names = failures.map(({ facts }) => `"${facts.given}"`)
  return { failures: [], warnings: [notInShard(names)] }
}

const notInShard = (names: readonly string[]): Warning => ({
  title: 'nothing to copy',
  message: `\`variables-names\` contains ${names.join(', ')}, but no service of this shard has such a variable in the other environment. Services of other shards may have it. If no service has it, correct \`variables-names\`.`,
})

/** The variables of the targets in the environment to copy from. */
interface CopiedFrom {
  readonly targets: readonly { readonly base: VariableState | null }[]
}

function unknownNames(
  { targets }: CopiedFrom,
  { names }: Pick<VariableRequest, 'names'>,
): Failure<'input-invalid'>[] {
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
