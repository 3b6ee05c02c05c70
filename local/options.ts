import { parseArgs } from 'node:util'
import { mostSimilar } from '../src/suggest.ts'

/** A kind of option. A `value` may be given once, `values` may be repeated, and a `flag` has no value. */
export type OptionKind = 'value' | 'values' | 'flag'

/** The parsed arguments of a command, with an error message for each invalid one. */
export interface ReadOptions<Name extends string> {
  has(name: Name): boolean
  /** The value of the option. If it is repeated, the last value. */
  value(name: Name): string | undefined
  values(name: Name): readonly string[]
  /** Positional arguments: those that are neither an option nor the value of one. */
  words: readonly string[]
  /** Error messages, one sentence each. Empty if all arguments are valid. */
  problems: readonly string[]
}

/**
 * Parses the arguments of a command.
 *
 * @param hintOf returns a sentence for the error message of an unknown option, or `null`
 */
export function readOptions<Name extends string>(
  args: readonly string[],
  kinds: Readonly<Record<Name, OptionKind>>,
  hintOf: (name: string) => string | null = () => null,
): ReadOptions<Name> {
  const kindOf = new Map<string, OptionKind>(Object.entries(kinds))
  const given = new Map<string, string[]>()
  const words: string[] = []
  const problems: string[] = []
  const tokens = tokensOf(args, kindOf)
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'positional' && !isValueOfMisspelled(tokens[index - 1], kindOf)) {
      words.push(token.value)
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const kind = kindOf.get(name)
    const isMissing = value === undefined || (!token.inlineValue && value.startsWith('-'))
    if (kind === undefined) problems.push(unknownOption(rawName, kindOf, hintOf(name)))
    else if (kind === 'flag' && value !== undefined) problems.push(`${rawName} takes no value.`)
    else if (kind !== 'flag' && isMissing) problems.push(`${rawName} needs a value.`)
    else if (kind === 'value' && given.has(name))
      problems.push(`${rawName} is given more than once.`)
    given.set(name, [...(given.get(name) ?? []), value ?? ''])
  }
  return {
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
    words,
    problems,
  }
}

type Token = ReturnType<typeof tokensOf>[number]

/**
 * Whether the argument after `previous` is the value of a misspelled option. `parseArgs` takes the value of an unknown
 * option for a positional argument, which would be reported as a second problem.
 */
function isValueOfMisspelled(
  previous: Token | undefined,
  kinds: ReadonlyMap<string, OptionKind>,
): boolean {
  if (previous?.kind !== 'option' || previous.inlineValue || kinds.has(previous.name)) return false
  const meant = mostSimilar(previous.name, [...kinds.keys()])
  return meant !== null && kinds.get(meant) !== 'flag'
}

function tokensOf(args: readonly string[], kinds: ReadonlyMap<string, OptionKind>) {
  const options = [...kinds].map(([name, kind]) => {
    const type = kind === 'flag' ? 'boolean' : 'string'
    return [name, { type, ...(name === 'help' && { short: 'h' }) }] as const
  })
  return parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(options),
  }).tokens
}

function unknownOption(
  rawName: string,
  kinds: ReadonlyMap<string, OptionKind>,
  hint: string | null,
): string {
  const names = [...kinds.keys()].map((name) => `--${name}`)
  const meant = mostSimilar(rawName, names)
  if (hint) return `There is no option ${rawName}. ${hint}`
  return meant
    ? `There is no option ${rawName}. Did you mean ${meant}?`
    : `There is no option ${rawName}. The options are ${names.join(', ')}.`
}
