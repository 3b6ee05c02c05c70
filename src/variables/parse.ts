import { Secret } from '../secret.ts'
import { parseDotenv } from './dotenv.ts'
import type { ParseProblem, VariableEntry } from './entries.ts'
import { parseJsonObject } from './json.ts'
import { isCommitName, isRailwayProvided, isVariableName } from './names.ts'

/** The values of variables by name. */
export type VariableValues = ReadonlyMap<string, Secret>

/** The result of {@link parseVariables}. */
export interface ParsedVariables {
  readonly values: VariableValues
  readonly faults: readonly ParseProblem[]
}

/** Parses dotenv lines or a JSON object. A text that starts with a brace is JSON. Faults are sorted by line. */
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

/** Checks an entry. A bad name is not quoted, because it may be a part of a value whose quotes are missing. */
function faultOf({ name, value, line }: VariableEntry): ParseProblem[] {
  if (!isVariableName(name)) {
    const message =
      'the name is not made of letters, digits and underscores, with no digit at the start'
    return [{ line, message }]
  }
  if (isRailwayProvided(name) && !isCommitName(name)) {
    return [{ line, message: `${name} is set by Railway itself` }]
  }
  if (value.includes('\0')) {
    return [{ line, message: `${name} has a NUL character, which no variable can hold` }]
  }
  return []
}

function contradictions(entries: readonly VariableEntry[]): ParseProblem[] {
  const first = new Map<string, VariableEntry>()
  return entries.flatMap((entry) => {
    const before = first.get(entry.name)
    if (!before) first.set(entry.name, entry)
    if (!before || before.value === entry.value || !isVariableName(entry.name)) return []
    const message = `${entry.name} has another value here than in line ${before.line}`
    return [{ line: entry.line, message }]
  })
}
