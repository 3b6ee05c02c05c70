/** A part of a pattern. `star` and `directories` match any number of bytes, and the others match one byte. */
export type Token =
  | { readonly kind: 'byte'; readonly code: number }
  /** The wildcard `?`. `slash` is `true` if it also matches a slash. */
  | { readonly kind: 'any'; readonly slash: boolean }
  /** A bracket expression, such as `[a-z]`. */
  | { readonly kind: 'set'; readonly has: (code: number) => boolean }
  /** The wildcard `*` or `**`. `slash` is `true` if it also matches slashes. */
  | { readonly kind: 'star'; readonly slash: boolean }
  /** The wildcard `**` with the slash after it. It matches any number of whole directories, or none. */
  | { readonly kind: 'directories' }

const slash = '/'.charCodeAt(0)

/** Changes the capital letters of ASCII to lower case. Git ignores the case of no other letters. */
export const lowerCase = (bytes: string) =>
  bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/**
 * Parses a pattern of an ignore file. Returns `null` if it matches no path. With `pathMode`, wildcards other than `**`
 * do not match slashes.
 */
export function parsePattern(
  pattern: string,
  ignoreCase: boolean,
  pathMode: boolean,
): Token[] | null {
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
      // Git does not ignore the case of an escaped letter, even with `core.ignorecase`.
      tokens.push({ kind: 'byte', code: pattern.charCodeAt(at + 1) })
      at += 2
    } else {
      tokens.push({ kind: 'byte', code: (ignoreCase ? lowerCase(char) : char).charCodeAt(0) })
      at += 1
    }
  }
  return tokens
}

/**
 * Parses the bracket expression that starts at a `[`, as git does. `end` is the position after its `]`. Returns `null`
 * if it is not closed or has an unknown character class.
 */
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

/** The character classes. As in git, they contain only characters of ASCII. */
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

/**
 * Returns whether tokens match a whole text. The first `start` tokens have already been matched with the first `start`
 * bytes. It reads the text once and keeps all positions in the pattern that are possible, so the time is proportional
 * to the product of both lengths.
 */
export function matchTokens(tokens: readonly Token[], text: string, start: number): boolean {
  let current = new Uint8Array(tokens.length + 1)
  let next = new Uint8Array(tokens.length + 1)
  current[start] = 1
  skipEmpty(tokens, current)
  for (let index = start; index < text.length; index += 1) {
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
    // `directories` matches whole directories, so it can end only after a slash.
    skipEmpty(tokens, next, code !== slash)
    ;[current, next] = [next, current]
  }
  return current[tokens.length] === 1
}

/** Returns the position in the pattern after a byte of the text, or `null` if the token does not match the byte. */
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

/** Adds the positions that are reached without a further byte, because `star` and `directories` may match nothing. */
function skipEmpty(tokens: readonly Token[], positions: Uint8Array, insideName = false): void {
  for (let at = 0; at < tokens.length; at += 1) {
    if (positions[at] !== 1) continue
    const kind = tokens[at]?.kind
    if (kind === 'star' || (kind === 'directories' && !insideName)) positions[at + 1] = 1
  }
}
