/** A message that does not fail the job: a warning, or a notice if it needs no action. */
export interface Warning {
  /** The title of the annotation, after `Railway: `. It begins in lower case. */
  readonly title: string
  /** The sentences: the event, its object, the cause, and the next step. Backticks mark code. */
  readonly message: string
}
