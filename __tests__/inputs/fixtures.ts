import type { Failure } from '../../src/errors/codes.ts'
import type { WorkflowStep } from '../../src/inputs/workflow-step.ts'

/** An expression as a workflow file has it. */
export const expression = `$\{{ inputs.x }}`

/** Builds the step of a workflow file that gives these inputs, as they are written. */
export function stepWith(written: Readonly<Record<string, string>>): WorkflowStep {
  const inputs = Object.entries(written).map(
    ([name, text]) => [name, { line: 1, text, entries: [] }] as const,
  )
  return { file: 'w.yml', line: 1, inputs: new Map(inputs), variables: new Map(), calls: [] }
}

/** Lists the inputs that failures are about, or their codes. */
export const refusedInputs = (failures: readonly Failure[]): string[] =>
  failures.map((failure) => (failure.code === 'input-invalid' ? failure.facts.input : failure.code))

/** Lists failures of inputs in full: `input "text": what is expected`, with `-` for a text that is not repeated. */
export const refusals = (failures: readonly Failure[]): string[] =>
  failures.map((failure) => {
    if (failure.code !== 'input-invalid') return failure.code
    const { input, given, problem } = failure.facts
    const shown = given === null ? '-' : JSON.stringify(given)
    return `${input} ${shown}: ${problem.kind === 'expected' ? problem.text : problem.kind}`
  })
