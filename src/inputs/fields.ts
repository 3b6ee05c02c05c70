import { z } from 'zod'

/** One line of a pattern input. `exclude` is a line that starts with `!`. */
export interface Pattern {
  readonly text: string
  readonly exclude: boolean
}

/**
 * A zod type for one input: `parse` gets the text, which is never empty, and answers `undefined` for
 * what it does not take. `takes` finishes the sentence "Expected …".
 */
export function input<Value, Absent>(
  takes: string,
  parse: (text: string) => Value | undefined,
  absent: Absent,
): z.ZodType<Value | Absent> {
  return z
    .string()
    .default('')
    .transform((text, context): Value | Absent => {
      if (text.trim() === '') return absent
      const value = parse(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: takes })
      return z.NEVER
    })
}

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

export const wholeNumber = (absent: number, { most }: { most: number }) =>
  input(
    `a whole number from 1 to ${most}`,
    (given) => {
      const number = /^\d+$/.test(given.trim()) ? Number(given) : 0
      return number >= 1 && number <= most ? number : undefined
    },
    absent,
  )

const secondsOf = { s: 1, m: 60, h: 3600 } as const

/** A duration in milliseconds. */
export const duration = (absent: number) =>
  input(
    'a duration such as `90s`, `20m` or `1h`, up to `24h`',
    (given) => {
      const match = /^(\d+)\s*([smh])$/.exec(given.trim())
      const unit = match?.[2] === 's' || match?.[2] === 'm' || match?.[2] === 'h' ? match[2] : null
      if (!unit) return undefined
      const milliseconds = Number(match?.[1]) * secondsOf[unit] * 1000
      return milliseconds > 0 && milliseconds <= 24 * 3600 * 1000 ? milliseconds : undefined
    },
    absent,
  )

/** One entry a line; blank lines and lines that start with `#` do not count. */
export function lines(given: string): string[] {
  return given
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Patterns, one a line. An input of nothing but comments counts as left out. */
export const patterns = <Absent>(absent: Absent) =>
  input<Pattern[] | Absent, Absent>(
    'ids, names or globs, one a line, each with an optional `!` in front',
    (given) => {
      const parsed = lines(given).map((line) => ({
        text: line.replace(/^!\s*/, ''),
        exclude: line.startsWith('!'),
      }))
      if (parsed.length === 0) return absent
      return parsed.every((pattern) => pattern.text !== '') ? parsed : undefined
    },
    absent,
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
