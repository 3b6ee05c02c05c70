import { Secret } from '../secret.ts'
import { parseDotenv } from './dotenv.ts'
import type { Entry, Fault } from './entries.ts'
import { parseJsonObject } from './json.ts'
import { isCommitName, isRailwayProvided, isVariableName } from './names.ts'

/** Values by name. From the moment they are parsed they travel as secrets. */
export type VariableValues = ReadonlyMap<string, Secret>

/** The result of {@link parseVariables}. */
export interface ParsedVariables {
  readonly values: VariableValues
  readonly faults: readonly Fault[]
}

/** Parses dotenv lines or a JSON object: what starts with a brace is JSON. */
export function parseVariables(text: string): ParsedVariables {
  const plain = text.replace(/^\uFEFF/, '')
  const { entries, faults } = plain.trimStart().startsWith('{')
    ? parseJsonObject(plain)
    : parseDotenv(plain)
  const all = [...faults, ...entries.flatMap(faultOf), ...contradictions(entries)]
  return {
    values: new Map(entries.map(({ name, value }) => [name, new Secret(value)])),
    faults: all.toSorted((a, b) => a.line - b.line),
  }
}

/** A bad name is not quoted: where quotes are missing, it may be a piece of a value. */
function faultOf({ name, value, line }: Entry): Fault[] {
  if (!isVariableName(name)) {
    const what = 'the name is not one of letters, digits and underscores, with no digit in front'
    return [{ line, what }]
  }
  if (isRailwayProvided(name) && !isCommitName(name)) {
    return [{ line, what: `${name} is set by Railway itself` }]
  }
  if (value.includes('\0')) return [{ line, what: `${name} has a NUL character, which none can` }]
  return []
}

function contradictions(entries: readonly Entry[]): Fault[] {
  const first = new Map<string, Entry>()
  return entries.flatMap((entry) => {
    const before = first.get(entry.name)
    if (!before) first.set(entry.name, entry)
    if (!before || before.value === entry.value || !isVariableName(entry.name)) return []
    const what = `${entry.name} has another value here than at line ${before.line}`
    return [{ line: entry.line, what }]
  })
}
