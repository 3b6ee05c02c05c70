import { parse } from 'dotenv'
import type { ParsedEntries, ParseProblem, VariableEntry } from './entries.ts'

const head = /^[^\S\n]*(?:export[^\S\n]+)?([^\s=:#]+)(?:[^\S\n]*=|:(?=[^\S\n]))[^\S\n]*/

/** The syntax of a quoted value for the library, followed by a comment up to the end of its last line. */
const quoted = {
  '"': /("(?:\\"|[^"])*")[^\S\n]*(?:#[^\n]*)?(?=\n|$)/y,
  "'": /('(?:\\'|[^'])*')[^\S\n]*(?:#[^\n]*)?(?=\n|$)/y,
  '`': /(`(?:\\`|[^`])*`)[^\S\n]*(?:#[^\n]*)?(?=\n|$)/y,
}

/** The start of a value without quotes up to its first `#`, if no white space precedes the `#`. */
const ambiguousHash = /^(?:#|[^#]*[^\s#]#)/

/** Escapes in quoted values that dotenv parsers interpret differently. */
const ambiguousEscapes = { '"': /\\["\\]/, "'": /\\'/, '`': /\\`/ } as const

/** The end of a value whose last quote is escaped for most parsers, by an odd number of backslashes. */
const escapedEnd = /(?:^|[^\\])\\(?:\\\\)*$/

/**
 * Parses dotenv lines. The `dotenv` library parses the values, one entry at a time. With the whole text it would give
 * no line numbers, keep the last of two values of a name, and skip lines that it cannot parse. A secret could be cut
 * short without an error, so these are faults here: a line that is no entry, an unterminated quote, text after a quoted
 * value. Values that common dotenv parsers interpret differently are faults, too. A `#` in a value without quotes
 * begins a comment for some of them. An escaped quote or backslash is unescaped by some of them. A comment may contain
 * any text.
 */
export function parseDotenv(text: string): ParsedEntries {
  const rest = text.replace(/\r\n?/g, '\n')
  const entries: VariableEntry[] = []
  const faults: ParseProblem[] = []
  let line = 1
  for (let at = 0; at < rest.length; ) {
    const found = entryAt(rest, at)
    const end = 'end' in found ? found.end : endOfLine(rest, at)
    if ('name' in found) entries.push({ name: found.name, value: found.value, line })
    if ('fault' in found) faults.push({ line, message: found.fault })
    line += rest.slice(at, end).split('\n').length
    at = end + 1
  }
  return { entries, faults }
}

type Found =
  | { readonly name: string; readonly value: string; readonly end: number }
  | { readonly fault: string }
  | { readonly blank: true }

function entryAt(text: string, at: number): Found {
  const end = endOfLine(text, at)
  const line = text.slice(at, end)
  if (/^\s*(#.*)?$/.test(line)) return { blank: true }
  const [start, name] = head.exec(line) ?? []
  if (start === undefined || name === undefined) return { fault: 'there is no `NAME=value`' }
  const from = at + start.length
  const quote = text[from]
  if (quote === '"' || quote === "'" || quote === '`') {
    const pattern = quoted[quote]
    pattern.lastIndex = from
    const [all, written] = pattern.exec(text) ?? []
    if (all === undefined || written === undefined) {
      return { fault: 'a quote that is not closed, or text after the quoted value' }
    }
    const inner = written.slice(1, -1)
    const isAmbiguous = ambiguousEscapes[quote].test(inner) || escapedEnd.test(inner)
    if (isAmbiguous) return { fault: ambiguousEscape[quote] }
    return read(name, written, from + all.length)
  }
  const value = text.slice(from, end)
  if (ambiguousHash.test(value)) {
    return {
      fault:
        'a `#` that begins a comment for some parsers: quote the value if the `#` is part of it, or put a value and a space before the comment',
    }
  }
  return read(name, value, end)
}

const ambiguousEscape = {
  '"': 'a `\\"` or `\\\\` inside double quotes, which parsers interpret differently: use single quotes, or JSON',
  "'": "a `\\'` inside single quotes, which parsers interpret differently: use double quotes, or JSON",
  '`': 'an escaped backtick inside backticks, which parsers interpret differently: use quotes, or JSON',
} as const

/** Parses a value with the library. It gets a fixed name, so that an unusual name cannot change the result. */
function read(name: string, value: string, end: number): Found {
  const parsed = Object.entries(parse(`V=${value}`))
  const [entry] = parsed
  if (!entry || parsed.length !== 1) return { fault: 'there is more than one `NAME=value`' }
  return { name, value: entry[1], end }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}
