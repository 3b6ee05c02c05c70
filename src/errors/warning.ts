/** Something worth telling that does not fail the job. */
export interface Warning {
  /** After `Railway: ` in the annotation's title. */
  readonly title: string
  readonly message: string
}
