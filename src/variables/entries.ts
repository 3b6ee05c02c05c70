/** A variable of a text. Lines are counted from 1. */
export interface VariableEntry {
  readonly name: string
  readonly value: string
  readonly line: number
}

/** A fault in a line of a text. The message quotes nothing that may be part of a value. */
export interface ParseProblem {
  readonly line: number
  readonly message: string
}

/** The variables and the faults of a text. */
export interface ParsedEntries {
  readonly entries: readonly VariableEntry[]
  readonly faults: readonly ParseProblem[]
}
