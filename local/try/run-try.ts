import { HEAD_SHA, type RunnerEvent, runAction, UnknownInputError } from '../runner/index.ts'
import { type Sample, sampleFiles, saveSample, startSample } from '../sample.ts'
import { ExpressionError } from '../workflow/expressions.ts'
import { isWithoutSecrets, type RanStep } from '../workflow/run-workflow.ts'
import { parseArguments, type TryOptions } from './arguments.ts'
import { describeRun, type RunStart } from './describe-run.ts'
import { helpText } from './help.ts'
import { commitOf, eventOf, prepareSample } from './prepare-sample.ts'
import { exitCodeOf, renderSteps } from './render-steps.ts'
import { readWorkflowFile, runWorkflowFile } from './run-workflow-file.ts'
import { readState, writeState } from './state.ts'
import { unusedOptions } from './unused-options.ts'
import { UsageError } from './usage-error.ts'

/** The output of a command. `color`: whether it may have ANSI colors. */
export interface Terminal {
  out(text: string): void
  error(text: string): void
  color: boolean
}

/** The exit code for invalid arguments. 0 and 1 are the exit codes of the action. */
const invalidArguments = 2

/** Runs `npm run try` with these arguments, and returns the exit code. */
export async function runTry(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = parseArguments(args)
  if (parsed.kind === 'help') {
    terminal.out(helpText())
    return 0
  }
  if (parsed.kind === 'wrong') return printProblems(parsed.problems, terminal)
  try {
    return await runOnce(parsed.options, terminal)
  } catch (error) {
    const isUsage = [UsageError, ExpressionError, UnknownInputError].some(
      (kind) => error instanceof kind,
    )
    if (error instanceof Error && isUsage) return printProblems([error.message], terminal)
    throw error
  }
}

function printProblems(problems: readonly string[], terminal: Terminal): number {
  terminal.error([...problems, 'npm run try -- --help lists the arguments.', ''].join('\n'))
  return invalidArguments
}

async function runOnce(options: TryOptions, terminal: Terminal): Promise<number> {
  const workflow = options.workflow === undefined ? null : readWorkflowFile(options.workflow)
  const state = options.state === undefined ? null : readState(options.state)
  const sample = await startSample(state ?? undefined)
  try {
    const commit = commitOf(sample, options, state?.commit ?? HEAD_SHA)
    const event = eventOf(options, workflow?.file ?? null, commit)
    prepareSample(sample, options, event)
    const start: RunStart = {
      at: sample.clock.now(),
      requests: sample.railway.requests.length,
    }
    const ran = workflow
      ? await runWorkflowFile(workflow, options, event, sample)
      : [await runCommand(options, event, sample)]
    terminal.out(renderSteps(ran, options, terminal))
    terminal.out(describeRun(sample, start, event))
    for (const note of unusedOptions(options, event, sample, start)) terminal.error(`${note}\n`)
    if (options.state !== undefined) {
      writeState(options.state, { ...saveSample(sample), commit })
      terminal.out(`The state for the next run is in ${options.state}.\n`)
    }
    return exitCodeOf(ran)
  } finally {
    await sample.close()
  }
}

/** Runs one command of the action. The job has all permissions, unless GitHub passes no secrets to runs for the event. */
async function runCommand(
  options: TryOptions,
  event: RunnerEvent,
  sample: Sample,
): Promise<RanStep> {
  const hasNoSecrets = isWithoutSecrets(event)
  if (hasNoSecrets) sample.hub.permissions = { 'pull-requests': 'read', contents: 'read' }
  const token = hasNoSecrets ? '' : sample.workspace.tokens[options.token]
  const inputs = { token, ...options.inputs }
  const { files } = options
  const transcript = await runAction({
    clock: sample.clock,
    event,
    inputs: { 'api-url': sample.railway.url, ...inputs },
    sites: sample.sites,
    ...(options.github && { github: { apiUrl: sample.github.url } }),
    ...(files === 'sample'
      ? { workspaceFiles: sampleFiles }
      : files !== undefined && { workspaceFolder: files }),
  })
  return { kind: 'action', job: '', inputs, transcript }
}
