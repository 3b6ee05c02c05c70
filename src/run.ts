import { Deadline } from './deadline.ts'
import type { Diagnosis } from './diagnosis.ts'
import { type Failure, failure } from './errors/codes.ts'
import { troubleWarnings } from './errors/github-warnings.ts'
import type { ExecutePorts } from './execute/context.ts'
import { execute } from './execute/execute.ts'
import type { Outcome } from './execute/outcome.ts'
import { connectGitHub, type GitHub } from './github/api/github.ts'
import { CombinedHistory } from './github/commit-history.ts'
import type { Runner } from './github/runner.ts'
import { healthProbe } from './health/probe.ts'
import { isChanging } from './inputs/commands.ts'
import { readEventPullRequest } from './inputs/event-pull-request.ts'
import { type Inputs, type ReadInputs, readInputs, type TokenInput } from './inputs/read-inputs.ts'
import type { RunContext } from './inputs/run-context.ts'
import {
  concernsConfigFiles,
  configFileWarnings,
  mayHaveConfigFile,
} from './inventory/config-files.ts'
import { type Inventory, locationOf } from './inventory/inventory.ts'
import { withLabels } from './inventory/labels.ts'
import { searchOtherWorkspaces } from './inventory/other-workspaces.ts'
import { select } from './inventory/select.ts'
import { type Selection, targetsOf, toSelectionRequest } from './inventory/selection.ts'
import { checkBudget } from './plan/budget.ts'
import { collectFacts } from './plan/collect-facts.ts'
import { type Cost, costOf } from './plan/cost.ts'
import { makePlan } from './plan/make-plan.ts'
import { hasWork, type Plan } from './plan/plan.ts'
import type { CommitHistory, PlanSources } from './plan/ports.ts'
import { desiredValues } from './plan/secret-values.ts'
import { targetKey } from './plan/step-id.ts'
import { FailureLogs } from './publish/failure-logs.ts'
import { LiveUpdates } from './publish/live-updates.ts'
import type { LogWriter } from './publish/log-writer.ts'
import type { RailwayApi } from './railway/api.ts'
import { Railway } from './railway/railway.ts'
import { recordErrors } from './record-errors.ts'
import { requestLine } from './report/log-lines.ts'
import { namesOfInventory, namesOfRun } from './report/shown-names.ts'
import { inMergeQueue } from './report/warnings.ts'
import type { Disk, RunDeps } from './run-deps.ts'
import { RunLog } from './run-log.ts'
import type { RunState } from './run-state.ts'
import { detectToken } from './scope/detect-token.ts'
import { resolveScope } from './scope/resolve-scope.ts'
import type { TokenScope } from './scope/token-scope.ts'
import { count } from './text.ts'

/** The maximum age of the inventory, in milliseconds. The targets of an older one are read again before changes. */
const maxInventoryAge = 60_000

/** The collectors of what a run finds out, and of what it shows meanwhile. */
interface RunRecord {
  readonly state: RunState
  readonly writer: LogWriter
}

/** Runs the pipeline with the token of the inputs. At its end it updates comment and deployments on GitHub. */
export async function runWithToken(
  world: RunDeps,
  given: ReadInputs & { readonly token: TokenInput },
  event: RunContext,
  { state, writer }: RunRecord,
): Promise<void> {
  const github = given.githubToken && connectGitHub({ ...world, token: given.githubToken }, event)
  const { command } = given.inputs
  if (command === 'preview' && event.eventName === 'merge_group') return state.skip(inMergeQueue)
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
  state.set('logExcerpts', logs.excerpts())
  const { path, warnings } = logs.write(world.runner.logFile)
  if (path !== null) state.set('logFile', path)
  state.warn(warnings)
  state.nameProxy(variableFor(inputs.apiUrl))
  state.warn(await updates.end(state.report))
}

/** The context of the pipeline. */
interface PipelineContext {
  readonly world: RunDeps
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
  registerNames(world.runner, inventory)
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
  const disk = await world.disk()
  const commits = commitHistory(context, disk)
  const sources = planSources(context, api, scope, { ...disk, commits })
  const facts = state.require(await collectFacts(inputs, selection, sources))
  const made = state.require(makePlan(inputs, selection, facts, clock.now()))
  const plan = state.set('plan', world.transformPlan?.(made) ?? made)
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
  const ports = executePorts(context, api, deadline, { ...disk, commits })
  const outcomes = state.set('outcomes', await execute(plan, secrets, options, ports))
  log.executed(outcomes)
  if (world.stop.aborted) state.fail([cancelled(outcomes)])
}

/** Checks the assumptions about Railway's API with requests, if the input `diagnose` is set. */
async function diagnose(
  { inputs, state, world }: PipelineContext,
  log: RunLog,
  request: () => Promise<Diagnosis>,
): Promise<void> {
  if (!inputs.diagnose) return
  log.diagnosing()
  log.diagnosed(state.set('diagnosis', await request()))
  if (world.stop.aborted) state.abort([cancelled([])])
}

/** Returns the sources that planning may read. */
function planSources(
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

/** Returns the history of the repository. The checkout is used first, because GitHub costs requests. */
const commitHistory = ({ github }: PipelineContext, { history }: Disk): CommitHistory =>
  new CombinedHistory(history, ...(github ? [github.commits] : []))

/** Returns the ports through which the execution of the plan reads and changes things. */
function executePorts(
  { world, github, writer, updates, logs }: PipelineContext,
  api: RailwayApi,
  deadline: Deadline,
  { directories, commits }: Pick<Disk, 'directories'> & Pick<ExecutePorts, 'commits'>,
): ExecutePorts {
  return {
    ...api.targets,
    pullRequests: github?.pullRequests ?? null,
    commits,
    archives: directories,
    probe: healthProbe(world),
    clock: world.clock,
    signal: world.stop,
    deadline,
    emit: (event) => {
      if (event.kind === 'log-read') return logs.add(event)
      if (event.kind === 'explained') logs.addExcerpt(event)
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
  { world, inputs, state }: PipelineContext,
  selection: Selection,
  api: Pick<RailwayApi, 'configFiles'> | null,
): Promise<void> {
  if (!concernsConfigFiles(inputs)) return
  const targets = targetsOf(selection)
  const resolved = await api?.configFiles(targets.filter(mayHaveConfigFile))
  state.warn(configFileWarnings(targets, resolved ?? new Map(), world.clock.now()))
}

/** Reads the inputs again with the pull request that the event only refers to. */
async function withEventPullRequest(
  world: RunDeps,
  event: RunContext,
  github: GitHub | null,
  state: RunState,
): Promise<ReadInputs> {
  const settled = state.require(await readEventPullRequest(event, github?.pullRequests ?? null))
  state.warn(troubleWarnings(settled.errors))
  const { runner } = world
  return state.require(readInputs({ ...runner, step: await runner.step() }, settled.context))
}

/** Connects to Railway. The report then has the number of requests, and how many are left. */
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
    onProjects: (projects) => writer.lines([`${count(projects, 'project')} read`]),
  })
  return railway
}

/** Waits until the request budget is sufficient for the plan. Aborts the run if that is after the deadline. */
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

/** Returns the failure of a dry run with `fail-on-changes` whose plan has something to do. */
function changesPending({ steps }: Plan): Failure {
  const changing = steps.filter(({ action }) => action !== 'keep').map(({ target }) => target)
  const targets = new Map(changing.map((target) => [targetKey(target), locationOf(target)]))
  return failure('changes-pending', { targets: [...targets.values()] })
}

/** Builds the error of a cancelled run. */
function cancelled(outcomes: readonly Outcome[]): Failure {
  const started = outcomes.filter(({ deploymentId }) => deploymentId !== null)
  return failure('cancelled', {
    started: started.length,
    unfinished: started.filter(({ status }) => status === 'cancelled').length,
  })
}
