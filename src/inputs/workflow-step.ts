/** The run's step in a workflow file of the checkout. Lines are counted from 1. */
export interface WorkflowStep {
  /** Path of the file in the repository. */
  readonly file: string
  /** The line of `uses:`. */
  readonly line: number
  /** The inputs under `with:`, by name in lower case. */
  readonly inputs: ReadonlyMap<string, WorkflowInput>
  /** The environment variables of step, job and workflow. Expressions are not evaluated. */
  readonly variables: ReadonlyMap<string, string>
  /** The jobs that call the step's reusable workflow; empty in the run's own workflow. */
  readonly calls: readonly WorkflowCall[]
}

/** An input in a workflow file. Expressions are not evaluated. */
export interface WorkflowInput {
  readonly line: number
  readonly text: string
  /** The lines of the text, for inputs with one entry a line. */
  readonly entries: readonly { readonly line: number; readonly text: string }[]
}

/** A job that calls a reusable workflow. */
export interface WorkflowCall {
  readonly file: string
  readonly job: string
  /** The names of the secrets that are passed; `inherit` for all of them. */
  readonly secrets: 'inherit' | readonly string[]
}

/** The result of searching the checkout for the run's step. */
export type StepFinding =
  | { readonly kind: 'found'; readonly step: WorkflowStep }
  /** The step is in a reusable workflow of another repository, which is not in the checkout. */
  | { readonly kind: 'elsewhere'; readonly calls: readonly WorkflowCall[] }
  /** There is no checkout, or several steps match. `candidates`: those steps, if the running step is certainly one. */
  | { readonly kind: 'unknown'; readonly candidates?: readonly WorkflowStep[] }
