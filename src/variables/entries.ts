/** A variable of a text. Lines are counted from 1. */
export interface Entry {
  readonly name: string
  readonly value: string
  readonly line: number
}

/** A fault in a line of a text. The message quotes nothing that may be part of a value. */
export interface Fault {
  readonly line: number
  readonly message: string
}

/** The variables and the faults of a text. */
export interface Entries {
  readonly entries: readonly Entry[]
  readonly faults: readonly Fault[]
}
