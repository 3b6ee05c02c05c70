/** The maximum length of a line, in bytes. Paths of file systems are not longer. */
const maxLineLength = 4096

/** A part of a pattern. A star stands for any number of bytes, the others for one. */
type Token =
  | { readonly kind: 'byte'; readonly code: number }
  | { readonly kind: 'any'; readonly slash: boolean }
  | { readonly kind: 'set'; readonly has: (code: number) => boolean }
  /** `*`, or `**` if it may cross slashes. */
  | { readonly kind: 'star'; readonly slash: boolean }
  /** `**` with a slash after it: any number of whole directories, or none. */
  | { readonly kind: 'directories' }

/** The byte order mark of UTF-8, which some editors write. */
const byteOrderMark = '\u00EF\u00BB\u00BF'

/** A line of an ignore file. */
interface Rule {
  readonly negated: boolean
  readonly directoriesOnly: boolean
  /** Whether the pattern is matched with the last part of a path only. */
  readonly nameOnly: boolean
  readonly tokens: readonly Token[]
  /** The bytes at the start of every match, which exclude most paths quickly. */
  readonly prefix: string
  /** The minimum number of bytes of a match. */
  readonly minLength: number
}

/** An error for an ignore file with a line that is too long for fast matching. */
export class GitignoreError extends Error {
  readonly line: number

  constructor(line: number) {
    super(`line ${line} is longer than ${maxLineLength} bytes`)
    this.line = line
  }
}

/**
 * The patterns of one ignore file. They have the same meaning as in git. A match takes time proportional to the length
 * of the pattern times the length of the path, for any pattern.
 */
export class Gitignore {
  readonly #rules: readonly Rule[]
  readonly #ignoreCase: boolean

  /**
   * Parses an ignore file. It throws `GitignoreError` if a line is too long. `ignoreCase` is git's `core.ignorecase`.
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
   * Returns whether the last rule that matches a path ignores it (`true`) or includes it again (`false`); `null` if
   * none matches. The path is relative to the directory of the ignore file, with forward slashes. Directories above the
   * path are not checked, so the caller has to skip the contents of ignored directories.
   */
  test(path: string, isDirectory: boolean): boolean | null {
    return this.testBytes(toBytes(path), isDirectory)
  }

  /** Returns the same as `test` for a path with one character for each byte, which may not be UTF-8. */
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

/** Changes capital letters of ASCII to lower case. Git folds no others. */
const lowerCase = (bytes: string) => bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

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

/** Removes spaces at the end of a line, except for one after a backslash. */
function withoutTrailingSpaces(line: string): string {
  let length = 0
  for (let index = 0; index < line.length; index += 1) {
    if (line[index] === ' ') continue
    if (line[index] === '\\') index += 1
    length = Math.min(index + 1, line.length)
  }
  return line.slice(0, length)
}

/**
 * Parses a pattern. Returns `null` for one that matches nothing. With `pathMode`, wildcards do not match slashes.
 */
function parsePattern(pattern: string, ignoreCase: boolean, pathMode: boolean): Token[] | null {
  const tokens: Token[] = []
  let at = 0
  while (at < pattern.length) {
    const char = pattern.charAt(at)
    if (char === '*') {
      const start = at
      while (pattern[at] === '*') at += 1
      const alone =
        at - start > 1 &&
        (start === 0 || pattern[start - 1] === '/') &&
        (at === pattern.length || pattern[at] === '/' || pattern.startsWith('\\/', at))
      if (pathMode && alone && pattern[at] === '/') {
        if (tokens.at(-1)?.kind !== 'directories') tokens.push({ kind: 'directories' })
        at += 1
      } else {
        tokens.push({ kind: 'star', slash: pathMode ? alone : true })
      }
    } else if (char === '?') {
      tokens.push({ kind: 'any', slash: !pathMode })
      at += 1
    } else if (char === '[') {
      const set = parseSet(pattern, at, ignoreCase)
      if (set === null) return null
      const { has } = set
      tokens.push({ kind: 'set', has: pathMode ? (code) => code !== slash && has(code) : has })
      at = set.end
    } else if (char === '\\') {
      if (at + 1 === pattern.length) return null
      // Git does not fold an escaped letter, even with `core.ignorecase`.
      tokens.push({ kind: 'byte', code: pattern.charCodeAt(at + 1) })
      at += 2
    } else {
      tokens.push({ kind: 'byte', code: (ignoreCase ? lowerCase(char) : char).charCodeAt(0) })
      at += 1
    }
  }
  return tokens
}

const slash = '/'.charCodeAt(0)

/** Parses a bracket expression as git does. Returns `null` if it is not closed or has an unknown class. */
function parseSet(
  pattern: string,
  start: number,
  ignoreCase: boolean,
): { readonly has: (code: number) => boolean; readonly end: number } | null {
  let at = start + 1
  const negated = pattern[at] === '!' || pattern[at] === '^'
  if (negated) at += 1
  const tests: ((code: number) => boolean)[] = []
  let previous: number | null = null
  // A closing bracket is a member if it is the first character.
  do {
    let member: number = pattern.charCodeAt(at)
    if (at >= pattern.length) return null
    const closing = pattern.startsWith('[:', at) ? pattern.indexOf(']', at + 2) : 0
    if (closing < 0) return null
    if (pattern[at] === '\\') {
      at += 1
      if (at >= pattern.length) return null
      member = pattern.charCodeAt(at)
      tests.push(isOne(member))
      previous = member
    } else if (
      pattern[at] === '-' &&
      previous !== null &&
      at + 1 < pattern.length &&
      pattern[at + 1] !== ']'
    ) {
      at += 1
      if (pattern[at] === '\\') at += 1
      if (at >= pattern.length) return null
      tests.push(inRange(previous, pattern.charCodeAt(at), ignoreCase))
      previous = null
    } else if (closing > at + 2 && pattern[closing - 1] === ':') {
      const name = pattern.slice(at + 2, closing - 1)
      const test = characterClass(name, ignoreCase)
      if (test === null) return null
      tests.push(test)
      previous = null
      at = closing
    } else {
      tests.push(isOne(member))
      previous = member
    }
    at += 1
  } while (pattern[at] !== ']')
  const has = (code: number) => tests.some((test) => test(code)) !== negated
  return { has, end: at + 1 }
}

const isOne = (member: number) => (code: number) => code === member

const isLower = (code: number) => code >= 97 && code <= 122

const inRange = (from: number, to: number, ignoreCase: boolean) => (code: number) =>
  (code >= from && code <= to) ||
  (ignoreCase && isLower(code) && code - 32 >= from && code - 32 <= to)

/** The character classes with their bytes. As in git, they hold only ASCII. */
const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the control characters
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
}

function characterClass(name: string, ignoreCase: boolean): ((code: number) => boolean) | null {
  const known = Object.hasOwn(classes, name) ? classes[name] : undefined
  if (!known) return null
  const folded = ignoreCase && name === 'upper'
  return (code) => known.test(String.fromCharCode(code)) || (folded && isLower(code))
}

/** Matches a text in one pass, with the set of all positions in the pattern that are possible so far. */
function matches({ tokens, prefix, minLength }: Rule, text: string): boolean {
  if (text.length < minLength || !text.startsWith(prefix)) return false
  if (prefix.length === tokens.length) return text.length === prefix.length
  let current = new Uint8Array(tokens.length + 1)
  let next = new Uint8Array(tokens.length + 1)
  current[prefix.length] = 1
  skipEmpty(tokens, current)
  for (let index = prefix.length; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    next.fill(0)
    let alive = false
    for (let at = 0; at < tokens.length; at += 1) {
      const token = tokens[at]
      if (current[at] !== 1 || !token) continue
      const to = stepTo(token, at, code)
      if (to !== null) {
        next[to] = 1
        alive = true
      }
    }
    if (!alive) return false
    // `directories` ends only after a slash.
    skipEmpty(tokens, next, code !== slash)
    ;[current, next] = [next, current]
  }
  return current[tokens.length] === 1
}

/** Returns the position in the pattern after a byte of the text; `null` if the byte does not match. */
function stepTo(token: Token, at: number, code: number): number | null {
  switch (token.kind) {
    case 'byte':
      return token.code === code ? at + 1 : null
    case 'any':
      return token.slash || code !== slash ? at + 1 : null
    case 'set':
      return token.has(code) ? at + 1 : null
    case 'star':
      return token.slash || code !== slash ? at : null
    case 'directories':
      return at
  }
}

/** Adds the positions that are reached without a byte. */
function skipEmpty(tokens: readonly Token[], positions: Uint8Array, insideName = false): void {
  for (let at = 0; at < tokens.length; at += 1) {
    if (positions[at] !== 1) continue
    const kind = tokens[at]?.kind
    if (kind === 'star' || (kind === 'directories' && !insideName)) positions[at + 1] = 1
  }
}
