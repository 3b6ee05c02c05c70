import { resolve } from 'node:path'
import { readInputs } from './action-metadata.ts'
import { buildEnvironment, type StepPaths } from './environment.ts'
import { push, type RunnerEvent } from './events.ts'
import { type ProcessResult, type Transcript, toTranscript } from './transcript.ts'
import { StepFolder } from './workspace.ts'

export const ROOT = resolve(import.meta.dirname, '..', '..')

/** Refuses connections, so that nothing a test forgot to set up leaves the machine. */
const NOWHERE = 'http://127.0.0.1:1'

/** A step of a workflow, and the job it runs in. */
export interface StepOptions {
  /** What the workflow step gives under `with`. An input that `action.yml` does not declare is an error. */
  inputs?: Record<string, string>
  /** What the workflow runs for; a push to `main` unless given. */
  event?: RunnerEvent
  /** Extra variables (the step's `env`), laid over the runner's own; `undefined` removes one. */
  env?: Record<string, string | undefined>
  /** Files of the checkout, by path. */
  workspaceFiles?: Record<string, string>
  /** A folder that the checkout is copied from, before `workspaceFiles`. */
  workspaceFolder?: string
  /** The default of `github-token`; the runner masks it. */
  githubToken?: string
  /** Where GitHub is; nowhere unless given. */
  github?: { apiUrl?: string; serverUrl?: string }
  /** Values that the runner masks because they are secrets of the workflow. */
  secrets?: string[]
  /** `ACTIONS_STEP_DEBUG`. */
  debug?: boolean
  /** Sees every line as it is printed. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** The metadata that declares the inputs; this project's own unless given. */
  metadata?: string
}

/** Prepares a step as a runner does, runs it, and returns a transcript of it. */
export async function runStep(
  options: StepOptions,
  node: string,
  perform: (env: Record<string, string>, paths: StepPaths) => Promise<ProcessResult>,
): Promise<Transcript> {
  const { event = push(), debug = false, githubToken = 'ghs_simulated0GitHub0Token' } = options
  const folder = StepFolder.create(event, options.workspaceFiles ?? {}, options.workspaceFolder)
  try {
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
    const result = await perform(env, folder.paths)
    const masks = [githubToken, ...(options.secrets ?? [])]
    return toTranscript(result, folder.read(), folder.paths, { masks, debug })
  } finally {
    folder.remove()
  }
}
