import { z } from 'zod'
import { compileGlob, globLimits } from '../glob.ts'
import { isEmptyArray, listEntries } from './list-entries.ts'

/** One entry of a pattern input. `exclude` is an entry that starts with `!`. */
export interface Pattern {
  readonly text: string
  readonly exclude: boolean
}

/** The reason why the text of an input is refused, in place of the general one. */
export class Refusal {
  readonly expected: string

  constructor(expected: string) {
    this.expected = expected
  }
}

/** The most characters of an input that is not read as variables. */
const mostCharacters = 256 * 1024

/**
 * Builds the zod type of one input: `parse` gets the text, which is never empty, and returns `undefined` or a
 * {@link Refusal} for text that is refused. `expected` finishes the sentence "Expected …".
 */
export function input<Value, Absent>(
  expected: string,
  parse: (text: string) => Value | Refusal | undefined,
  absent: Absent,
): z.ZodType<Value | Absent> {
  // One schema an input: a string with a default and a transformation are four, and all are built at every start.
  return z.transform((given: unknown, context): Value | Absent => {
    const text = typeof given === 'string' ? given : ''
    if (text.trim() === '') return absent
    const value = text.length > mostCharacters ? tooLong : parse(text)
    if (value !== undefined && !(value instanceof Refusal)) return value
    const message = value instanceof Refusal ? value.expected : expected
    context.issues.push({ code: 'custom', message, input: given })
    return z.NEVER
  })
}

const tooLong = new Refusal(`at most ${mostCharacters / 1024} KiB of text`)

export const text = () => input('text', (given) => given.trim(), null)

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

export const flag = <Absent extends boolean | null>(absent: Absent) =>
  input<boolean, Absent>('`true` or `false`', (given) => booleans.get(given.trim()), absent)

export function choice<const Option extends string>(options: readonly Option[], absent: Option) {
  const named = options.map((option) => `\`${option}\``)
  return input(
    `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`,
    (given) => options.find((option) => option === given.trim()),
    absent,
  )
}

export const wholeNumber = <Absent extends number | null>(
  absent: Absent,
  { most }: { most: number },
) =>
  input<number, Absent>(
    `a whole number from 1 to ${most}`,
    (given) => {
      const number = /^\d+$/.test(given.trim()) ? Number(given) : 0
      return number >= 1 && number <= most ? number : undefined
    },
    absent,
  )

const secondsOf: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

/** Parses a duration into milliseconds; the units are `s`, `m`, `h` and `d`. */
export function parseDuration(given: string): number | null {
  const [, amount, unit = ''] = /^(\d{1,9})\s*([smhd])$/.exec(given.trim()) ?? []
  const seconds = secondsOf.get(unit)
  return amount === undefined || seconds === undefined ? null : Number(amount) * seconds * 1000
}

/** A duration in milliseconds, above zero and up to `most`. */
export function duration<Absent extends number | null>(
  expected: string,
  absent: Absent,
  { most }: { most: number },
) {
  return input<number, Absent>(
    expected,
    (given) => {
      const milliseconds = parseDuration(given)
      const fits = milliseconds !== null && milliseconds > 0 && milliseconds <= most
      return fits ? milliseconds : undefined
    },
    absent,
  )
}

/**
 * Patterns, one an entry; `null` for a list that is left out or holds nothing but comments. An empty JSON array
 * gives `none`.
 */
export const patterns = (none: readonly Pattern[] | null = null) =>
  input<readonly Pattern[] | null, null>(
    'ids, names or globs, one a line or as a JSON array of strings, each with an optional `!` in front',
    (given): readonly Pattern[] | Refusal | null | undefined => {
      const entries = listEntries(given)
      if (entries.length === 0) return isEmptyArray(given) ? none : null
      const parsed = entries.map(toPattern)
      if (parsed.some(({ text }) => text === '')) return undefined
      return isTooWide(parsed) ? tooWide : parsed
    },
    null,
  )

const tooWide = new Refusal(
  `patterns of at most ${globLimits.characters} characters whose braces stand for at most ${globLimits.alternatives} names, together and without wildcards (${globLimits.wildcards} with wildcards)`,
)

function isTooWide(patterns: readonly Pattern[]): boolean {
  let alternatives = 0
  for (const { text } of patterns) {
    alternatives += compileGlob(text)?.alternatives ?? Number.POSITIVE_INFINITY
    if (alternatives > globLimits.alternatives) return true
  }
  return false
}

/** Reads one entry of a pattern input. */
export const toPattern = (entry: string): Pattern => ({
  text: entry.replace(/^!\s*/, ''),
  exclude: entry.startsWith('!'),
})

/** Waves of services, one pattern an entry; an exclusion would be a wave of everything else. */
export const waves = () =>
  input<readonly Pattern[] | null, null>(
    'ids, names or globs of services without `!`, one wave a line, `{api,worker}` for several in one wave',
    (given): readonly Pattern[] | Refusal | null | undefined => {
      const parsed = listEntries(given).map(toPattern)
      if (parsed.length === 0) return null
      if (parsed.some(({ text, exclude }) => text === '' || exclude)) return undefined
      return isTooWide(parsed) ? tooWide : parsed
    },
    null,
  )

/** One part of several that the selected projects are divided into. */
export interface Shard {
  /** From 1 to `of`. */
  readonly part: number
  readonly of: number
}

/** GitHub starts at most this many jobs of a matrix. */
const mostShards = 256

export const shard = () =>
  input<Shard | null, null>(
    `a part and the number of parts such as \`2/5\`, with the part from 1 on and at most ${mostShards} parts`,
    (given) => {
      const [, part, of] = /^(\d{1,3})\s*\/\s*(\d{1,3})$/.exec(given.trim()) ?? []
      const parsed = { part: Number(part), of: Number(of) }
      const fits = parsed.part >= 1 && parsed.part <= parsed.of && parsed.of <= mostShards
      return fits ? parsed : undefined
    },
    null,
  )

/** The path of a URL, with its query. A second `/` would make it another host's address. */
export const path = () =>
  input<string | null, null>(
    'a path such as `/healthz`, which begins with one `/` and holds no white space, `\\` or `#`',
    (given) => {
      const text = given.trim()
      return /^\/(?![/\\])[^\s\\#\p{C}]*$/u.test(text) && text.length <= 2_000 ? text : undefined
    },
    null,
  )

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The endpoint: https anywhere, plain http only where it cannot leave the machine. */
export const endpoint = (absent: string) =>
  input(
    'an https URL without user name or password (plain http only for a loopback address)',
    (given) => {
      if (!URL.canParse(given.trim())) return undefined
      const url = new URL(given.trim())
      if (url.username || url.password) return undefined
      const safe =
        url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))
      return safe ? url.href : undefined
    },
    absent,
  )
