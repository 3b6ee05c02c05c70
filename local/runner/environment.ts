import { delimiter, dirname } from 'node:path'
import { mostSimilar } from '../../src/suggest.ts'
import { evaluate } from './action-metadata.ts'
import { REPOSITORY, type RunnerEvent } from './events.ts'

/** Paths of the files and directories that a runner creates for a step. */
export interface StepPaths {
  home: string
  workspace: string
  temp: string
  toolCache: string
  eventFile: string
  output: string
  summary: string
  env: string
  state: string
  path: string
}

export interface EnvironmentOptions {
  event: RunnerEvent
  paths: StepPaths
  node: string
  /** The values under `with` in the workflow. */
  inputs: Record<string, string>
  /** The default of each input in `action.yml`, by name. */
  declared: ReadonlyMap<string, string> | undefined
  githubToken: string
  apiUrl: string
  serverUrl: string
  debug: boolean
  /** Variables that replace the runner's own; `undefined` removes a variable. */
  env: Record<string, string | undefined>
}

/**
 * Returns the environment variables that a runner sets for the action. From this process it copies only the variables
 * that a process needs to start, such as `PATH`. Throws {@link UnknownInputError}.
 */
export function buildEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { event, paths, debug } = options
  const github = githubContext(options)
  const environment: Record<string, string | undefined> = {
    PATH: [dirname(options.node), process.env.PATH].join(delimiter),
    SystemRoot: process.env.SystemRoot,
    TMPDIR: process.env.TMPDIR,
    HOME: paths.home,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    RUNNER_OS: RUNNER_SYSTEMS[process.platform] ?? 'Linux',
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_NAME: 'GitHub Actions 1',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_TEMP: paths.temp,
    RUNNER_TOOL_CACHE: paths.toolCache,
    RUNNER_WORKSPACE: dirname(paths.workspace),
    RUNNER_DEBUG: debug ? '1' : undefined,
    GITHUB_EVENT_PATH: paths.eventFile,
    GITHUB_OUTPUT: paths.output,
    GITHUB_STEP_SUMMARY: paths.summary,
    GITHUB_ENV: paths.env,
    GITHUB_STATE: paths.state,
    GITHUB_PATH: paths.path,
  }
  for (const [key, value] of Object.entries(github)) {
    if (!NOT_IN_ENVIRONMENT.has(key)) environment[`GITHUB_${key.toUpperCase()}`] = value
  }
  for (const [name, value] of resolveInputs(options, { ...github, event_name: event.name })) {
    environment[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value
  }
  return withoutUndefined({ ...environment, ...options.env })
}

/** The values of `RUNNER_OS`. All platforms without an entry have `Linux`. */
const RUNNER_SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  win32: 'Windows',
  darwin: 'macOS',
}

const NOT_IN_ENVIRONMENT = new Set(['token'])

function githubContext({ event, paths, githubToken, apiUrl, serverUrl }: EnvironmentOptions) {
  const workflowRef = `${REPOSITORY}/.github/workflows/deploy.yml@${event.ref}`
  return {
    token: githubToken,
    action: '__acme_railway-workspace-deploy',
    action_ref: 'v1',
    action_repository: 'acme/railway-workspace-deploy',
    actor: event.actor,
    actor_id: '583231',
    triggering_actor: event.actor,
    api_url: apiUrl,
    graphql_url: `${apiUrl}/graphql`,
    server_url: serverUrl,
    event_name: event.name,
    head_ref: event.headRef,
    base_ref: event.baseRef,
    job: 'deploy',
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_protected: 'false',
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: REPOSITORY,
    repository_id: '104729',
    repository_owner: REPOSITORY.split('/')[0] ?? '',
    repository_owner_id: '7919',
    retention_days: '90',
    run_attempt: '1',
    run_id: '1234567890',
    run_number: '42',
    sha: event.sha,
    workflow: 'Deploy',
    workflow_ref: workflowRef,
    workflow_sha: event.sha,
    workspace: paths.workspace,
  }
}

/** An error about inputs that `action.yml` does not have. GitHub reports a warning instead, and ignores the inputs. */
export class UnknownInputError extends Error {
  constructor(unknown: readonly string[], declared: readonly string[]) {
    const sentences = unknown.map((name) => {
      const meant = mostSimilar(name, declared)
      return `action.yml has no input named ${name}.${meant === null ? '' : ` Did you mean ${meant}?`}`
    })
    super(sentences.join('\n'))
  }
}

function resolveInputs(
  { inputs, declared }: EnvironmentOptions,
  github: Record<string, string>,
): Map<string, string> {
  const unknown = Object.keys(inputs).filter((name) => declared && !declared.has(name))
  if (unknown.length > 0) {
    throw new UnknownInputError(unknown, [...(declared?.keys() ?? [])])
  }
  const values = new Map<string, string>()
  for (const [name, text] of declared ?? []) values.set(name, evaluate(text, github))
  for (const [name, value] of Object.entries(inputs)) values.set(name, value)
  return values
}

function withoutUndefined(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  )
}
