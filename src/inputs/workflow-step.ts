/** This step as it stands in a workflow file of the checkout. Lines are counted from 1. */
export interface WorkflowStep {
  /** Path of the file in the repository. */
  readonly file: string
  /** The line of `uses:`. */
  readonly line: number
  /** The inputs under `with:`, by name in lower case. */
  readonly inputs: ReadonlyMap<string, GivenInput>
  /** Environment variables that step, job and workflow set, as they are written. */
  readonly variables: ReadonlyMap<string, string>
  /** The jobs that call the reusable workflow which holds this step; empty in the run's own workflow. */
  readonly calls: readonly WorkflowCall[]
}

/** An input as it is written, expressions unevaluated. */
export interface GivenInput {
  readonly line: number
  readonly text: string
  /** Its single lines, for inputs that take one entry a line. */
  readonly entries: readonly { readonly line: number; readonly text: string }[]
}

/** A job that calls a reusable workflow. */
export interface WorkflowCall {
  readonly file: string
  readonly job: string
  /** The secrets that are handed over: all, those of these names, or none. */
  readonly secrets: 'inherit' | readonly string[]
}

/** The place of this step, as far as the checkout tells. */
export type StepFinding =
  | { readonly kind: 'found'; readonly step: WorkflowStep }
  /** In a reusable workflow of another repository, which is not in the checkout. */
  | { readonly kind: 'elsewhere'; readonly calls: readonly WorkflowCall[] }
  /** There is no checkout, or more than one place fits. */
  | { readonly kind: 'unknown' }
