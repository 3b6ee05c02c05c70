import { resolve } from 'node:path'
import { findNode, type NodeVersion } from '../node24.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { ChildParticipant } from '../simulated-clock-child.ts'
import { readInputs } from './action-metadata.ts'
import { buildEnvironment } from './environment.ts'
import { push, type RunnerEvent } from './events.ts'
import { runProcess } from './process.ts'
import { type Transcript, toTranscript } from './transcript.ts'
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
    const main = options.main ?? resolve(ROOT, 'dist', 'index.js')
    const result = await runProcess({
      ...options,
      command: [node, ...(place?.nodeArguments() ?? []), ...(options.nodeArguments ?? []), main],
      env,
      cwd: folder.paths.workspace,
      place,
    })
    const masks = [githubToken, ...(options.secrets ?? [])]
    return toTranscript(result, await folder.read(), folder.paths, { masks, debug })
  } finally {
    await folder.remove()
  }
}
