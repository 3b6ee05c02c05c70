import { z } from 'zod'
import { compileGlob, globLimits } from '../glob.ts'
import { isEmptyArray, listEntries } from './list-entries.ts'

/** One entry of a pattern input. `exclude` is an entry that starts with `!`. */
export interface Pattern {
  readonly text: string
  readonly exclude: boolean
}

/** A rejection of an input's text. `expected`: the accepted values as a noun phrase, in place of the general ones. */
export class Rejection {
  readonly expected: string

  constructor(expected: string) {
    this.expected = expected
  }
}

/** The maximum length of an input that is not read as variables, in characters. */
const maxCharacters = 256 * 1024

/**
 * Builds the zod type of one input. `parse` gets the text, which is never empty. It returns `undefined` or a {@link
 * Rejection} for text that cannot be used. `expected`: the accepted values as a noun phrase. An empty input has the
 * value `absent`.
 */
export function input<Value, Absent>(
  expected: string,
  parse: (text: string) => Value | Rejection | undefined,
  absent: Absent,
): z.ZodType<Value | Absent> {
  // Each input is one schema. A string with a default and a transformation is four, and all are built at every start.
  return z.transform((given: unknown, context): Value | Absent => {
    const text = typeof given === 'string' ? given : ''
    if (text.trim() === '') return absent
    const value = text.length > maxCharacters ? tooLong : parse(text)
    if (value !== undefined && !(value instanceof Rejection)) return value
    const message = value instanceof Rejection ? value.expected : expected
    context.issues.push({ code: 'custom', message, input: given })
    return z.NEVER
  })
}

const tooLong = new Rejection(`at most ${maxCharacters / 1024} KiB of text`)

/** Builds the type of a text without white space at its ends; `null` if it is left out. */
export const text = () => input('text', (given) => given.trim(), null)

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

/** Builds the type of a boolean. */
export const flag = <Absent extends boolean | null>(absent: Absent) =>
  input<boolean, Absent>('`true` or `false`', (given) => booleans.get(given.trim()), absent)

/** Builds the type of one of several words. */
export function choice<const Option extends string>(options: readonly Option[], absent: Option) {
  const named = options.map((option) => `\`${option}\``)
  return input(
    `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`,
    (given) => options.find((option) => option === given.trim()),
    absent,
  )
}

/** Builds the type of a whole number from 1 to `max`. */
export const wholeNumber = <Absent extends number | null>(
  absent: Absent,
  { max }: { max: number },
) =>
  input<number, Absent>(
    `a whole number from 1 to ${max}`,
    (given) => {
      const number = /^\d+$/.test(given.trim()) ? Number(given) : 0
      return number >= 1 && number <= max ? number : undefined
    },
    absent,
  )

const secondsOf: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

/** Parses a duration into milliseconds. The units are `s`, `m`, `h` and `d`. Returns `null` for any other text. */
export function parseDuration(given: string): number | null {
  const [, amount, unit = ''] = /^(\d{1,9})\s*([smhd])$/.exec(given.trim()) ?? []
  const seconds = secondsOf.get(unit)
  return amount === undefined || seconds === undefined ? null : Number(amount) * seconds * 1000
}

/** Builds the type of a duration in milliseconds, above zero and up to `max`. */
export function duration<Absent extends number | null>(
  expected: string,
  absent: Absent,
  { max }: { max: number },
) {
  return input<number, Absent>(
    expected,
    (given) => {
      const milliseconds = parseDuration(given)
      const fits = milliseconds !== null && milliseconds > 0 && milliseconds <= max
      return fits ? milliseconds : undefined
    },
    absent,
  )
}

/**
 * Builds the type of a list of patterns; `null` if it is left out or holds nothing but comments. An empty JSON array
 * has the value `none`.
 */
export const patterns = (none: readonly Pattern[] | null = null) =>
  input<readonly Pattern[] | null, null>(
    'ids, names or globs, one a line or as a JSON array of strings, each with an optional `!` in front',
    (given): readonly Pattern[] | Rejection | null | undefined => {
      const entries = listEntries(given)
      if (entries.length === 0) return isEmptyArray(given) ? none : null
      const parsed = entries.map(toPattern)
      if (parsed.some(({ text }) => text === '')) return undefined
      return isTooWide(parsed) ? tooWide : parsed
    },
    null,
  )

const tooWide = new Rejection(
  `patterns of at most ${globLimits.characters} characters, whose braces together expand to at most ${globLimits.alternatives} names (${globLimits.wildcards} with wildcards)`,
)

function isTooWide(patterns: readonly Pattern[]): boolean {
  let alternatives = 0
  for (const { text } of patterns) {
    alternatives += compileGlob(text)?.alternatives ?? Number.POSITIVE_INFINITY
    if (alternatives > globLimits.alternatives) return true
  }
  return false
}

/** Parses one entry of a pattern input. */
export const toPattern = (entry: string): Pattern => ({
  text: entry.replace(/^!\s*/, ''),
  exclude: entry.startsWith('!'),
})

/** Builds the type of a list of waves, one pattern each. An exclusion would be a wave of everything else. */
export const waves = () =>
  input<readonly Pattern[] | null, null>(
    'ids, names or globs of services without `!`, one wave a line, `{api,worker}` for several in one wave',
    (given): readonly Pattern[] | Rejection | null | undefined => {
      const parsed = listEntries(given).map(toPattern)
      if (parsed.length === 0) return null
      if (parsed.some(({ text, exclude }) => text === '' || exclude)) return undefined
      return isTooWide(parsed) ? tooWide : parsed
    },
    null,
  )

/** One of the equal parts that the selected projects are divided into. */
export interface Shard {
  /** The number of the part, from 1 to `of`. */
  readonly part: number
  /** The number of parts. */
  readonly of: number
}

/** The maximum number of parts: GitHub starts no more jobs of a matrix. */
const maxShards = 256

/** Builds the type of a shard such as `2/5`; `null` if it is left out. */
export const shard = () =>
  input<Shard | null, null>(
    `a part and the number of parts, such as \`2/5\`, counted from 1, with at most ${maxShards} parts`,
    (given) => {
      const [, part, of] = /^(\d{1,3})\s*\/\s*(\d{1,3})$/.exec(given.trim()) ?? []
      const parsed = { part: Number(part), of: Number(of) }
      const fits = parsed.part >= 1 && parsed.part <= parsed.of && parsed.of <= maxShards
      return fits ? parsed : undefined
    },
    null,
  )

/**
 * Builds the type of a URL's path, with its query; `null` if it is left out. A second `/` at the start would make it
 * the address of another host.
 */
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

/** Builds the type of the API's URL. Plain http is permitted for loopback addresses only, since it is not encrypted. */
export const endpoint = (absent: string) =>
  input(
    'an https URL without user name or password (plain http only for a loopback address)',
    (given) => {
      if (!URL.canParse(given)) return undefined
      const url = new URL(given)
      if (url.username || url.password) return undefined
      const safe =
        url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))
      return safe ? url.href : undefined
    },
    absent,
  )
