import { Deadline } from './deadline.ts'
import type { Diagnosis } from './diagnosis.ts'
import { type Failure, failure } from './errors/codes.ts'
import { githubWarnings } from './errors/github-warnings.ts'
import { execute } from './execute/execute.ts'
import type { Outcome } from './execute/outcome.ts'
import { connectGitHub, type GitHub } from './github/api/github.ts'
import type { Runner } from './github/runner.ts'
import { isChanging } from './inputs/commands.ts'
import { readEventPullRequest } from './inputs/event-pull-request.ts'
import { lacksCommit, type ReadInputs, readInputs, type TokenInput } from './inputs/read-inputs.ts'
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
import { checkBudget, lowBudgetTitle, lowShareWarning, type RequestBudget } from './plan/budget.ts'
import { collectFacts } from './plan/collect-facts.ts'
import { type Cost, costOf } from './plan/cost.ts'
import { makePlan } from './plan/make-plan.ts'
import { hasWork, type Plan, type Step } from './plan/plan.ts'
import { collectSecretValues } from './plan/secret-values.ts'
import { sourceWarnings, withTriggers } from './plan/source-warnings.ts'
import { targetKey } from './plan/step-id.ts'
import { FailureLogs } from './publish/failure-logs.ts'
import { LiveUpdates } from './publish/live-updates.ts'
import type { LogWriter } from './publish/log-writer.ts'
import { noWarnedSettings } from './railway/adapters/warned-settings.ts'
import type { Railway } from './railway/railway.ts'
import type { RailwayApi } from './railway/scoped-api.ts'
import { recordErrors } from './record-errors.ts'
import { allFailures } from './report/run-status.ts'
import { namesOfInventory, namesOfRun } from './report/unredacted-names.ts'
import { inMergeQueue, refDeleted } from './report/warnings.ts'
import type { RunDeps } from './run-deps.ts'
import { RunLog } from './run-log.ts'
import {
  commitHistory,
  connectRailway,
  executePorts,
  type PipelineContext,
  planSources,
} from './run-ports.ts'
import type { RunState } from './run-state.ts'
import { detectToken } from './scope/detect-token.ts'
import { resolveScope } from './scope/resolve-scope.ts'
import type { TokenScope } from './scope/token-scope.ts'

/**
 * The maximum age of the inventory, in milliseconds. If it is older, its targets are read again before the first
 * change.
 */
const maxInventoryAge = 60_000

/** The report of a run and the writer of its log. */
interface RunRecord {
  readonly state: RunState
  readonly writer: LogWriter
}

/** Runs the pipeline with the token in the inputs. After it, updates the comment and the deployments on GitHub. */
export async function runWithToken(
  deps: RunDeps,
  given: ReadInputs & { readonly token: TokenInput },
  event: RunContext,
  { state, writer }: RunRecord,
): Promise<void> {
  const github = given.githubToken && connectGitHub({ ...deps, token: given.githubToken }, event)
  const { command } = given.inputs
  if (command === 'preview' && event.eventName === 'merge_group') return state.skip(inMergeQueue)
  if (event.refDeleted && lacksCommit(given.inputs)) return state.skip(refDeleted)
  const { unusable, variableFor } = deps.proxies
  if (unusable) state.abort([failure('api-unavailable', unusable)])
  const { inputs, token } =
    command === 'preview' && event.pullRequestToRead !== null
      ? await withEventPullRequest(deps, event, github, state)
      : given
  state.set('inputs', inputs)
  if (!token) return
  state.set('tokenSource', token.source)
  const { redactor } = deps.runner
  const { variables, registry } = inputs
  const values = [...variables.values.values(), ...(registry ? [registry.username] : [])]
  redactor.addValues(values.map((value) => value.reveal()))
  redactor.addNames(namesOfRun(inputs))
  const updates = new LiveUpdates(inputs, github, { ...deps, redactor })
  const logs = new FailureLogs(redactor)
  const context = { deps, inputs, token, github, updates, logs, state, writer }
  const deadline = new Deadline(deps.clock, inputs.timeout)
  const railway = connectRailway(context, deadline)
  await recordErrors(state, () => runPipeline(context, railway, deadline))
  warnOfLowBudget(state, railway.budget)
  state.set('logExcerpts', logs.excerpts())
  const { path, warnings } = logs.write(deps.runner.logFile)
  if (path !== null) state.set('logFile', path)
  state.warn(warnings)
  state.nameProxy(variableFor(inputs.apiUrl))
  state.warn(await updates.end(state.report))
}

/** Runs the stages of the pipeline. Each stage adds its result to the state. The first failure ends the pipeline. */
async function runPipeline(
  context: PipelineContext,
  railway: Railway,
  deadline: Deadline,
): Promise<void> {
  const { deps, inputs, token, updates, state, writer } = context
  const { clock } = deps
  const log = new RunLog(writer, state)

  const scope = await detectScope(context, log, railway)
  const api = railway.as(scope, { token, ...inputs })

  const readAt = clock.now()
  const isStale = () => clock.now() - readAt > maxInventoryAge
  const inventory = state.set('inventory', withLabels(await api.inventory()))
  registerNames(deps.runner, inventory)
  log.readInventory()
  const selected = select(inventory, scope, toSelectionRequest(inputs))
  const searched = await searchOtherWorkspaces(selected, scope, api)
  const selection = state.set('selection', state.require(searched))
  log.selected(selection)
  if (selection.emptyReason) {
    state.notice([selection.emptyReason])
    state.set('plan', { steps: [], warnings: [] })
    return diagnose(context, log, () => railway.diagnose(scope, inventory))
  }
  if (!isChanging(inputs.command)) {
    await warnOfSettings(context, selection, [], api)
    return diagnose(context, log, () => railway.diagnose(scope, inventory))
  }

  log.planning()
  const disk = await deps.disk()
  const commits = commitHistory(context, disk)
  const sources = planSources(context, api, scope, { ...disk, commits })
  const facts = state.require(await collectFacts(inputs, selection, sources))
  const made = state.require(makePlan(inputs, selection, facts, clock.now()))
  const plan = state.set('plan', deps.transformPlan?.(made) ?? made)
  state.notice(plan.notices ?? [])
  log.planned(plan, inputs)
  // A plan without changes does not justify another request.
  await warnOfSettings(context, selection, plan.steps, hasWork(plan) ? api : null)
  if (inputs.dryRun) {
    if (inputs.failOnChanges && hasWork(plan)) state.fail([changesPending(plan)])
    return
  }
  const cost = costOf(plan, { ...inputs, batch: api.batchSize, stale: isStale() })
  await waitForBudget(context, cost, railway, deadline)

  log.executing()
  updates.begin(plan)
  const secrets = collectSecretValues(plan, inputs, facts)
  const options = { ...inputs, stale: isStale() }
  const ports = executePorts(context, api, deadline, { ...disk, commits })
  const outcomes = state.set('outcomes', await execute(plan, secrets, options, ports))
  log.executed(outcomes)
  if (deps.stop.aborted) state.fail([cancelled(outcomes)])
}

/** Detects the type of the token, and returns its scope. Aborts the run if the token does not meet the inputs. */
async function detectScope(
  { inputs, token, state }: PipelineContext,
  log: RunLog,
  { probes }: Railway,
): Promise<TokenScope> {
  log.readToken(token)
  const requirements = { token, ...inputs }
  const detection = state.set('detection', await detectToken(probes, requirements))
  const resolved = resolveScope(detection, requirements)
  if (resolved.ok) state.set('scope', resolved.value)
  log.detected(token, detection)
  const scope = state.require(resolved)
  log.resolved(scope)
  return scope
}

/** Checks the assumptions about Railway's API if the input `diagnose` is set. */
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

/**
 * Excludes the names in the inventory from redaction. Then masks the distinctive values that equal none of these names.
 */
function registerNames(runner: Runner, inventory: Inventory): void {
  runner.redactor.addNames(namesOfInventory(inventory))
  for (const value of runner.redactor.masks()) runner.mask(value)
}

/**
 * Warns about settings of the selected services: config files, and branches and repositories that do not fit a deployed
 * commit. Without `api`, only the settings in the inventory are known.
 */
async function warnOfSettings(
  { deps, inputs, state }: PipelineContext,
  selection: Selection,
  steps: readonly Step[],
  api: Pick<RailwayApi, 'warnedSettings'> | null,
): Promise<void> {
  if (!concernsConfigFiles(inputs)) return
  const targets = targetsOf(selection)
  const { configFiles, switchedOff } =
    (await api?.warnedSettings({
      configFiles: targets.filter(mayHaveConfigFile),
      autoDeploys: withTriggers(selection, inputs),
    })) ?? noWarnedSettings
  state.warn(configFileWarnings(targets, configFiles, deps.clock.now()))
  state.warn(sourceWarnings(steps, selection, inputs, switchedOff))
}

/** Warns if few requests are left in the hourly limit, unless the run has reported that before. */
function warnOfLowBudget(state: RunState, budget: RequestBudget): void {
  const { warnings } = state.report
  const isReported =
    warnings.some(({ title }) => title === lowBudgetTitle) ||
    allFailures(state.report).some(({ code }) => code === 'rate-limited')
  if (!isReported) state.warn(lowShareWarning(budget))
}

/** Reads the pull request to which the event refers from GitHub, and then the inputs again. */
async function withEventPullRequest(
  deps: RunDeps,
  event: RunContext,
  github: GitHub | null,
  state: RunState,
): Promise<ReadInputs> {
  const { runner } = deps
  const step = await runner.step()
  const reading = await readEventPullRequest(event, github?.pullRequests ?? null)
  if (!reading.ok) {
    // The commit of a fork's workflow is known from the event. Permission to read its pull request would not help.
    const without = readInputs({ ...runner, step }, { ...event, pullRequestToRead: null })
    if (!without.ok && without.failures.some(isUntrusted)) return state.abort(without.failures)
  }
  const completed = state.require(reading)
  state.warn(githubWarnings(completed.errors))
  return state.require(readInputs({ ...runner, step }, completed.context))
}

const isUntrusted = ({ code }: Failure) => code === 'untrusted-commit'

/** Waits until the request budget suffices for the plan. Aborts the run if that would be after the deadline. */
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

/** Creates the failure of a dry run with `fail-on-changes` and a plan with changes. */
function changesPending({ steps }: Plan): Failure {
  const changing = steps.filter(({ action }) => action !== 'keep').map(({ target }) => target)
  const targets = new Map(changing.map((target) => [targetKey(target), locationOf(target)]))
  return failure('changes-pending', { targets: [...targets.values()] })
}

/** Creates the failure of a cancelled run. */
function cancelled(outcomes: readonly Outcome[]): Failure {
  const started = outcomes.filter(({ deploymentId }) => deploymentId !== null)
  return failure('cancelled', {
    started: started.length,
    unfinished: started.filter(({ status }) => status === 'cancelled').length,
  })
}
