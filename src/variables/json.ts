import type { Entries, Entry, Fault } from './entries.ts'

/** White space, a string, or one character. The string is unrolled so that any length takes linear time. */
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none in a string
  /[ \t\n\r]+|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"|[\s\S]/gu

/**
 * Reads a JSON object whose values are all strings, which is the form that holds any value byte for byte. Numbers
 * and the like are refused: JSON does not keep how they were written. Reads token by token, because `JSON.parse`
 * keeps one of two entries of a name, and does not always say where a text goes wrong.
 */
export function parseJsonObject(text: string): Entries {
  const entries: Entry[] = []
  let line = 1
  let expected: Expected = '{'
  let name: Entry | null = null
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
  return { entries: [], faults: [{ line, what: 'the JSON object does not end' }] }
}

/** The part of the grammar of a flat object that comes next. */
type Expected = '{' | 'name or }' | 'name' | ':' | 'value' | ', or }' | 'nothing'

/** Returns what follows a token, or `null` for a token that does not fit. */
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

/** Words a fault without quoting the text, which may be part of a value. */
function faultAt(line: number, expected: Expected, part: string): Fault {
  if (part === '"')
    return {
      line,
      what: 'the JSON string does not end, or holds a character or escape that JSON has none of',
    }
  if (expected === 'value' && /^[-\d[{tfn]/.test(part)) {
    return { line, what: 'the value is not a string: `{"NAME": "value"}` is expected' }
  }
  return { line, what: `it is no JSON: ${expectedWords[expected]} is expected` }
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
