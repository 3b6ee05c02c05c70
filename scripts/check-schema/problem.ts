/** A problem that a check has found. */
export interface Problem {
  /** The check that found the problem. */
  readonly check: 'document' | 'local schema' | 'response'
  /** The operation, type or field. */
  readonly where: string
  readonly what: string
}

/** Formats a problem in one line. */
export function problemLine({ check, where, what }: Problem): string {
  return `${check}: ${where}: ${what.replace(/\s+/g, ' ')}`
}
