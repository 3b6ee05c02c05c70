/** One variable as it stands in a text. Lines count from 1. */
export interface Entry {
  readonly name: string
  readonly value: string
  readonly line: number
}

/** A fault at a line. It quotes nothing that may be part of a value. */
export interface Fault {
  readonly line: number
  readonly what: string
}

/** The variables of a text, and everything that is wrong with it. */
export interface Entries {
  readonly entries: readonly Entry[]
  readonly faults: readonly Fault[]
}
