import type { ParsedEntries, ParseProblem, VariableEntry } from './entries.ts'

/** The syntax of a token: white space, a string, or one character. The loop of a string is unrolled for linear time. */
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none in a string
  /[ \t\n\r]+|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"|[\s\S]/gu

/**
 * Parses a JSON object whose values are strings. Other values are faults, because their original text is lost in JSON.
 * It reads token by token. `JSON.parse` would keep only one of two entries of a name, and does not always report the
 * line of an error.
 */
export function parseJsonObject(text: string): ParsedEntries {
  const entries: VariableEntry[] = []
  let line = 1
  let expected: Expected = '{'
  let name: VariableEntry | null = null
  for (const [part] of text.matchAll(token)) {
    if (/^[ \t\n\r]/.test(part)) {
      line += part.split('\n').length - 1
      continue
    }
    const step = next(expected, part)
    if (step === null) return { entries: [], faults: [faultAt(line, expected, part)] }
    const isString = part.startsWith('"')
    if (isString && name) {
      entries.push({ ...name, value: decode(part) })
      name = null
    } else if (isString) name = { name: decode(part), value: '', line }
    expected = step
  }
  if (expected === 'nothing') return { entries, faults: [] }
  return { entries: [], faults: [{ line, message: 'the JSON object is not closed' }] }
}

/** The tokens that may come next in a flat object. */
type Expected = '{' | 'name or }' | 'name' | ':' | 'value' | ', or }' | 'nothing'

/** Returns the expectation after a token; `null` if the token was not expected. */
function next(expected: Expected, part: string): Expected | null {
  const isString = part.startsWith('"') && part.length > 1
  switch (expected) {
    case '{':
      return part === '{' ? 'name or }' : null
    case 'name or }':
      return isString ? ':' : part === '}' ? 'nothing' : null
    case 'name':
      return isString ? ':' : null
    case ':':
      return part === ':' ? 'value' : null
    case 'value':
      return isString ? ', or }' : null
    case ', or }':
      return part === ',' ? 'name' : part === '}' ? 'nothing' : null
    case 'nothing':
      return null
  }
}

/** Builds the fault of an unexpected token. It does not quote the token, which may be part of a value. */
function faultAt(line: number, expected: Expected, part: string): ParseProblem {
  if (part === '"')
    return {
      line,
      message:
        'the JSON string is not closed, or holds a character or an escape that JSON does not allow',
    }
  if (expected === 'value' && /^[-\d[{tfn]/.test(part)) {
    return { line, message: 'the value is not a string: expected `{"NAME": "value"}`' }
  }
  return { line, message: `the JSON is not valid: expected ${expectedWords[expected]}` }
}

const expectedWords: Readonly<Record<Expected, string>> = {
  '{': '`{`',
  'name or }': 'a name in double quotes or `}`',
  name: 'a name in double quotes',
  ':': '`:`',
  value: 'a value in double quotes',
  ', or }': '`,` or `}`',
  nothing: 'the end of the text',
}

const decode = (part: string): string => String(JSON.parse(part))
