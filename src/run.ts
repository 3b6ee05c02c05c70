import { type Clock, everyMinute } from './clock.ts'
import { Deadline } from './deadline.ts'
import { type Failure, failure } from './errors/codes.ts'
import { troubleWarnings } from './errors/github-warnings.ts'
import type { Warning } from './errors/warning.ts'
import { execute } from './execute/execute.ts'
import type { Outcome } from './execute/outcome.ts'
import type { Archives } from './execute/ports.ts'
import { connectGitHub, type GitHub } from './github/api/github.ts'
import { FirstHistory } from './github/first-history.ts'
import type { Runner } from './github/runner.ts'
import { isChanging } from './inputs/commands.ts'
import { describeSelectionInputs } from './inputs/describe-selection.ts'
import { readEventPullRequest } from './inputs/event-pull-request.ts'
import { type Inputs, type ReadInputs, readInputs, type TokenInput } from './inputs/read-inputs.ts'
import { parseContext, type RunContext } from './inputs/run-context.ts'
import {
  concernsConfigFiles,
  configFileWarnings,
  mayHaveConfigFile,
} from './inventory/config-files.ts'
import { searchOtherWorkspaces } from './inventory/other-workspaces.ts'
import { select } from './inventory/select.ts'
import { type Selection, targetsOf, toSelectionRequest } from './inventory/selection.ts'
import { judgeBudget } from './plan/budget.ts'
import { collectFacts } from './plan/collect-facts.ts'
import { costOf } from './plan/cost.ts'
import { makePlan } from './plan/make-plan.ts'
import { hasWork, type Plan } from './plan/plan.ts'
import type { CommitHistory, Directories, PlanSources } from './plan/ports.ts'
import { desiredValues } from './plan/secret-values.ts'
import { LiveUpdates } from './publish/live-updates.ts'
import { LogWriter } from './publish/log-writer.ts'
import { FatalFailure, Railway } from './railway/railway.ts'
import type { Fetch } from './railway/transport/http.ts'
import { planLines, requestLine, scopeLines, selectionLines } from './report/log-lines.ts'
import { namesOfInventory, namesOfRun } from './report/shown-names.ts'
import { reachRows, tokenRows } from './report/token-summary.ts'
import {
  evidenceLines,
  inMergeQueue,
  nameLines,
  noPreview,
  outcomeWarnings,
  scopeWarnings,
  tokenLines,
} from './report/warnings.ts'
import { RunAborted, type RunReport, RunState } from './run-state.ts'
import { detectToken } from './scope/detect-token.ts'
import { oneLine } from './text.ts'

/** Everything outside that a run touches. */
export interface World {
  readonly runner: Runner
  readonly clock: Clock
  readonly fetch: Fetch
  readonly directories: Directories & Archives
  /** The history of the job's checkout. */
  readonly history: CommitHistory
  /** Replaces the plan before anything is done with it: tests hand over a copy. */
  readonly transformPlan?: (plan: Plan) => Plan
  /** A number in [0, 1). */
  readonly random: () => number
  /** Start nothing more, finish what is under way. */
  readonly stop: AbortSignal
  /** Give up what is under way, too. */
  readonly abandon: AbortSignal
}

/** So long an inventory may be taken for what is there. */
const freshFor = 60_000

/** Runs the action. It never throws: whatever happened is in what it answers. */
export async function run(world: World): Promise<RunReport> {
  const ledger = new RunState()
  const narrator = new LogWriter(world.runner, world.runner.redactor)
  const done = new AbortController()
  const heartbeat = everyMinute(world.clock, done.signal, (now) => narrator.stillWaiting(now))
  await booked(ledger, () => announced(world, ledger, narrator))
  done.abort()
  await heartbeat
  narrator.close()
  return ledger.report
}

/** What is asked for, the road there, and telling GitHub where it ended. */
async function announced(world: World, ledger: RunState, narrator: LogWriter): Promise<void> {
  const event = parseContext(world.runner.environment, world.runner.event())
  const given = ledger.require(readInputs(world.runner, event))
  ledger.warn(given.warnings)
  const github = given.githubToken && connectGitHub({ ...world, token: given.githubToken }, event)
  if (!given.token) return skip(ledger, noPreview)
  const { command } = given.inputs
  if (command === 'preview' && event.eventName === 'merge_group') return skip(ledger, inMergeQueue)
  const { inputs, token } =
    command === 'preview' && event.pullRequestToRead !== null
      ? await withEventPullRequest(world, event, github, ledger)
      : given
  ledger.set('inputs', inputs)
  if (!token) return
  ledger.set('tokenSource', token.source)
  const { redactor } = world.runner
  redactor.addValues([...inputs.variables.values.values()].map((value) => value.reveal()))
  redactor.addNames(namesOfRun(inputs))
  const announcer = new LiveUpdates(inputs, github, { clock: world.clock, redactor })
  await booked(ledger, () => road(world, { inputs, token, github, announcer }, ledger, narrator))
  ledger.warn(await announcer.end(ledger.report))
}

/** Goes on after a stage, however that ended: its fault is in the ledger then. */
async function booked(ledger: RunState, stage: () => Promise<void>): Promise<void> {
  try {
    await stage()
  } catch (error) {
    if (!(error instanceof RunAborted)) ledger.fail([unexpected(error)])
  }
}

/** What the road starts from. */
interface Errand {
  readonly inputs: Inputs
  readonly token: TokenInput
  /** `null` without a GitHub token. */
  readonly github: GitHub | null
  readonly announcer: LiveUpdates
}

/** The whole story. Each stage adds what it found to the ledger; the first that finds a fault ends it. */
async function road(
  world: World,
  { inputs, token, github, announcer }: Errand,
  ledger: RunState,
  narrator: LogWriter,
): Promise<void> {
  const deadline = new Deadline(world.clock, inputs.timeout)
  const railway = connect(world, { inputs, token, deadline }, ledger, narrator)

  narrator.phase('Token')
  narrator.lines(tokenLines(token))
  const verdict = ledger.set('verdict', await detectToken(railway.probes, { token, ...inputs }))
  if (verdict.detected) narrator.lines(nameLines(token, verdict.detected.kind))
  if (verdict.scope.ok) ledger.set('scope', verdict.scope.value)
  narrator.lines(scopeLines(tokenRows(ledger.report)))
  narrator.lines(evidenceLines(verdict))
  const scope = ledger.require(verdict.scope)
  ledger.warn(scopeWarnings(scope))

  narrator.phase('Inventory')
  const readAt = world.clock.now()
  const isStale = () => world.clock.now() - readAt > freshFor
  const inventory = ledger.set('inventory', await railway.inventory(scope))
  world.runner.redactor.addNames(namesOfInventory(inventory))
  for (const value of world.runner.redactor.masks()) world.runner.mask(value)
  narrator.lines(scopeLines(reachRows(ledger.report)))
  const selected = select(inventory, scope, toSelectionRequest(inputs))
  const selection = ledger.set(
    'selection',
    ledger.require(await searchOtherWorkspaces(selected, scope, railway)),
  )
  ledger.warn(selection.warnings)
  narrator.lines(selectionLines(selection))
  if (selection.nothing) {
    ledger.notice([selection.nothing])
    ledger.set('plan', { steps: [], warnings: [] })
    return
  }
  const warnOfConfigFiles = async (files: ConfigFiles | null) => {
    ledger.warn(await configFilesOf(inputs, selection, files, world.clock))
  }
  if (!isChanging(inputs.command)) return warnOfConfigFiles(railway)

  narrator.phase('Plan')
  const variables = railway.variables(scope.kind)
  const sources: PlanSources = {
    scope,
    variables,
    histories: railway.histories(scope.kind),
    roots: railway.roots(scope.kind),
    previews: railway.previewReader(scope.kind),
    directories: world.directories,
    commits: new FirstHistory(world.history, ...(github ? [github.commits] : [])),
    pullRequests: github?.pullRequests ?? null,
  }
  const facts = ledger.require(await collectFacts(inputs, selection, sources))
  const made = ledger.require(makePlan(inputs, selection, facts, world.clock.now()))
  const plan = ledger.set('plan', world.transformPlan?.(made) ?? made)
  ledger.warn(plan.warnings)
  ledger.notice(plan.notices ?? [])
  // A run that leaves everything alone costs no more than finding that out.
  await warnOfConfigFiles(hasWork(plan) ? railway : null)
  narrator.lines(describeSelectionInputs(inputs).map((line) => oneLine(line)))
  narrator.lines(planLines(plan))
  if (inputs.dryRun) return
  const affordable = { inputs, railway, deadline, world, stale: isStale() }
  await affordPlan(plan, affordable, ledger, narrator)

  narrator.phase('Deploy')
  announcer.begin(plan)
  const options = { ...inputs, stale: isStale() }
  const secrets = desiredValues(plan, inputs, facts)
  const outcomes = await execute(plan, secrets, options, {
    deployments: railway.deployments(scope.kind),
    variables,
    archives: world.directories,
    clock: world.clock,
    signal: world.stop,
    deadline,
    previews: railway.previews(scope.kind),
    emit: (event) => {
      narrator.onEvent(event)
      announcer.onEvent(event)
    },
    minPollInterval: (load) => railway.pollFloor(load),
  })
  ledger.set('outcomes', outcomes)
  ledger.warn(outcomeWarnings(outcomes))
  if (world.stop.aborted) ledger.fail([cancelled(outcomes)])
}

/** Tells of config files that a service's settings do not name. */
type ConfigFiles = Pick<Railway, 'configFiles'>

/** What is worth a warning about the config files of the selected services; without `files`, those in settings. */
async function configFilesOf(
  inputs: Inputs,
  selection: Selection,
  files: ConfigFiles | null,
  clock: Clock,
): Promise<Warning[]> {
  if (!concernsConfigFiles(inputs)) return []
  const targets = targetsOf(selection)
  const resolved = await files?.configFiles(targets.filter(mayHaveConfigFile))
  return configFileWarnings(targets, resolved ?? new Map(), clock.now())
}

/** Ends a preview that has nothing to do and is no error. */
function skip(ledger: RunState, notice: Warning): void {
  ledger.set('skipped', true)
  ledger.notice([notice])
}

/** Reads the inputs again with the pull request that the event names without describing it. */
async function withEventPullRequest(
  world: World,
  event: RunContext,
  github: GitHub | null,
  ledger: RunState,
): Promise<ReadInputs> {
  const settled = ledger.require(await readEventPullRequest(event, github?.pullRequests ?? null))
  ledger.warn(troubleWarnings(settled.errors))
  return ledger.require(readInputs(world.runner, settled.context))
}

function connect(
  world: World,
  { inputs, token, deadline }: { inputs: Inputs; token: TokenInput; deadline: Deadline },
  ledger: RunState,
  narrator: LogWriter,
): Railway {
  const railway: Railway = new Railway({
    ...world,
    url: inputs.apiUrl,
    token: token.secret,
    deadline: () => deadline.at,
    onRequest: (event) => {
      ledger.set('requests', railway.requests)
      const { remaining } = railway.budget
      if (remaining !== null) ledger.set('remaining', remaining)
      world.runner.debug(requestLine(event))
    },
    redactor: world.runner.redactor,
    onWait: narrator.wait,
    onProjects: (count) => narrator.lines([`${count} projects read`]),
  })
  return railway
}

/** Compares the plan's cost with the request budget, before anything is changed. */
async function affordPlan(
  plan: Plan,
  edges: { inputs: Inputs; railway: Railway; deadline: Deadline; world: World; stale: boolean },
  ledger: RunState,
  narrator: LogWriter,
): Promise<void> {
  const { inputs, railway, deadline, world, stale } = edges
  const cost = costOf(plan, { ...inputs, batch: railway.batchSize, stale })
  const verdict = judgeBudget(cost, railway.budget, deadline.at)
  switch (verdict.kind) {
    case 'enough':
      return ledger.warn(verdict.warnings)
    case 'too-little':
      return ledger.stop([verdict.failure])
    case 'wait':
      narrator.wait({
        until: verdict.until,
        because: 'the request budget is too small for the plan',
      })
      return world.clock.sleep(verdict.until - world.clock.now(), world.stop)
  }
}

function cancelled(outcomes: readonly Outcome[]): Failure {
  const started = outcomes.filter(({ deploymentId }) => deploymentId !== null)
  return failure('cancelled', {
    started: started.length,
    unfinished: started.filter(({ status }) => status === 'cancelled').length,
  })
}

/** A defect of ours is told without its message, which might quote anything. */
function unexpected(error: unknown): Failure {
  if (error instanceof FatalFailure) return error.failure
  const name = error instanceof Error ? error.name : typeof error
  const where = error instanceof Error ? (/\bat (\S+)/.exec(error.stack ?? '')?.[1] ?? '') : ''
  return failure('internal-error', { name, where })
}
