import type { Failure, InputProblem } from '../../src/errors/codes.ts'
import type { WorkflowStep } from '../../src/inputs/workflow-step.ts'

/** An expression as in a workflow file. */
export const expression = `$\{{ inputs.x }}`

/** Builds the step of a workflow file with these inputs, as they are written. */
export function stepWith(written: Readonly<Record<string, string>>): WorkflowStep {
  const inputs = Object.entries(written).map(
    ([name, text]) => [name, { line: 1, text, entries: [] }] as const,
  )
  return { file: 'w.yml', line: 1, inputs: new Map(inputs), variables: new Map(), calls: [] }
}

/** Lists the inputs of failures, or their codes. */
export const refusedInputs = (failures: readonly Failure[]): string[] =>
  failures.map((failure) => (failure.code === 'input-invalid' ? failure.facts.input : failure.code))

/** Lists failures of inputs in full: `input "text": problem`, with `-` for a text that is not repeated. */
export const refusals = (failures: readonly Failure[]): string[] =>
  failures.map((failure) => {
    if (failure.code !== 'input-invalid') return failure.code
    const { input, given, problem } = failure.facts
    const shown = given === null ? '-' : JSON.stringify(given)
    return `${input} ${shown}: ${describeProblem(problem)}`
  })

function describeProblem(problem: InputProblem): string {
  switch (problem.kind) {
    case 'format':
      return problem.expected
    case 'required':
    case 'rejected':
      return `${problem.kind}: ${problem.because}`
    case 'unused':
      return `unused with ${problem.command}, for ${problem.commands.join(', ')}`
    case 'excluded':
      return `not with ${problem.by}: ${problem.because}`
    case 'requires':
      return `only with ${problem.setting}: ${problem.because}`
    case 'empty-expression':
      return `empty ${problem.expressions.join(', ')}, default ${problem.default}`
    default:
      return problem.kind
  }
}
