/** One finding; printed as one line. */
export interface Problem {
  /** Which of the checks found it. */
  readonly check: 'document' | 'local schema' | 'answer'
  /** The operation, type or field. */
  readonly where: string
  readonly what: string
}

export function problemLine({ check, where, what }: Problem): string {
  return `${check}: ${where}: ${what.replace(/\s+/g, ' ')}`
}
