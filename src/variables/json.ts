import type { Entries, Entry } from './entries.ts'

const takes = 'an object of strings is needed: `{"NAME": "value"}`'
const string = /"(?:[^"\\]|\\.)*"/g

/**
 * Reads a JSON object whose values are all strings, which is the form that holds any value byte for byte.
 * Numbers and the like are refused: JSON does not keep how they were written.
 */
export function parseJsonObject(text: string): Entries {
  const parsed = parseJson(text)
  if (!parsed.ok) return { entries: [], faults: [{ line: parsed.line, what: 'it is no JSON' }] }
  const { value } = parsed
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { entries: [], faults: [{ line: 1, what: takes }] }
  }
  if (Object.values(value).some((one) => typeof one !== 'string')) {
    return { entries: [], faults: [{ line: 1, what: takes }] }
  }
  return { entries: flatEntries(text), faults: [] }
}

/** The entries of a flat object in the order of the text: `JSON.parse` would keep one of two. */
function flatEntries(text: string): Entry[] {
  const strings = [...text.matchAll(string)]
  return strings.flatMap((match, index) => {
    const value = strings[index + 1]
    if (index % 2 === 1 || !value) return []
    const line = text.slice(0, match.index).split('\n').length
    return [{ name: String(JSON.parse(match[0])), value: String(JSON.parse(value[0])), line }]
  })
}

type Json = { ok: true; value: unknown } | { ok: false; line: number }

/** Without the parser's message, which quotes the text; only the place is taken from it. */
function parseJson(text: string): Json {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const at = /at position (\d+)/.exec(message)?.[1]
    const before = at === undefined ? text : text.slice(0, Number(at))
    return { ok: false, line: before.split('\n').length }
  }
}
