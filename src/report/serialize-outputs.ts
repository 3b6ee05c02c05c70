import type { Warning } from '../errors/warning.ts'

/** A JSON value. */
export type Json = string | number | boolean | null | JsonList | JsonObject
type JsonList = readonly Json[]
interface JsonObject {
  readonly [key: string]: Json
}

/** The maximum number of characters of an output. GitHub accepts 1 MB, and counts two bytes for each character. */
const maxCharacters = 500_000

/**
 * Returns the outputs as text for the workflow. A JSON output that is longer than GitHub accepts keeps only its first
 * entries, each complete. The file `reportFile` contains all entries.
 */
export function serializeOutputs(
  values: Record<string, Json>,
  reportFile: string,
): { texts: Record<string, string>; warnings: Warning[] } {
  const cut: string[] = []
  const texts = Object.entries(values).map(([name, value]): [string, string] => {
    if (typeof value !== 'object' || value === null) return [name, String(value)]
    const text = JSON.stringify(value)
    if (text.length <= maxCharacters) return [name, text]
    cut.push(name)
    return [name, JSON.stringify(cutToFit(value))]
  })
  const warnings = cut.map((name) => ({
    title: 'output cut',
    message: `The output \`${name}\` contains only its first entries, because GitHub accepts at most 1 MB. ${reportFile ? `All entries are in the report file ${reportFile}, which is the output \`report-file\`.` : 'The report file, which would contain all entries, could not be written.'}`,
  }))
  return { texts: { ...Object.fromEntries(texts), 'report-file': reportFile }, warnings }
}

function cutToFit(value: JsonList | JsonObject): Json {
  if (isList(value)) return keepWhile(value, (entry) => JSON.stringify(entry).length)
  const { include } = value
  if (include !== undefined && isList(include)) return { include: cutToFit(include) }
  return Object.fromEntries(
    keepWhile(Object.entries(value), (entry) => JSON.stringify(entry).length),
  )
}

/** Returns the first entries that fit into {@link maxCharacters}, counted with their separators. */
function keepWhile<Entry>(entries: readonly Entry[], length: (entry: Entry) => number): Entry[] {
  let left = maxCharacters - 20
  return entries.filter((entry) => {
    left -= length(entry) + 1
    return left >= 0
  })
}

const isList = (value: Json): value is JsonList => Array.isArray(value)
