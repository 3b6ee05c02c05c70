import { z } from 'zod'
import { type RunnerEvent, runAction, type Transcript } from '../runner/index.ts'
import type { Sample } from '../sample.ts'
import { type Contexts, evaluateText, evaluateValue, isMet, type JobStatus } from './expressions.ts'
import { isThisAction } from './this-action.ts'
import {
  isTriggeredBy,
  type Job,
  readWorkflow,
  type Step,
  type WorkflowFile,
} from './workflow-file.ts'

/** The event, secrets and files of a workflow run. */
export interface Situation {
  event: RunnerEvent
  /** Inputs of `workflow_dispatch`, as booleans or strings according to their types. */
  inputs?: Record<string, string | boolean>
  secrets: Record<string, string>
  /** Files of the repository, which a step can read after `actions/checkout`: path → content. */
  files?: Readonly<Record<string, string>>
  /** A directory with further files of the repository. */
  folder?: string
  /** Outputs of `run` steps, by the id of the step. */
  commands?: Record<string, Record<string, string>>
}

/** A step of the run: the action with its transcript, or a step that was not executed, with its environment or inputs. */
export type RanStep =
  | { kind: 'action'; job: string; inputs: Record<string, string>; transcript: Transcript }
  | { kind: 'command'; job: string; id?: string; name: string; env: Record<string, string> }

interface Running {
  sample: Sample
  situation: Situation
  workflow: WorkflowFile
  text: string
  ran: RanStep[]
}

interface RunningJob extends Running {
  job: Job
  name: string
  contexts: Contexts
  status: JobStatus
  steps: Record<string, { outputs: Record<string, string> }>
  checkedOut: boolean
}

/**
 * Runs the steps of a workflow that use the action. Evaluates conditions, matrices, permissions and expressions as GitHub
 * does. Steps with `run`, and other actions, are not executed. Throws if the event does not start the workflow.
 *
 * @param text the content of the workflow file
 */
export async function runWorkflow(
  text: string,
  situation: Situation,
  sample: Sample,
): Promise<RanStep[]> {
  const workflow = readWorkflow(text)
  const { event } = situation
  if (!isTriggeredBy(workflow, event)) {
    throw new Error(`The workflow "${workflow.name}" does not run for this ${event.name}.`)
  }
  const running: Running = { sample, situation, workflow, text, ran: [] }
  const needs: Record<string, { outputs: Record<string, string> }> = {}
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const contexts = { ...baseContexts(running), needs }
    if (job.needs.some((one) => !(one in needs))) continue
    if (!isMet(job.if, contexts, 'success')) continue
    const outputs = await runJob(running, name, job, contexts)
    if (outputs) needs[name] = { outputs }
  }
  return running.ran
}

function baseContexts({ situation, sample, workflow }: Running): Contexts {
  const { event, secrets, inputs = {} } = situation
  const github = {
    event: event.payload,
    event_name: event.name,
    actor: event.actor,
    repository: sample.hub.repository,
    repository_owner: sample.hub.repository.split('/')[0] ?? '',
    sha: event.sha,
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    head_ref: event.headRef,
    base_ref: event.baseRef,
    token: 'ghs_simulated0GitHub0Token',
  }
  const env = evaluateTexts(workflow.env, { github, secrets, inputs })
  return { github, secrets, inputs, env, matrix: {}, steps: {}, needs: {} }
}

/** Runs the jobs of the matrix one after the other. Returns their outputs, or `null` if one of them failed. */
async function runJob(running: Running, name: string, job: Job, contexts: Contexts) {
  running.sample.hub.permissions = permissionsOf(running, job)
  let outputs: Record<string, string> | null = {}
  for (const matrix of matrixOf(job, contexts)) {
    const one: RunningJob = {
      ...running,
      job,
      name: [name, ...Object.values(matrix).slice(0, 1)].join(' '),
      contexts: { ...contexts, matrix },
      status: 'success',
      steps: {},
      checkedOut: false,
    }
    for (const step of job.steps) await runStep(one, step)
    const all = { ...one.contexts, steps: one.steps }
    if (one.status === 'failure') outputs = null
    else if (outputs) Object.assign(outputs, evaluateTexts(job.outputs, all))
  }
  return outputs
}

/** Returns the permissions of the job's token. GitHub limits them to `read` for forks and Dependabot. */
function permissionsOf(
  { workflow, situation }: Running,
  job: Job,
): Record<string, 'read' | 'write'> {
  const given = job.permissions ?? workflow.permissions ?? {}
  if (!isWithoutSecrets(situation.event)) return given
  return Object.fromEntries(Object.keys(given).map((name) => [name, 'read']))
}

/** Whether GitHub passes no secrets to runs for this event: a pull request of a fork or of Dependabot. */
export function isWithoutSecrets({ name, actor, payload }: RunnerEvent): boolean {
  return (
    name === 'pull_request' &&
    (actor === 'dependabot[bot]' || /"fork":true/.test(JSON.stringify(payload)))
  )
}

/** The value of an expression under `strategy.matrix`. */
const evaluatedMatrix = z.object({
  include: z.array(z.record(z.string(), z.unknown())).default([]),
})

/** Returns the `matrix` context of each job of the matrix. */
function matrixOf({ strategy }: Job, contexts: Contexts): Record<string, unknown>[] {
  if (!strategy) return [{}]
  if (typeof strategy.matrix === 'string') {
    return evaluatedMatrix.parse(evaluateValue(strategy.matrix, contexts)).include
  }
  const [[key, values] = ['', []]] = Object.entries(strategy.matrix)
  return values.map((value) => ({ [key]: value }))
}

async function runStep(running: RunningJob, step: Step): Promise<void> {
  const { job, steps, status } = running
  const before = { ...running.contexts, steps }
  const env = {
    ...evaluateTexts(running.workflow.env, before),
    ...evaluateTexts(job.env, before),
    ...evaluateTexts(step.env, before),
  }
  const contexts = { ...before, env }
  if (!isMet(step.if, contexts, status)) return
  if (step.uses?.startsWith('actions/checkout@')) {
    running.checkedOut = true
  } else if (step.uses?.startsWith('actions/upload-artifact@')) {
    const { path = '' } = evaluateTexts(step.with, contexts)
    running.ran.push({ kind: 'command', job: running.name, name: step.name ?? '', env: { path } })
  } else if (isThisAction(step.uses ?? '')) {
    await runThisAction(running, step, contexts, env)
  } else if (step.run !== undefined) {
    const name = step.name ?? step.id ?? step.run.split('\n')[0] ?? ''
    const id = step.id !== undefined && { id: step.id }
    running.ran.push({ kind: 'command', job: running.name, ...id, name, env })
    if (step.id !== undefined) {
      steps[step.id] = { outputs: running.situation.commands?.[step.id] ?? {} }
    }
  } else if (step.uses !== undefined) {
    const inputs = evaluateTexts(step.with, contexts)
    running.ran.push({ kind: 'command', job: running.name, name: step.uses, env: inputs })
  }
}

async function runThisAction(
  running: RunningJob,
  step: Step,
  contexts: Contexts,
  env: Record<string, string>,
): Promise<void> {
  const { sample, situation, ran, steps, text, checkedOut } = running
  const inputs = evaluateTexts(step.with, contexts)
  sample.hub.applyEvent(situation.event.payload)
  const transcript = await runAction({
    clock: sample.clock,
    event: situation.event,
    inputs: { ...inputs, 'api-url': sample.railway.url },
    env: { ...env, GITHUB_ACTION: step.id ?? '__owner_railway-workspace-deploy' },
    github: { apiUrl: sample.github.url },
    sites: sample.sites,
    secrets: Object.values(situation.secrets),
    ...(checkedOut && {
      ...(situation.folder !== undefined && { workspaceFolder: situation.folder }),
      workspaceFiles: { ...situation.files, '.github/workflows/deploy.yml': text },
    }),
  })
  ran.push({ kind: 'action', job: running.name, inputs, transcript })
  if (step.id !== undefined) steps[step.id] = { outputs: transcript.outputs }
  if (transcript.exitCode !== 0) running.status = 'failure'
}

function evaluateTexts(texts: Readonly<Record<string, string>>, contexts: Contexts) {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, evaluateText(text, contexts)]),
  )
}
