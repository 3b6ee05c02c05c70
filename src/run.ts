import { type Clock, everyMinute } from './clock.ts'
import { Deadline } from './deadline.ts'
import type { Diagnosis } from './diagnosis.ts'
import { type Failure, failure } from './errors/codes.ts'
import { troubleWarnings } from './errors/github-warnings.ts'
import { internalError } from './errors/internal-error.ts'
import type { Warning } from './errors/warning.ts'
import type { ExecutePorts } from './execute/context.ts'
import { execute } from './execute/execute.ts'
import type { Outcome } from './execute/outcome.ts'
import type { Archives } from './execute/ports.ts'
import { connectGitHub, type GitHub } from './github/api/github.ts'
import { FirstHistory } from './github/first-history.ts'
import type { Runner } from './github/runner.ts'
import { healthProbe } from './health/probe.ts'
import { isChanging } from './inputs/commands.ts'
import { readEventPullRequest } from './inputs/event-pull-request.ts'
import { type Inputs, type ReadInputs, readInputs, type TokenInput } from './inputs/read-inputs.ts'
import { parseContext, type RunContext } from './inputs/run-context.ts'
import {
  concernsConfigFiles,
  configFileWarnings,
  mayHaveConfigFile,
} from './inventory/config-files.ts'
import { type Inventory, targetName } from './inventory/inventory.ts'
import { withLabels } from './inventory/labels.ts'
import { searchOtherWorkspaces } from './inventory/other-workspaces.ts'
import { select } from './inventory/select.ts'
import { type Selection, targetsOf, toSelectionRequest } from './inventory/selection.ts'
import { checkBudget } from './plan/budget.ts'
import { collectFacts } from './plan/collect-facts.ts'
import { type Cost, costOf } from './plan/cost.ts'
import { makePlan } from './plan/make-plan.ts'
import { hasWork, type Plan } from './plan/plan.ts'
import type { CommitHistory, Directories, PlanSources } from './plan/ports.ts'
import { desiredValues } from './plan/secret-values.ts'
import type { Proxies } from './proxy.ts'
import { FailureLogs } from './publish/failure-logs.ts'
import { LiveUpdates } from './publish/live-updates.ts'
import { LogWriter } from './publish/log-writer.ts'
import type { RailwayApi } from './railway/api.ts'
import { FatalFailure } from './railway/fatal-failure.ts'
import { Railway } from './railway/railway.ts'
import type { Fetch } from './railway/transport/http.ts'
import { requestLine } from './report/log-lines.ts'
import { namesOfInventory, namesOfRun } from './report/shown-names.ts'
import { inMergeQueue, noPreview } from './report/warnings.ts'
import { RunLog } from './run-log.ts'
import { RunAborted, type RunReport, RunState } from './run-state.ts'
import { detectToken } from './scope/detect-token.ts'
import { resolveScope } from './scope/resolve-scope.ts'
import type { TokenScope } from './scope/token-scope.ts'

/** The dependencies of a run: everything outside of it that it reads or changes. */
export interface RunDeps {
  readonly runner: Runner
  readonly clock: Clock
  readonly fetch: Fetch
  readonly proxies: Proxies
  readonly directories: Directories & Archives
  /** The history of the job's checkout. */
  readonly history: CommitHistory
  /** Replaces the plan before it is used. Only tests set it. */
  readonly transformPlan?: (plan: Plan) => Plan
  /** Returns a number in [0, 1). */
  readonly random: () => number
  /** The signal to start nothing new, and to finish what is in progress. */
  readonly stop: AbortSignal
  /** The signal to end also what is in progress. */
  readonly abandon: AbortSignal
}

/** The maximum age of the inventory, in milliseconds. The targets of an older one are read again before changes. */
const maxInventoryAge = 60_000

/** Runs the action. It never throws. Errors are failures in the report. */
export async function run(deps: RunDeps): Promise<RunReport> {
  const state = new RunState()
  const writer = new LogWriter(deps.runner, deps.runner.redactor)
  const done = new AbortController()
  const heartbeat = everyMinute(deps.clock, done.signal, (now) => writer.stillWaiting(now))
  await recordErrors(state, () => readAndRun(deps, state, writer))
  done.abort()
  await heartbeat
  writer.close()
  return state.report
}

/** Reads the inputs, runs the pipeline, and updates comment and deployments on GitHub at its end. */
async function readAndRun(deps: RunDeps, state: RunState, writer: LogWriter): Promise<void> {
  const event = parseContext(deps.runner.environment, deps.runner.event())
  const initial = state.require(readInputs(deps.runner, event))
  state.warn(initial.warnings)
  const { githubToken } = initial
  const github = githubToken && connectGitHub({ ...deps, token: githubToken }, event)
  if (!initial.token) return skip(state, noPreview)
  const { command } = initial.inputs
  if (command === 'preview' && event.eventName === 'merge_group') return skip(state, inMergeQueue)
  const { unusable, variableFor } = deps.proxies
  if (unusable) state.abort([failure('api-unavailable', unusable)])
  const { inputs, token } =
    command === 'preview' && event.pullRequestToRead !== null
      ? await withEventPullRequest(deps, event, github, state)
      : initial
  state.set('inputs', inputs)
  if (!token) return
  state.set('tokenSource', token.source)
  const { redactor } = deps.runner
  redactor.addValues([...inputs.variables.values.values()].map((value) => value.reveal()))
  redactor.addNames(namesOfRun(inputs))
  const updates = new LiveUpdates(inputs, github, { clock: deps.clock, redactor })
  const logs = new FailureLogs(redactor)
  const context = { deps, inputs, token, github, updates, logs, state, writer }
  await recordErrors(state, () => runPipeline(context))
  const { path, warnings } = logs.write(deps.runner.logFile)
  if (path !== null) state.set('logFile', path)
  state.warn(warnings)
  state.nameProxy(variableFor(inputs.apiUrl))
  state.warn(await updates.end(state.report))
}

/** Runs a stage, and adds an error of it to the report. */
async function recordErrors(state: RunState, stage: () => Promise<void>): Promise<void> {
  try {
    await stage()
  } catch (error) {
    if (!(error instanceof RunAborted)) state.fail([unexpected(error)])
  }
}

/** The context of the pipeline. */
interface PipelineContext {
  readonly deps: RunDeps
  readonly inputs: Inputs
  readonly token: TokenInput
  /** `null` without a GitHub token. */
  readonly github: GitHub | null
  readonly updates: LiveUpdates
  readonly logs: FailureLogs
  readonly state: RunState
  readonly writer: LogWriter
}

/** Runs the stages. Each adds its result to the state. The first stage that fails ends the run. */
async function runPipeline(context: PipelineContext): Promise<void> {
  const { deps, inputs, token, updates, state, writer } = context
  const { clock } = deps
  const log = new RunLog(writer, state)
  const deadline = new Deadline(clock, inputs.timeout)
  const railway = connect(context, deadline)

  log.readToken(token)
  const requirements = { token, ...inputs }
  const detection = state.set('detection', await detectToken(railway.probes, requirements))
  const resolved = resolveScope(detection, requirements)
  if (resolved.ok) state.set('scope', resolved.value)
  log.detected(token, detection)
  const scope = state.require(resolved)
  log.resolved(scope)
  const api = railway.as(scope, requirements)

  const readAt = clock.now()
  const isStale = () => clock.now() - readAt > maxInventoryAge
  const inventory = state.set('inventory', withLabels(await api.inventory()))
  registerNames(deps.runner, inventory)
  log.readInventory()
  const selected = select(inventory, scope, toSelectionRequest(inputs))
  const explained = state.require(await searchOtherWorkspaces(selected, scope, api))
  const selection = state.set('selection', explained)
  log.selected(selection)
  if (selection.emptyReason) {
    state.notice([selection.emptyReason])
    state.set('plan', { steps: [], warnings: [] })
    return diagnose(context, log, () => railway.diagnose(scope, inventory))
  }
  if (!isChanging(inputs.command)) {
    await warnOfConfigFiles(context, selection, api)
    return diagnose(context, log, () => railway.diagnose(scope, inventory))
  }

  log.planning()
  const commits = commitHistory(context)
  const sources = planSources(context, api, scope, commits)
  const facts = state.require(await collectFacts(inputs, selection, sources))
  const made = state.require(makePlan(inputs, selection, facts, clock.now()))
  const plan = state.set('plan', deps.transformPlan?.(made) ?? made)
  state.notice(plan.notices ?? [])
  log.planned(plan, inputs)
  // A run without changes must not cost another request.
  await warnOfConfigFiles(context, selection, hasWork(plan) ? api : null)
  if (inputs.dryRun) {
    if (inputs.failOnChanges && hasWork(plan)) state.fail([changesPending(plan)])
    return
  }
  const cost = costOf(plan, { ...inputs, batch: api.batchSize, stale: isStale() })
  await waitForBudget(context, cost, railway, deadline)

  log.executing()
  updates.begin(plan)
  const secrets = desiredValues(plan, inputs, facts)
  const options = { ...inputs, stale: isStale() }
  const ports = executePorts(context, api, deadline, commits)
  const outcomes = state.set('outcomes', await execute(plan, secrets, options, ports))
  log.executed(outcomes)
  if (deps.stop.aborted) state.fail([cancelled(outcomes)])
}

/** Checks the assumptions about Railway's API with requests, if the input `diagnose` is set. */
async function diagnose(
  { inputs, state, deps }: PipelineContext,
  log: RunLog,
  request: () => Promise<Diagnosis>,
): Promise<void> {
  if (!inputs.diagnose) return
  log.diagnosing()
  log.diagnosed(state.set('diagnosis', await request()))
  if (deps.stop.aborted) state.abort([cancelled([])])
}

/** Returns the sources that planning may read. */
function planSources(
  { deps, github }: PipelineContext,
  api: RailwayApi,
  scope: TokenScope,
  commits: CommitHistory,
): PlanSources {
  return {
    scope,
    ...api.sources,
    directories: deps.directories,
    commits,
    pullRequests: github?.pullRequests ?? null,
  }
}

/** Returns the history of the repository. The checkout is used first, because GitHub costs requests. */
const commitHistory = ({ deps, github }: PipelineContext): CommitHistory =>
  new FirstHistory(deps.history, ...(github ? [github.commits] : []))

/** Returns the ports through which the execution of the plan reads and changes things. */
function executePorts(
  { deps, writer, updates, logs }: PipelineContext,
  api: RailwayApi,
  deadline: Deadline,
  commits: CommitHistory,
): ExecutePorts {
  return {
    ...api.targets,
    commits,
    archives: deps.directories,
    probe: healthProbe(deps),
    clock: deps.clock,
    signal: deps.stop,
    deadline,
    emit: (event) => {
      if (event.kind === 'log-read') return logs.add(event)
      writer.onEvent(event)
      updates.onEvent(event)
    },
  }
}

/** Excludes the names of the inventory from redaction. Masks the values that are still redacted. */
function registerNames(runner: Runner, inventory: Inventory): void {
  runner.redactor.addNames(namesOfInventory(inventory))
  for (const value of runner.redactor.masks()) runner.mask(value)
}

/** Warns of config files of the selected services. Without `api`, only those that the settings name are known. */
async function warnOfConfigFiles(
  { deps, inputs, state }: PipelineContext,
  selection: Selection,
  api: Pick<RailwayApi, 'configFiles'> | null,
): Promise<void> {
  if (!concernsConfigFiles(inputs)) return
  const targets = targetsOf(selection)
  const resolved = await api?.configFiles(targets.filter(mayHaveConfigFile))
  state.warn(configFileWarnings(targets, resolved ?? new Map(), deps.clock.now()))
}

/** Marks a preview as skipped, which is no error. */
function skip(state: RunState, notice: Warning): void {
  state.set('skipped', true)
  state.notice([notice])
}

/** Reads the inputs again with the pull request that the event only refers to. */
async function withEventPullRequest(
  deps: RunDeps,
  event: RunContext,
  github: GitHub | null,
  state: RunState,
): Promise<ReadInputs> {
  const resolved = state.require(await readEventPullRequest(event, github?.pullRequests ?? null))
  state.warn(troubleWarnings(resolved.errors))
  return state.require(readInputs(deps.runner, resolved.context))
}

/** Connects to Railway. The report then has the number of requests, and how many are left. */
function connect(
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
    onProjects: (count) => writer.lines([`${count} projects read`]),
  })
  return railway
}

/** Waits until the request budget is sufficient for the plan. Aborts the run if that is after the deadline. */
async function waitForBudget(
  { deps, state, writer }: PipelineContext,
  cost: Cost,
  { share }: Railway,
  deadline: Deadline,
): Promise<void> {
  const check = checkBudget(cost, share, deadline.at)
  switch (check.kind) {
    case 'enough':
      return state.warn(check.warnings)
    case 'too-little':
      return state.abort([check.failure])
    case 'wait':
      writer.wait({
        until: check.until,
        because: 'the request budget is too small for the plan',
      })
      return deps.clock.sleep(check.until - deps.clock.now(), deps.stop)
  }
}

/** Builds the error of a dry run whose plan changes something. */
const changesPending = ({ steps }: Plan): Failure =>
  failure('changes-pending', {
    targets: [
      ...new Set(
        steps.flatMap(({ action, target }) => (action === 'keep' ? [] : [targetName(target)])),
      ),
    ],
  })

/** Builds the error of a cancelled run. */
function cancelled(outcomes: readonly Outcome[]): Failure {
  const started = outcomes.filter(({ deploymentId }) => deploymentId !== null)
  return failure('cancelled', {
    started: started.length,
    unfinished: started.filter(({ status }) => status === 'cancelled').length,
  })
}

/** Returns the failure of an exception that ended the pipeline. */
const unexpected = (error: unknown): Failure =>
  error instanceof FatalFailure ? error.failure : internalError(error)
