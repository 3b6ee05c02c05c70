import { expand } from 'brace-expansion'
import { comparable } from './text.ts'

/** A compiled shell glob. */
export interface Glob {
  /** `false` for a pattern that only matches itself. */
  readonly isGlob: boolean
  /** The number of patterns that the braces expand to. */
  readonly alternatives: number
  /** Returns whether the glob matches a whole name. */
  matches(name: string): boolean
}

/** The limits of a pattern: its length, and the number of patterns that its braces expand to. */
export const globLimits = { characters: 1_000, alternatives: 10_000, wildcards: 1_000 } as const

/**
 * Compiles a glob with the syntax of bash: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`, `[^abc]`, `[[:digit:]]`, `{a,b}`,
 * `{1..12}`. Every other character only matches itself, parentheses and backslashes included. Case and Unicode normal
 * forms are ignored, and `*` also matches `/`. Returns `null` for a pattern beyond {@link globLimits}. A match takes
 * time proportional to the product of both lengths.
 */
export function compileGlob(pattern: string): Glob | null {
  const expanded = expandBraces(pattern)
  if (expanded === null) return null
  const parsed = expanded.map((text) => ({ text, tokens: parseTokens(text.normalize('NFC')) }))
  const wild = parsed.flatMap(({ tokens }) => (tokens.some(isWild) ? [tokens] : []))
  if (wild.length > globLimits.wildcards) return null
  const literals = new Set(
    parsed.flatMap(({ text, tokens }) => (tokens.some(isWild) ? [] : [comparable(text)])),
  )
  return {
    isGlob: wild.length > 0 || expanded.length !== 1 || expanded[0] !== pattern,
    alternatives: expanded.length,
    matches: (name) => {
      if (literals.has(comparable(name))) return true
      const points = [...name.normalize('NFC')]
      return wild.some((tokens) => matchTokens(tokens, points))
    },
  }
}

/** Expands the braces of a pattern. Returns `null` for a pattern beyond {@link globLimits}. */
export function expandBraces(pattern: string): readonly string[] | null {
  const { characters, alternatives } = globLimits
  if (pattern.length > characters) return null
  // The library would read a backslash as an escape.
  const expanded = expand(pattern.replaceAll('\\', '\\\\'), {
    max: alternatives + 1,
    maxLength: (alternatives + 1) * characters,
  })
  return expanded.length > alternatives ? null : expanded
}

/** Returns whether a pattern has wildcards or braces, or is beyond {@link globLimits}. */
export const isGlob = (pattern: string): boolean => compileGlob(pattern)?.isGlob ?? true

/** One code point of a pattern, or a wildcard for one or several. */
type Token =
  | { readonly kind: 'point'; readonly point: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly members: readonly Member[] }

/** A range of code points, or a POSIX class such as `[:digit:]`. */
type Member = { readonly from: number; readonly to: number } | { readonly posix: string }

const isWild = ({ kind }: Token) => kind !== 'point'

function parseTokens(text: string): Token[] {
  const points = [...text]
  const tokens: Token[] = []
  for (let at = 0; at < points.length; at += 1) {
    const point = points[at] ?? ''
    const bracket = point === '[' ? parseClass(points, at) : null
    if (bracket) {
      tokens.push(bracket.token)
      at = bracket.end
    } else if (point === '*') tokens.push({ kind: 'star' })
    else if (point === '?') tokens.push({ kind: 'any' })
    else tokens.push({ kind: 'point', point: fold(point) })
  }
  return tokens
}

/** Parses the class that starts at a `[`. Returns `null` if it is not closed. The `[` then matches itself. */
function parseClass(
  points: readonly string[],
  start: number,
): { token: Token; end: number } | null {
  let at = start + 1
  const negated = points[at] === '!' || points[at] === '^'
  if (negated) at += 1
  const members: Member[] = []
  for (let first = true; at < points.length; first = false) {
    const point = points[at] ?? ''
    if (point === ']' && !first) {
      return { token: { kind: 'class', negated, members }, end: at }
    }
    const posix = point === '[' ? /^\[:([a-z]+):\]/.exec(points.slice(at, at + 12).join('')) : null
    if (posix?.[1]) {
      members.push({ posix: posix[1] })
      at += posix[0].length
      continue
    }
    const last = points[at + 2]
    const isRange = points[at + 1] === '-' && last !== undefined && last !== ']'
    const to = isRange ? last : point
    members.push({ from: point.codePointAt(0) ?? 0, to: to.codePointAt(0) ?? 0 })
    at += isRange ? 3 : 1
  }
  return null
}

/** Matches from left to right. After a mismatch only the last `*` is extended, which bounds the time. */
function matchTokens(tokens: readonly Token[], points: readonly string[]): boolean {
  let token = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < points.length) {
    const current = tokens[token]
    if (current?.kind === 'star') {
      star = token
      resume = at
      token += 1
    } else if (current && matchesPoint(current, points[at] ?? '')) {
      token += 1
      at += 1
    } else if (star >= 0) {
      resume += 1
      at = resume
      token = star + 1
    } else return false
  }
  return tokens.slice(token).every(({ kind }) => kind === 'star')
}

function matchesPoint(token: Token, point: string): boolean {
  switch (token.kind) {
    case 'point':
      return token.point === fold(point)
    case 'any':
    case 'star':
      return true
    case 'class':
      return token.negated !== token.members.some((member) => isMember(member, point))
  }
}

const isMember = (member: Member, point: string): boolean =>
  [point, fold(point), point.toUpperCase()].some((form) =>
    'posix' in member
      ? (posixClasses[member.posix]?.test(form) ?? false)
      : isWithin(member, form.codePointAt(0) ?? 0),
  )

const isWithin = ({ from, to }: { from: number; to: number }, point: number) =>
  from <= point && point <= to

const posixClasses: Readonly<Record<string, RegExp>> = {
  alnum: /^[\p{L}\p{N}]$/u,
  alpha: /^\p{L}$/u,
  ascii: /^\p{ASCII}$/u,
  blank: /^[ \t]$/,
  cntrl: /^\p{Cc}$/u,
  digit: /^\d$/,
  graph: /^[^\p{Z}\p{C}]$/u,
  lower: /^\p{Ll}$/u,
  print: /^[^\p{Zl}\p{Zp}\p{C}]$/u,
  punct: /^[\p{P}\p{S}]$/u,
  space: /^\s$/,
  upper: /^\p{Lu}$/u,
  word: /^[\p{L}\p{N}_]$/u,
  xdigit: /^[\da-fA-F]$/,
}

/** Returns the lower-case form of a code point, or the code point if that form has several. */
function fold(point: string): string {
  const lower = point.toLowerCase()
  return [...lower].length === 1 ? lower : point
}
