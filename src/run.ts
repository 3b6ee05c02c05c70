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

/** Everything outside that a run touches. */
export interface World {
  readonly runner: Runner
  readonly clock: Clock
  readonly fetch: Fetch
  readonly proxies: Proxies
  readonly directories: Directories & Archives
  /** The history of the job's checkout. */
  readonly history: CommitHistory
  /** Replaces the plan before anything is done with it: tests hand over a copy. */
  readonly transformPlan?: (plan: Plan) => Plan
  /** The address of `docs/errors.md`. */
  readonly docs: string
  /** A number in [0, 1). */
  readonly random: () => number
  /** Start nothing more, finish what is under way. */
  readonly stop: AbortSignal
  /** Give up what is under way, too. */
  readonly abandon: AbortSignal
}

/** An inventory older than this is read again, as far as it matters, before anything is changed. */
const maxInventoryAge = 60_000

/** Runs the action. It never throws: failures are in the report. */
export async function run(world: World): Promise<RunReport> {
  const state = new RunState()
  const writer = new LogWriter(world.runner, world.runner.redactor)
  const done = new AbortController()
  const heartbeat = everyMinute(world.clock, done.signal, (now) => writer.stillWaiting(now))
  await recordErrors(state, () => readAndRun(world, state, writer))
  done.abort()
  await heartbeat
  writer.close()
  return state.report
}

/** Reads the inputs, runs the pipeline, and reports its end on GitHub. */
async function readAndRun(world: World, state: RunState, writer: LogWriter): Promise<void> {
  const event = parseContext(world.runner.environment, world.runner.event())
  const given = state.require(readInputs(world.runner, event))
  state.warn(given.warnings)
  const github = given.githubToken && connectGitHub({ ...world, token: given.githubToken }, event)
  if (!given.token) return skip(state, noPreview)
  const { command } = given.inputs
  if (command === 'preview' && event.eventName === 'merge_group') return skip(state, inMergeQueue)
  const { unusable, variableFor } = world.proxies
  if (unusable) state.abort([failure('api-unavailable', unusable)])
  const { inputs, token } =
    command === 'preview' && event.pullRequestToRead !== null
      ? await withEventPullRequest(world, event, github, state)
      : given
  state.set('inputs', inputs)
  if (!token) return
  state.set('tokenSource', token.source)
  const { redactor } = world.runner
  redactor.addValues([...inputs.variables.values.values()].map((value) => value.reveal()))
  redactor.addNames(namesOfRun(inputs))
  const updates = new LiveUpdates(inputs, github, { ...world, redactor })
  const logs = new FailureLogs(redactor)
  const context = { world, inputs, token, github, updates, logs, state, writer }
  await recordErrors(state, () => runPipeline(context))
  const { path, warnings } = logs.write(world.runner.logFile)
  if (path !== null) state.set('logFile', path)
  state.warn(warnings)
  state.nameProxy(variableFor(inputs.apiUrl))
  state.warn(await updates.end(state.report))
}

/** Runs a stage. An error of it is in the report afterwards. */
async function recordErrors(state: RunState, stage: () => Promise<void>): Promise<void> {
  try {
    await stage()
  } catch (error) {
    if (!(error instanceof RunAborted)) state.fail([unexpected(error)])
  }
}

/** Everything that the pipeline works with. */
interface PipelineContext {
  readonly world: World
  readonly inputs: Inputs
  readonly token: TokenInput
  /** `null` without a GitHub token. */
  readonly github: GitHub | null
  readonly updates: LiveUpdates
  readonly logs: FailureLogs
  readonly state: RunState
  readonly writer: LogWriter
}

/** Runs the stages. Each adds its result to the state; the first that fails ends the run. */
async function runPipeline(context: PipelineContext): Promise<void> {
  const { world, inputs, token, updates, state, writer } = context
  const { clock } = world
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
  redactAlso(world.runner, inventory)
  log.readInventory()
  const selected = select(inventory, scope, toSelectionRequest(inputs))
  const explained = state.require(await searchOtherWorkspaces(selected, scope, api))
  const selection = state.set('selection', explained)
  log.selected(selection)
  if (selection.nothing) {
    state.notice([selection.nothing])
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
  const plan = state.set('plan', world.transformPlan?.(made) ?? made)
  state.notice(plan.notices ?? [])
  log.planned(plan, inputs)
  // A run that leaves everything alone costs no more than finding that out.
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
  if (world.stop.aborted) state.fail([cancelled(outcomes)])
}

/** Asks about the API, if the inputs say so. */
async function diagnose(
  { inputs, state, world }: PipelineContext,
  log: RunLog,
  ask: () => Promise<Diagnosis>,
): Promise<void> {
  if (!inputs.diagnose) return
  log.diagnosing()
  log.diagnosed(state.set('diagnosis', await ask()))
  if (world.stop.aborted) state.abort([cancelled([])])
}

/** Returns everything that planning may read. */
function planSources(
  { world, github }: PipelineContext,
  api: RailwayApi,
  scope: TokenScope,
  commits: CommitHistory,
): PlanSources {
  return {
    scope,
    ...api.sources,
    directories: world.directories,
    commits,
    pullRequests: github?.pullRequests ?? null,
  }
}

/** Returns the history of the repository: the checkout knows it without a request, GitHub knows all of it. */
const commitHistory = ({ world, github }: PipelineContext): CommitHistory =>
  new FirstHistory(world.history, ...(github ? [github.commits] : []))

/** Returns everything that carrying out the plan may change. */
function executePorts(
  { world, github, writer, updates, logs }: PipelineContext,
  api: RailwayApi,
  deadline: Deadline,
  commits: CommitHistory,
): ExecutePorts {
  return {
    ...api.targets,
    pullRequests: github?.pullRequests ?? null,
    commits,
    archives: world.directories,
    probe: healthProbe(world),
    clock: world.clock,
    signal: world.stop,
    deadline,
    emit: (event) => {
      if (event.kind === 'log-read') return logs.add(event)
      writer.onEvent(event)
      updates.onEvent(event)
    },
  }
}

/** Adds the names that the run shows to those that are not redacted, and masks the secrets that are left. */
function redactAlso(runner: Runner, inventory: Inventory): void {
  runner.redactor.addNames(namesOfInventory(inventory))
  for (const value of runner.redactor.masks()) runner.mask(value)
}

/** Warns of config files of the selected services; without `api`, only of those that their settings name. */
async function warnOfConfigFiles(
  { world, inputs, state }: PipelineContext,
  selection: Selection,
  api: Pick<RailwayApi, 'configFiles'> | null,
): Promise<void> {
  if (!concernsConfigFiles(inputs)) return
  const targets = targetsOf(selection)
  const resolved = await api?.configFiles(targets.filter(mayHaveConfigFile))
  state.warn(configFileWarnings(targets, resolved ?? new Map(), world.clock.now()))
}

/** Ends a preview that has nothing to do and is no error. */
function skip(state: RunState, notice: Warning): void {
  state.set('skipped', true)
  state.notice([notice])
}

/** Reads the inputs again with the pull request that the event names without describing it. */
async function withEventPullRequest(
  world: World,
  event: RunContext,
  github: GitHub | null,
  state: RunState,
): Promise<ReadInputs> {
  const settled = state.require(await readEventPullRequest(event, github?.pullRequests ?? null))
  state.warn(troubleWarnings(settled.errors))
  return state.require(readInputs(world.runner, settled.context))
}

/** Connects to Railway. Requests and what is left of the limit are in the report from then on. */
function connect(
  { world, inputs, token, state, writer }: PipelineContext,
  deadline: Deadline,
): Railway {
  const railway: Railway = new Railway({
    ...world,
    url: inputs.apiUrl,
    shard: inputs.shard,
    token: token.secret,
    deadline: () => deadline.at,
    onRequest: (event) => {
      state.set('requests', railway.requests)
      const { remaining } = railway.budget
      if (remaining !== null) state.set('remaining', remaining)
      world.runner.debug(requestLine(event))
    },
    redactor: world.runner.redactor,
    onWait: writer.wait,
    onProjects: (count) => writer.lines([`${count} projects read`]),
  })
  return railway
}

/** Waits until the request budget suffices for the plan, or aborts the run if it never will in time. */
async function waitForBudget(
  { world, state, writer }: PipelineContext,
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
      return world.clock.sleep(check.until - world.clock.now(), world.stop)
  }
}

/** Fails a dry run that found something to do. */
const changesPending = ({ steps }: Plan): Failure =>
  failure('changes-pending', {
    targets: [
      ...new Set(
        steps.flatMap(({ action, target }) => (action === 'keep' ? [] : [targetName(target)])),
      ),
    ],
  })

function cancelled(outcomes: readonly Outcome[]): Failure {
  const started = outcomes.filter(({ deploymentId }) => deploymentId !== null)
  return failure('cancelled', {
    started: started.length,
    unfinished: started.filter(({ status }) => status === 'cancelled').length,
  })
}

/** Describes an error that ended the pipeline. */
const unexpected = (error: unknown): Failure =>
  error instanceof FatalFailure ? error.failure : internalError(error)
