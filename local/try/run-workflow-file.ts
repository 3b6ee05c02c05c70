import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { RunnerEvent } from '../runner/index.ts'
import { type Sample, sampleFiles } from '../sample.ts'
import { isWithoutSecrets, type RanStep, runWorkflow } from '../workflow/run-workflow.ts'
import {
  isTriggeredBy,
  readDispatchInputs,
  readWorkflow,
  triggersOf,
  type WorkflowFile,
} from '../workflow/workflow-file.ts'
import type { TryOptions } from './arguments.ts'
import { unreadValues } from './unused-options.ts'
import { UsageError } from './usage-error.ts'

/** A workflow file that was read and parsed. */
export interface LoadedWorkflow {
  path: string
  text: string
  file: WorkflowFile
}

/** Reads a workflow file. Throws {@link UsageError} if it is invalid or has parts that cannot be run. */
export function readWorkflowFile(path: string): LoadedWorkflow {
  try {
    const text = readFileSync(path, 'utf8')
    return { path, text, file: readWorkflow(text) }
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new UsageError(`--workflow: cannot run ${path}.\n${reason}`)
  }
}

/** Runs the steps of a workflow file that use the action. Throws {@link UsageError} if the options do not fit the workflow. */
export function runWorkflowFile(
  { path, text, file }: LoadedWorkflow,
  options: TryOptions,
  event: RunnerEvent,
  sample: Sample,
): Promise<RanStep[]> {
  if (!isTriggeredBy(file, event)) {
    const { action } = event.payload
    const name = typeof action === 'string' ? `${event.name} (${action})` : event.name
    throw new UsageError(`--workflow: the event ${name} of this run does not start ${path}.`)
  }
  const unread = unreadValues(text, file, options)
  if (unread.length > 0) throw new UsageError(unread.join('\n'))
  const { inputs, problems } = readDispatchInputs(file, options.inputs)
  const isByHand = event.name === 'workflow_dispatch'
  if (!isByHand && Object.keys(options.inputs).length > 0) {
    throw new UsageError(
      `A workflow has inputs only with workflow_dispatch, and the event of this run is ${event.name}. ${
        triggersOf(file).includes('workflow_dispatch')
          ? 'Add --event workflow_dispatch.'
          : `${path} has no workflow_dispatch, so it has no inputs. Change the inputs of the action in the file.`
      }`,
    )
  }
  if (isByHand && problems.length > 0) throw new UsageError(problems.join('\n'))
  const folder = options.files === undefined || options.files === 'sample' ? null : options.files
  const situation = {
    event,
    ...(isByHand && { inputs }),
    secrets: isWithoutSecrets(event) ? {} : secretsOf(text, options, sample),
    commands: commandOutputs(options.outputs),
    ...(folder === null ? { files: sampleFiles } : { folder }),
  }
  const github = options.github ? sample.github : { ...sample.github, url: unreachable }
  return runWorkflow(text, situation, { ...sample, github })
}

/** An address that refuses connections. */
const unreachable = 'http://127.0.0.1:1'

/** Returns a value for each secret in the text: the given one, the Railway token, or a generated one. */
function secretsOf(text: string, { secrets, token }: TryOptions, { workspace }: Sample) {
  const names = [...text.matchAll(/\bsecrets\.([A-Za-z_]\w*)/g)].map(([, name = '']) => name)
  const generated = Object.fromEntries(
    names.map((name) => [name, `generated-${name.toLowerCase().replaceAll('_', '-')}`]),
  )
  return {
    ...generated,
    RAILWAY_API_TOKEN: workspace.tokens[token],
    ...secrets,
  }
}

/** Parses `<step id>.<name>` → value. Returns the outputs of each step, by the id of the step. */
function commandOutputs(outputs: Readonly<Record<string, string>>) {
  const commands: Record<string, Record<string, string>> = {}
  for (const [path, value] of Object.entries(outputs)) {
    const [step = '', name] = path.split('.')
    if (name === undefined) throw new UsageError(`--output ${path}: expected step.name=value.`)
    commands[step] = { ...commands[step], [name]: value }
  }
  return commands
}
