import { lowerCase, matchTokens, parsePattern, type Token } from './gitignore-pattern.ts'

/** The maximum length of a line, in bytes. The longest path that Linux accepts has the same length. */
const maxLineLength = 4096

/** The byte order mark of UTF-8, which some editors write. */
const byteOrderMark = '\u00EF\u00BB\u00BF'

/** A pattern of an ignore file, which is one line. */
interface Rule {
  /** Whether the pattern starts with `!`, so that it includes paths again. */
  readonly negated: boolean
  /** Whether the pattern ends with a slash, so that it matches only directories. */
  readonly directoriesOnly: boolean
  /** Whether the pattern contains no slash except at its end, so that it is matched against the last part of a path. */
  readonly nameOnly: boolean
  readonly tokens: readonly Token[]
  /** The bytes with which every match starts. They exclude most paths quickly. */
  readonly prefix: string
  /** The minimum number of bytes of a match. */
  readonly minLength: number
}

/** An error for an ignore file with a line that is too long. */
export class GitignoreError extends Error {
  /** The number of the line, counted from 1. */
  readonly line: number

  constructor(line: number) {
    super(`line ${line} is longer than ${maxLineLength} bytes`)
    this.line = line
  }
}

/**
 * The patterns of one ignore file, with the same meaning as in git. The time of a match is proportional to the length
 * of the pattern times the length of the path.
 */
export class Gitignore {
  readonly #rules: readonly Rule[]
  readonly #ignoreCase: boolean

  /**
   * Parses an ignore file. Throws {@link GitignoreError} if a line is too long. `ignoreCase` is git's
   * `core.ignorecase`.
   */
  constructor(content: string | Buffer, { ignoreCase }: { ignoreCase: boolean }) {
    this.#ignoreCase = ignoreCase
    const bytes = typeof content === 'string' ? toBytes(content) : content.toString('latin1')
    const lines = (bytes.startsWith(byteOrderMark) ? bytes.slice(3) : bytes).split('\n')
    this.#rules = lines.flatMap((line, index) => {
      if (line.length > maxLineLength) throw new GitignoreError(index + 1)
      return parseLine(line, ignoreCase) ?? []
    })
  }

  /**
   * Returns `true` if the last pattern that matches the path ignores it, `false` if that pattern includes it again, and
   * `null` if no pattern matches. The path is relative to the directory of the ignore file, with forward slashes. The
   * directories above the path are not checked, so the caller has to skip the contents of ignored directories.
   */
  test(path: string, isDirectory: boolean): boolean | null {
    return this.testBytes(toBytes(path), isDirectory)
  }

  /** Returns the result of `test` for a path with one character for each byte. The bytes need not be UTF-8. */
  testBytes(path: string, isDirectory: boolean): boolean | null {
    const whole = this.#ignoreCase ? lowerCase(path) : path
    const name = whole.slice(whole.lastIndexOf('/') + 1)
    for (let index = this.#rules.length - 1; index >= 0; index -= 1) {
      const rule = this.#rules[index]
      if (!rule || (rule.directoriesOnly && !isDirectory)) continue
      if (matches(rule, rule.nameOnly ? name : whole)) return !rule.negated
    }
    return null
  }
}

/** Returns a string with one character for each byte of the text in UTF-8. */
export const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** Parses a line. Returns `null` if it contains no pattern, or one that matches no path. */
function parseLine(line: string, ignoreCase: boolean): Rule | null {
  if (line === '' || line.startsWith('#')) return null
  let pattern = withoutTrailingSpaces(line.endsWith('\r') ? line.slice(0, -1) : line)
  // Git ignores the rest of a line after a zero byte.
  const end = pattern.indexOf('\0')
  if (end >= 0) pattern = pattern.slice(0, end)
  const negated = pattern.startsWith('!')
  if (negated) pattern = pattern.slice(1)
  const directoriesOnly = pattern.endsWith('/')
  if (directoriesOnly) pattern = pattern.slice(0, -1)
  const nameOnly = !pattern.includes('/')
  if (pattern.startsWith('/')) pattern = pattern.slice(1)
  if (pattern === '') return null
  const tokens = parsePattern(pattern, ignoreCase, !nameOnly)
  if (tokens === null) return null
  const literals = tokens.findIndex(({ kind }) => kind !== 'byte')
  const prefix = tokens
    .slice(0, literals < 0 ? tokens.length : literals)
    .map((token) => (token.kind === 'byte' ? String.fromCharCode(token.code) : ''))
    .join('')
  const minLength = tokens.filter(({ kind }) => kind !== 'star' && kind !== 'directories').length
  return { negated, directoriesOnly, nameOnly, tokens, prefix, minLength }
}

/** Removes the spaces at the end of a line, except for a space after a backslash. */
function withoutTrailingSpaces(line: string): string {
  let length = 0
  for (let index = 0; index < line.length; index += 1) {
    if (line[index] === ' ') continue
    if (line[index] === '\\') index += 1
    length = Math.min(index + 1, line.length)
  }
  return line.slice(0, length)
}

function matches({ tokens, prefix, minLength }: Rule, text: string): boolean {
  if (text.length < minLength || !text.startsWith(prefix)) return false
  if (prefix.length === tokens.length) return text.length === prefix.length
  return matchTokens(tokens, text, prefix.length)
}
