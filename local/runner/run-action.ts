import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as realTimeout } from 'node:timers'
import { findNode, type NodeVersion } from '../node24.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { ChildParticipant } from '../simulated-clock-child.ts'
import { readInputs } from './action-metadata.ts'
import { buildEnvironment } from './environment.ts'
import { push, type RunnerEvent } from './events.ts'
import { type ProcessResult, splitLines, type Transcript, toTranscript } from './transcript.ts'
import { StepFolder } from './workspace.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

/** Refuses connections, so that nothing a test forgot to set up leaves the machine. */
const NOWHERE = 'http://127.0.0.1:1'

export interface RunOptions {
  /** What the workflow step gives under `with`. An input that `action.yml` does not declare is an error. */
  inputs?: Record<string, string>
  /** What the workflow runs for; a push to `main` unless given. */
  event?: RunnerEvent
  /** Extra variables (the step's `env`), laid over the runner's own; `undefined` removes one. */
  env?: Record<string, string | undefined>
  /** Files of the checkout, by path. */
  workspaceFiles?: Record<string, string>
  /** The default of `github-token`; the runner masks it. */
  githubToken?: string
  /** Where GitHub is; nowhere unless given. */
  github?: { apiUrl?: string; serverUrl?: string }
  /** Values that the runner masks because they are secrets of the workflow. */
  secrets?: string[]
  /** `ACTIONS_STEP_DEBUG`. */
  debug?: boolean
  /** Puts the action on simulated time. Without it the action runs in real time, with nothing preloaded. */
  clock?: SimulatedClock
  /** Signals to send, so many seconds after the start. */
  signals?: { at: number; signal: NodeJS.Signals }[]
  /** Real seconds after which the run is killed and has failed. */
  killAfter?: number
  /** Sees every line as it is printed. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** The script to run and the metadata to read its inputs from; this project's own unless given. */
  main?: string
  metadata?: string
  node?: NodeVersion
  nodeArguments?: string[]
}

/** What a runner does when a job is cancelled: SIGINT, SIGTERM 7.5 s later, and the end after 2.5 s more. */
export function cancelJob(at: number): NonNullable<RunOptions['signals']> {
  return [
    { at, signal: 'SIGINT' },
    { at: at + 7.5, signal: 'SIGTERM' },
    { at: at + 10, signal: 'SIGKILL' },
  ]
}

/** Runs the built action as a GitHub runner would, and tells all about it. */
export async function runAction(options: RunOptions = {}): Promise<Transcript> {
  // Before the first await, so that runs that are started together keep their order.
  const place = options.clock?.child()
  try {
    return await runStep(options, place)
  } finally {
    place?.leave()
  }
}

async function runStep(options: RunOptions, place: ChildParticipant | undefined) {
  const { event = push(), debug = false, githubToken = 'ghs_simulated0GitHub0Token' } = options
  const folder = await StepFolder.create(event, options.workspaceFiles ?? {})
  try {
    const node = findNode(options.node)
    const env = buildEnvironment({
      event,
      paths: folder.paths,
      node,
      inputs: options.inputs ?? {},
      declared: readInputs(options.metadata ?? resolve(ROOT, 'action.yml')),
      githubToken,
      apiUrl: options.github?.apiUrl ?? NOWHERE,
      serverUrl: options.github?.serverUrl ?? 'https://github.com',
      debug,
      env: options.env ?? {},
    })
    const result = await run(node, env, folder.paths.workspace, place, options)
    const masks = [githubToken, ...(options.secrets ?? [])]
    return toTranscript(result, await folder.read(), folder.paths, { masks, debug })
  } finally {
    await folder.remove()
  }
}

async function run(
  node: string,
  env: Record<string, string>,
  cwd: string,
  place: ChildParticipant | undefined,
  options: RunOptions,
): Promise<ProcessResult> {
  const { clock, main = resolve(ROOT, 'dist', 'index.js') } = options
  const started = performance.now()
  const simulatedStart = clock?.now() ?? 0
  const clockArguments = place?.nodeArguments() ?? []
  const child = spawn(node, [...clockArguments, ...(options.nodeArguments ?? []), main], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', ...(place ? (['ipc'] as const) : [])],
  })
  const printed = collectOutput(child, options.onLine)
  const { exited, fail } = awaitExit(child)
  place?.attach(child, fail)
  const ended = new Promise<number>((resolve) =>
    child.once('exit', () => resolve(clock?.now() ?? 0)),
  )
  const cancelSignals = scheduleSignals(options, child, (signal) => place?.signal(signal))
  const cancelKill = killLate(child, options, fail, printed)
  try {
    const { exitCode, signal } = await exited
    const realMilliseconds = performance.now() - started
    return {
      exitCode,
      signal,
      stdout: printed.stdout,
      stderr: printed.stderr,
      seconds: clock ? ((await ended) - simulatedStart) / 1000 : realMilliseconds / 1000,
      realMilliseconds: Math.round(realMilliseconds),
      peakRss: place?.peakRss,
    }
  } finally {
    cancelSignals()
    cancelKill()
  }
}

interface Printed {
  stdout: string
  stderr: string
}

function collectOutput(child: ChildProcess, onLine: RunOptions['onLine']): Printed {
  const printed: Printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    let unfinished = ''
    child[stream]?.setEncoding('utf8')
    child[stream]?.on('data', (text: string) => {
      printed[stream] += text
      const complete = (unfinished + text).split('\n')
      unfinished = complete.pop() ?? ''
      for (const line of complete) onLine?.(line.replace(/\r$/, ''), stream)
    })
    child[stream]?.on('end', () => {
      if (unfinished !== '') onLine?.(unfinished, stream)
    })
  }
  return printed
}

interface Exit {
  exitCode: number | null
  signal: NodeJS.Signals | null
}

/** `fail` says why the run cannot end well; it is told once the process is gone. */
function awaitExit(child: ChildProcess) {
  let failure: Error | undefined
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      if (failure) reject(failure)
      else resolve({ exitCode, signal })
    })
  })
  return {
    exited,
    fail: (error: Error) => {
      failure ??= error
    },
  }
}

function scheduleSignals(
  { clock, signals = [] }: RunOptions,
  child: ChildProcess,
  send: (signal: NodeJS.Signals) => void,
): () => void {
  const cancel = signals.map(({ at, signal }) => {
    if (clock) return clock.at(clock.now() + at * 1000, () => send(signal))
    const timer = realTimeout(() => child.kill(signal), at * 1000)
    return () => timer.close()
  })
  const cancelAll = () => {
    for (const one of cancel) one()
  }
  child.once('exit', cancelAll)
  return cancelAll
}

function killLate(
  child: ChildProcess,
  { killAfter = 60, clock }: RunOptions,
  fail: (error: Error) => void,
  printed: Printed,
): () => void {
  const timer = realTimeout(() => {
    const last = splitLines(printed.stdout + printed.stderr).slice(-20)
    const state = clock ? `\n${clock.describe()}` : ''
    fail(
      new Error(
        `Killed after ${killAfter} real seconds.${state}\nIt said last:\n${last.join('\n')}`,
      ),
    )
    child.kill('SIGKILL')
  }, killAfter * 1000)
  return () => timer.close()
}
