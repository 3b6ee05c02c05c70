/** A variable parsed from an input or a file, with its line number. Lines are counted from 1. */
export interface VariableEntry {
  readonly name: string
  readonly value: string
  readonly line: number
}

/** A problem in a line of an input or a file. The message quotes nothing that may be part of a value. */
export interface ParseProblem {
  readonly line: number
  readonly message: string
}

/** The variables and the problems that were found in an input or a file. */
export interface ParsedEntries {
  readonly entries: readonly VariableEntry[]
  readonly faults: readonly ParseProblem[]
}
