import { resolve } from 'node:path'
import { readInputs } from './action-metadata.ts'
import { buildEnvironment, type StepPaths } from './environment.ts'
import { push, type RunnerEvent } from './events.ts'
import { type ProcessResult, type Transcript, toTranscript } from './transcript.ts'
import { StepFolder } from './workspace.ts'

export const ROOT = resolve(import.meta.dirname, '..', '..')

/** An address that refuses connections, so that a test without a local GitHub sends no request to the real one. */
const UNREACHABLE = 'http://127.0.0.1:1'

/** A step of a workflow with its job and its event. */
export interface StepOptions {
  /** The values under `with` of the step. An input that `action.yml` does not have is an error. */
  inputs?: Record<string, string>
  /** The event of the workflow run; a push to `main` by default. */
  event?: RunnerEvent
  /** The values under `env` of the step. They replace the runner's own; `undefined` removes a variable. */
  env?: Record<string, string | undefined>
  /** Files of the checkout: path → content. */
  workspaceFiles?: Record<string, string>
  /** A directory to copy into the checkout before `workspaceFiles` are written. */
  workspaceFolder?: string
  /** The value of `github.token`. The runner masks it. */
  githubToken?: string
  /** The addresses of GitHub. By default no request reaches its API. */
  github?: { apiUrl?: string; serverUrl?: string }
  /** Secrets of the workflow, which the runner masks. */
  secrets?: string[]
  /** The value of `ACTIONS_STEP_DEBUG`. */
  debug?: boolean
  /** Called for each line of output. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** Path of the `action.yml` that declares the inputs; that of this project by default. */
  metadata?: string
}

/**
 * Creates the files and the environment of a step, runs it, deletes the files, and returns the transcript.
 *
 * @param node path of the Node binary, for `PATH`
 */
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
      apiUrl: options.github?.apiUrl ?? UNREACHABLE,
      serverUrl: options.github?.serverUrl ?? 'https://github.com',
      debug,
      env: options.env ?? {},
    })
    const result = await perform(env, folder.paths)
    const masks = [githubToken, ...(options.secrets ?? [])]
    return toTranscript(result, folder.readFiles(), folder.paths, { masks, debug })
  } finally {
    folder.remove()
  }
}
