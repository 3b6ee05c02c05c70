import { parseArgs } from 'node:util'
import { nearest } from '../src/suggest.ts'

/** What follows an option: a value, several if it is repeated, or nothing. */
export type OptionKind = 'value' | 'values' | 'flag'

/** The arguments of a command, and everything that is wrong with them. */
export interface ReadOptions<Name extends string> {
  has(name: Name): boolean
  /** The last value that was given. */
  value(name: Name): string | undefined
  values(name: Name): readonly string[]
  /** Arguments that belong to no option. */
  words: readonly string[]
  problems: readonly string[]
}

/** Reads the options of a command. `hintOf` may say what to write instead of an option that does not exist. */
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
    if (token.kind === 'positional' && !isValueOf(tokens[index - 1], kindOf)) {
      words.push(token.value)
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const kind = kindOf.get(name)
    const isMissing = value === undefined || (!token.inlineValue && value.startsWith('-'))
    if (kind === undefined) problems.push(unknownOption(rawName, kindOf, hintOf(name)))
    else if (kind === 'flag' && value !== undefined) problems.push(`${rawName} takes no value.`)
    else if (kind !== 'flag' && isMissing) problems.push(`${rawName} needs a value.`)
    else if (kind === 'value' && given.has(name)) problems.push(`${rawName} is given twice.`)
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

/** Says whether a word behind this token is the value of an option that does not exist, and so is no word of its own. */
function isValueOf(before: Token | undefined, kinds: ReadonlyMap<string, OptionKind>): boolean {
  if (before?.kind !== 'option' || before.inlineValue || kinds.has(before.name)) return false
  const meant = nearest(before.name, [...kinds.keys()])
  return meant !== null && kinds.get(meant) !== 'flag'
}

function tokensOf(args: readonly string[], kinds: ReadonlyMap<string, OptionKind>) {
  const options = [...kinds].map(([name, kind]) => [
    name,
    { type: kind === 'flag' ? 'boolean' : 'string', ...(name === 'help' && { short: 'h' }) },
  ])
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
  const meant = nearest(rawName, names)
  if (hint) return `There is no option ${rawName}. ${hint}`
  return meant
    ? `There is no option ${rawName}. Did you mean ${meant}?`
    : `There is no option ${rawName}. Known are ${names.join(', ')}.`
}
