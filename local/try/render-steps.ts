import { render, type Transcript } from '../runner/index.ts'
import type { RanStep } from '../workflow/run-workflow.ts'
import type { TryOptions } from './arguments.ts'

/** Renders the transcripts of the steps, in the order in which they ran. */
export function renderSteps(
  ran: readonly RanStep[],
  options: TryOptions,
  { color }: { color: boolean },
): string {
  if (ran.length === 0)
    return 'No step ran: the `if` of every job or step is false for this event.\n'
  const inFile = options.workflow !== undefined
  return ran
    .map((step) => {
      if (step.kind === 'command') return renderSkippedStep(step, options.outputs)
      const title = inFile ? { title: `Job ${step.job}: ${step.inputs.command ?? 'deploy'}` } : {}
      return render(step.transcript, { color, outputs: true, ...title })
    })
    .join('\n')
}

/** Renders a step that is not executed, with the environment that it would have. */
function renderSkippedStep(
  { job, id, name, env }: Extract<RanStep, { kind: 'command' }>,
  outputs: Readonly<Record<string, string>>,
): string {
  const hasNoOutputs =
    id !== undefined && !Object.keys(outputs).some((one) => one.startsWith(`${id}.`))
  const values = Object.entries(env).map(([key, value]) => `  ${key}=${value}`)
  return [
    `── Job ${job}: "${name}" is not executed by \`npm run try\`.${values.length > 0 ? ' Its environment:' : ''}`,
    ...values,
    ...(hasNoOutputs
      ? [`  Its outputs are empty. To set one, use --output ${id}.name=value.`]
      : []),
    '',
  ].join('\n')
}

/** Returns the exit code of the first step that failed, or 0. */
export function exitCodeOf(ran: readonly RanStep[]): number {
  const codes = ran.flatMap((step) => (step.kind === 'action' ? exitCode(step.transcript) : []))
  return codes.find((code) => code !== 0) ?? 0
}

const exitCode = ({ exitCode: code }: Transcript) => code ?? 1
