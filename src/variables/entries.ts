/** A variable parsed from an input or a file, with its line number. Lines are counted from 1. */
export interface Entry {
  readonly name: string
  readonly value: string
  readonly line: number
}

/** A fault in a line of an input or a file. The message quotes nothing that may be part of a value. */
export interface Fault {
  readonly line: number
  readonly message: string
}

/** The variables and the faults that were parsed from an input or a file. */
export interface Entries {
  readonly entries: readonly Entry[]
  readonly faults: readonly Fault[]
}
