import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { nearest } from '../../src/suggest.ts'
import { type Service, scripts } from '../railway/index.ts'
import {
  HEAD_SHA,
  type RunnerEvent,
  render,
  runAction,
  type Transcript,
  UnknownInputError,
} from '../runner/index.ts'
import { pullRequestNumber, type Sample, sampleFiles, saveSample, startSample } from '../sample.ts'
import { ExpressionError } from '../workflow/expressions.ts'
import { isWithoutSecrets, type RanStep, runWorkflow } from '../workflow/run-workflow.ts'
import {
  isTriggeredBy,
  readDispatchInputs,
  readWorkflow,
  triggersOf,
  type WorkflowFile,
} from '../workflow/workflow-file.ts'
import { parseArguments, type TryOptions } from './arguments.ts'
import { describeRun, type RunStart } from './describe-run.ts'
import { eventNames, readEvent } from './events.ts'
import { helpText } from './help.ts'
import { readState, writeState } from './state.ts'
import { unreadValues, unusedOptions } from './unused-options.ts'
import { UsageError } from './usage-error.ts'

export interface Terminal {
  out(text: string): void
  error(text: string): void
  color: boolean
}

/** The exit code for arguments that cannot be understood; 0 and 1 are the action's. */
const wrongArguments = 2

/** Does what `npm run try` does with these arguments, and returns the exit code. */
export async function runTry(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = parseArguments(args)
  if (parsed.kind === 'help') {
    terminal.out(helpText())
    return 0
  }
  if (parsed.kind === 'wrong') return refuse(parsed.problems, terminal)
  try {
    return await runOnce(parsed.options, terminal)
  } catch (error) {
    const isUsage = [UsageError, ExpressionError, UnknownInputError].some(
      (kind) => error instanceof kind,
    )
    if (error instanceof Error && isUsage) return refuse([error.message], terminal)
    throw error
  }
}

function refuse(problems: readonly string[], terminal: Terminal): number {
  terminal.error([...problems, 'npm run try -- --help shows how to call it.', ''].join('\n'))
  return wrongArguments
}

async function runOnce(options: TryOptions, terminal: Terminal): Promise<number> {
  const workflow = options.workflow === undefined ? null : readWorkflowFile(options.workflow)
  const state = options.state === undefined ? null : readState(options.state)
  const sample = await startSample(state ?? undefined)
  try {
    const commit = commitOf(sample, options, state?.commit ?? HEAD_SHA)
    const event = eventOf(options, workflow?.file ?? null, commit)
    arrange(sample, options, event)
    const start: RunStart = {
      at: sample.clock.now(),
      requests: sample.railway.requests.length,
    }
    const ran = workflow
      ? await runFile(workflow, options, event, sample)
      : [await runCommand(options, event, sample)]
    terminal.out(shownSteps(ran, options, terminal))
    terminal.out(describeRun(sample, start, event))
    for (const note of unusedOptions(options, event, sample, start)) terminal.error(`${note}\n`)
    if (options.state !== undefined) {
      writeState(options.state, { ...saveSample(sample), commit })
      terminal.out(`${options.state} keeps this for the next run.\n`)
    }
    return exitCodeOf(ran)
  } finally {
    await sample.close()
  }
}

/** Returns the commit of the event: the newest one, or with `--changes` a new one on top of it. */
function commitOf({ hub, world }: Sample, { changes }: TryOptions, newest: string): string {
  if (changes.length === 0) return newest
  const sha = world.ids.commit('try', newest)
  hub.commit(
    sha,
    [newest],
    changes.map((name) => ({ name })),
  )
  return sha
}

function eventOf(options: TryOptions, workflow: WorkflowFile | null, commit: string): RunnerEvent {
  const { event, eventName } = options
  if (event !== undefined) {
    const read = readEvent(event, commit, eventName)
    if (options.changes.length > 0 && !isOf(read, commit)) {
      throw new UsageError(
        `--changes would have no effect: the payload in ${event} names a commit of its own.`,
      )
    }
    return read
  }
  if (!workflow)
    return readEvent(options.inputs.command === 'preview' ? 'pull_request' : 'push', commit)
  const events = triggersOf(workflow)
    .flatMap((trigger) => eventNames.filter((name) => name.split('-')[0] === trigger))
    .map((name) => readEvent(name, commit))
  const usual = events.find((one) => isTriggeredBy(workflow, one))
  if (usual) return usual
  throw new UsageError(
    `--workflow: it runs for ${triggersOf(workflow).join(', ')}. Describe the event with --event.`,
  )
}

/** Says whether the event is about the commit, directly or through a pull request. */
const isOf = ({ sha, payload }: RunnerEvent, commit: string): boolean =>
  sha === commit || pullSchema.safeParse(payload.pull_request).data?.head.sha === commit

/** Prepares what the run meets: the pull request of the event, and what is to fail. */
function arrange(sample: Sample, options: TryOptions, event: RunnerEvent): void {
  const { hub, world, sites } = sample
  const pull = pullSchema.safeParse(event.payload.pull_request)
  if (pull.success) {
    const { number, state, merged, merge_commit_sha: merge, head } = pull.data
    hub.pullRequest(number, {
      state,
      merged,
      branch: head.ref,
      sha: head.sha,
      headRepository: head.repo?.full_name ?? hub.repository,
      mergeCommit: merged ? merge : null,
    })
  }
  for (const place of options.fail) {
    world.script(serviceOf(sample, place, '--fail'), '*', [scripts.buildFails])
  }
  for (const place of options.unhealthy) {
    const service = serviceOf(sample, place, '--unhealthy')
    const instances = [...world.environments.values()].flatMap((one) => one.instances)
    for (const instance of instances.filter((one) => one.service === service)) {
      for (const { domain } of [...instance.customDomains, ...instance.serviceDomains]) {
        sites.set(domain, [503])
      }
    }
  }
}

/** The parts of a pull request in a payload that the local GitHub has to know. */
const pullSchema = z.looseObject({
  number: z.number().default(pullRequestNumber),
  state: z.enum(['open', 'closed']).default('open'),
  merged: z.boolean().default(false),
  merge_commit_sha: z.string().nullable().default(null),
  head: z.looseObject({
    ref: z.string(),
    sha: z.string(),
    repo: z.looseObject({ full_name: z.string() }).nullable().optional(),
  }),
})

function serviceOf({ world }: Sample, place: string, option: string): Service {
  const services = [...world.services.values()].filter(({ deletedAt }) => deletedAt === null)
  const pathOf = ({ project, name }: Service) => `${project.name}/${name}`
  const found = services.find((one) => pathOf(one) === place)
  if (found) return found
  const paths = services.map(pathOf)
  const meant = nearest(place, paths)
  const hint = meant ? ` Did you mean ${meant}?` : ''
  throw new UsageError(
    `${option}: there is no ${place}.${hint} Write project/service: ${paths.join(', ')}.`,
  )
}

/** Runs one command of the action, in a job with all permissions. */
async function runCommand(
  options: TryOptions,
  event: RunnerEvent,
  sample: Sample,
): Promise<RanStep> {
  const isStranger = isWithoutSecrets(event)
  if (isStranger) sample.hub.permissions = { 'pull-requests': 'read', contents: 'read' }
  const token = isStranger ? '' : sample.workspace.tokens[options.token]
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

interface LoadedWorkflow {
  path: string
  text: string
  file: WorkflowFile
}

function readWorkflowFile(path: string): LoadedWorkflow {
  try {
    const text = readFileSync(path, 'utf8')
    return { path, text, file: readWorkflow(text) }
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new UsageError(`--workflow: cannot run ${path} here.\n${reason}`)
  }
}

/** Runs the steps of a workflow file that use the action. */
function runFile(
  { path, text, file }: LoadedWorkflow,
  options: TryOptions,
  event: RunnerEvent,
  sample: Sample,
): Promise<RanStep[]> {
  if (!isTriggeredBy(file, event)) {
    throw new UsageError(`--workflow: ${path} does not run for this ${event.name}.`)
  }
  const unread = unreadValues(text, file, options)
  if (unread.length > 0) throw new UsageError(unread.join('\n'))
  const { inputs, problems } = readDispatchInputs(file, options.inputs)
  const isByHand = event.name === 'workflow_dispatch'
  if (!isByHand && Object.keys(options.inputs).length > 0) {
    throw new UsageError(
      `Inputs are for a run by hand, and this run is for ${event.name}: add --event workflow_dispatch.`,
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
  const github = options.github ? sample.github : { ...sample.github, url: nowhere }
  return runWorkflow(text, situation, { ...sample, github })
}

/** Refuses connections. */
const nowhere = 'http://127.0.0.1:1'

/** Returns the secrets that the workflow names: those given, the Railway token, and made-up ones. */
function secretsOf(text: string, { secrets, token }: TryOptions, { workspace }: Sample) {
  const names = [...text.matchAll(/\bsecrets\.([A-Za-z_]\w*)/g)].map(([, name = '']) => name)
  const made = names.map((name) => [name, `made-up-${name.toLowerCase().replaceAll('_', '-')}`])
  return {
    ...Object.fromEntries(made),
    RAILWAY_API_TOKEN: workspace.tokens[token],
    ...secrets,
  }
}

/** Returns the outputs of steps by the id of the step. */
function commandOutputs(outputs: Readonly<Record<string, string>>) {
  const commands: Record<string, Record<string, string>> = {}
  for (const [path, value] of Object.entries(outputs)) {
    const [step = '', name] = path.split('.')
    if (name === undefined) throw new UsageError(`--output ${path}: write step.name=value.`)
    commands[step] = { ...commands[step], [name]: value }
  }
  return commands
}

function shownSteps(ran: readonly RanStep[], options: TryOptions, { color }: Terminal): string {
  if (ran.length === 0)
    return 'No step ran: no job or step has an `if` that holds for this event.\n'
  const inFile = options.workflow !== undefined
  return ran
    .map((step) => {
      if (step.kind === 'command') return notCarriedOut(step, options.outputs)
      const title = inFile ? { title: `Job ${step.job}: ${step.inputs.command ?? 'deploy'}` } : {}
      return render(step.transcript, { color, outputs: true, ...title })
    })
    .join('\n')
}

function notCarriedOut(
  { job, id, name, env }: Extract<RanStep, { kind: 'command' }>,
  outputs: Readonly<Record<string, string>>,
): string {
  const isSilent = id !== undefined && !Object.keys(outputs).some((one) => one.startsWith(`${id}.`))
  const values = Object.entries(env).map(([key, value]) => `  ${key}=${value}`)
  return [
    `── Job ${job}: "${name}" is not carried out here.${values.length > 0 ? ' It would have had' : ''}`,
    ...values,
    ...(isSilent ? [`  Its outputs are empty. --output ${id}.name=value sets one.`] : []),
    '',
  ].join('\n')
}

function exitCodeOf(ran: readonly RanStep[]): number {
  const codes = ran.flatMap((step) => (step.kind === 'action' ? exitCode(step.transcript) : []))
  return codes.find((code) => code !== 0) ?? 0
}

const exitCode = ({ exitCode: code }: Transcript) => code ?? 1
