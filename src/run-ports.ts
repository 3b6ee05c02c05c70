import type { Deadline } from './deadline.ts'
import type { ExecutePorts } from './execute/context.ts'
import type { GitHub } from './github/api/github.ts'
import { CombinedHistory } from './github/commit-history.ts'
import { healthProbe } from './health/probe.ts'
import type { Inputs, TokenInput } from './inputs/read-inputs.ts'
import type { CommitHistory, PlanSources } from './plan/ports.ts'
import type { FailureLogs } from './publish/failure-logs.ts'
import type { LiveUpdates } from './publish/live-updates.ts'
import type { LogWriter } from './publish/log-writer.ts'
import { Railway } from './railway/railway.ts'
import type { RailwayApi } from './railway/scoped-api.ts'
import { requestLine } from './report/log-lines.ts'
import type { Disk, RunDeps } from './run-deps.ts'
import type { RunState } from './run-state.ts'
import type { TokenScope } from './scope/token-scope.ts'
import { count } from './text.ts'

/** The context of the pipeline, which all stages share. */
export interface PipelineContext {
  readonly deps: RunDeps
  readonly inputs: Inputs
  readonly token: TokenInput
  /** The access to GitHub; `null` without a GitHub token. */
  readonly github: GitHub | null
  /** The updates of comments and deployments on GitHub during the run. */
  readonly updates: LiveUpdates
  /** The logs of failed deployments. */
  readonly logs: FailureLogs
  readonly state: RunState
  readonly writer: LogWriter
}

/**
 * Creates the access to Railway. Each request updates the number of requests and the rest of the hourly limit in the
 * report.
 */
export function connectRailway(
  { deps, inputs, token, state, writer }: PipelineContext,
  deadline: Deadline,
): Railway {
  const railway: Railway = new Railway({
    ...deps,
    url: inputs.apiUrl,
    shard: inputs.shard,
    token: token.secret,
    deadline: () => deadline.at,
    onRequest: (event) => {
      state.set('requests', railway.requests)
      const { remaining } = railway.budget
      if (remaining !== null) state.set('remaining', remaining)
      deps.runner.debug(requestLine(event))
    },
    redactor: deps.runner.redactor,
    onWait: writer.wait,
    onProjects: (projects) => writer.lines([`${count(projects, 'project')} read`]),
  })
  return railway
}

/** Creates the sources from which planning reads. */
export function planSources(
  { github }: PipelineContext,
  api: RailwayApi,
  scope: TokenScope,
  local: Pick<PlanSources, 'directories' | 'commits'>,
): PlanSources {
  return {
    scope,
    ...api.sources,
    directories: local.directories,
    commits: local.commits,
    pullRequests: github?.pullRequests ?? null,
  }
}

/** Creates the commit history of the repository. It uses the checkout first, because GitHub requires requests. */
export const commitHistory = ({ github }: PipelineContext, { history }: Disk): CommitHistory =>
  new CombinedHistory(history, ...(github ? [github.commits] : []))

/** Creates the ports through which the execution of the plan reads and changes Railway and GitHub. */
export function executePorts(
  { deps, github, writer, updates, logs }: PipelineContext,
  api: RailwayApi,
  deadline: Deadline,
  { directories, commits }: Pick<Disk, 'directories'> & Pick<ExecutePorts, 'commits'>,
): ExecutePorts {
  return {
    ...api.targets,
    pullRequests: github?.pullRequests ?? null,
    commits,
    archives: directories,
    probe: healthProbe(deps),
    clock: deps.clock,
    signal: deps.stop,
    deadline,
    emit: (event) => {
      if (event.kind === 'log-read') return logs.add(event)
      if (event.kind === 'explained') logs.addExcerpt(event)
      writer.onEvent(event)
      updates.onEvent(event)
    },
  }
}
