/** Bounds of an upload that no directory for a deployment comes near. */
export interface Limits {
  /** Files and directories that are taken. */
  readonly entries: number
  /** Names that are looked at, ignored ones included. */
  readonly visited: number
  /** Entries that are reached through links: links to directories with links multiply. */
  readonly linked: number
  /** Directories within each other. */
  readonly depth: number
  readonly bytes: number
  /** Ignored files that are counted for the plan. */
  readonly counted: number
  /** How long listing may take, in milliseconds. */
  readonly milliseconds: number
}

export const defaultLimits: Limits = {
  entries: 250_000,
  visited: 1_000_000,
  linked: 50_000,
  depth: 400,
  bytes: 5_000_000_000,
  counted: 100_000,
  milliseconds: 300_000,
}

/** A directory that goes beyond what is uploaded. The message is a sentence for people. */
export class LimitError extends Error {}
