/** The limits of an upload. They are far beyond the size of any directory for a deployment. */
export interface Limits {
  /** The maximum number of files and directories. */
  readonly entries: number
  /** The maximum number of names that are read, ignored ones included. */
  readonly visited: number
  /** The maximum number of entries that are reached through links. Links to directories with links multiply. */
  readonly linked: number
  /** The maximum depth of directories. */
  readonly depth: number
  /** The maximum size of all files together. */
  readonly bytes: number
  /** The maximum number of ignored files that are counted for the plan. */
  readonly counted: number
  /** The time limit of listing, in milliseconds. */
  readonly milliseconds: number
}

/** The limits of every run. Tests set lower ones. */
export const defaultLimits: Limits = {
  entries: 250_000,
  visited: 1_000_000,
  linked: 50_000,
  depth: 400,
  bytes: 5_000_000_000,
  counted: 100_000,
  milliseconds: 300_000,
}

/** An error for a directory beyond the limits. The message is a sentence about the directory. */
export class LimitError extends Error {}
