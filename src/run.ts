import { RunAnnouncer } from './announce/run-announcer.ts'
import { beat, type Clock } from './clock.ts'
import { type Failure, failure } from './errors.ts'
import { Deadline } from './execute/deadline.ts'
import { execute } from './execute/execute.ts'
import type { Outcome } from './execute/outcome.ts'
import type { Archives } from './execute/ports.ts'
import { connectGitHub, type GitHub } from './github/github.ts'
import type { Runner } from './github/runner.ts'
import { isChanging } from './inputs/commands.ts'
import { type Inputs, readInputs, type TokenInput } from './inputs/inputs.ts'
import {
  concernsConfigFiles,
  configFileWarnings,
  mayHaveConfigFile,
} from './inventory/config-files.ts'
import { lookElsewhere } from './inventory/elsewhere.ts'
import { type Selection, select, targetsOf, wantedOf } from './inventory/select.ts'
import { Ledger, Stopped } from './ledger.ts'
import { judgeBudget } from './plan/budget.ts'
import { makePlan } from './plan/make-plan.ts'
import { costOf, hasWork, type Plan } from './plan/plan.ts'
import type { Directories } from './plan/upload.ts'
import type { Fetch } from './railway/http.ts'
import { Railway, RailwayFailure } from './railway/railway.ts'
import type { Known } from './report/known.ts'
import { planLines, requestLine, scopeLines, selectionLines } from './report/lines.ts'
import { Narrator } from './report/narrator.ts'
import { reachCard, tokenCard } from './report/scope-card.ts'
import type { Warning } from './report/warning.ts'
import {
  evidenceLines,
  nameLines,
  noPreview,
  outcomeWarnings,
  scopeWarnings,
  tokenLines,
} from './report/warnings.ts'
import { establishScope } from './scope/establish.ts'
import { masksOf } from './variables/masks.ts'

/** Everything outside that a run touches. */
export interface World {
  readonly runner: Runner
  readonly clock: Clock
  readonly fetch: Fetch
  readonly directories: Directories & Archives
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
export async function run(world: World): Promise<Known> {
  const ledger = new Ledger()
  const narrator = new Narrator(world.runner)
  const done = new AbortController()
  const heartbeat = beat(world.clock, done.signal, (now) => narrator.stillWaiting(now))
  await booked(ledger, () => announced(world, ledger, narrator))
  done.abort()
  await heartbeat
  narrator.close()
  return ledger.known
}

/** What is asked for, the road there, and telling GitHub where it ended. */
async function announced(world: World, ledger: Ledger, narrator: Narrator): Promise<void> {
  const { inputs, token, githubToken } = ledger.take(readInputs(world.runner))
  ledger.keep('inputs', inputs)
  if (!token) return skip(ledger)
  ledger.keep('tokenSource', token.source)
  for (const value of inputs.variables.values.values()) {
    for (const part of masksOf(value.reveal())) world.runner.mask(part)
  }
  const github = githubToken && connectGitHub({ ...world, token: githubToken }, inputs.context)
  const announcer = new RunAnnouncer(inputs, github, world.clock)
  await booked(ledger, () => road(world, { inputs, token, github, announcer }, ledger, narrator))
  ledger.warn(await announcer.end(ledger.known))
}

/** Goes on after a stage, however that ended: its fault is in the ledger then. */
async function booked(ledger: Ledger, stage: () => Promise<void>): Promise<void> {
  try {
    await stage()
  } catch (error) {
    if (!(error instanceof Stopped)) ledger.fail([unexpected(error)])
  }
}

/** What the road starts from. */
interface Errand {
  readonly inputs: Inputs
  readonly token: TokenInput
  /** `null` without a GitHub token. */
  readonly github: GitHub | null
  readonly announcer: RunAnnouncer
}

/** The whole story. Each stage adds what it found to the ledger; the first that finds a fault ends it. */
async function road(
  world: World,
  { inputs, token, github, announcer }: Errand,
  ledger: Ledger,
  narrator: Narrator,
): Promise<void> {
  const deadline = new Deadline(world.clock, inputs.timeout)
  const railway = connect(world, { inputs, token, deadline }, ledger, narrator)

  narrator.phase('Token')
  narrator.lines(tokenLines(token))
  const verdict = ledger.keep('verdict', await establishScope(railway.probes, { token, ...inputs }))
  if (verdict.finding) narrator.lines(nameLines(token, verdict.finding.kind))
  if (verdict.scope.ok) ledger.keep('scope', verdict.scope.value)
  narrator.lines(scopeLines(tokenCard(ledger.known)))
  narrator.lines(evidenceLines(verdict))
  const scope = ledger.take(verdict.scope)
  ledger.warn(scopeWarnings(scope))

  narrator.phase('Inventory')
  const readAt = world.clock.now()
  const isStale = () => world.clock.now() - readAt > freshFor
  const inventory = ledger.keep('inventory', await railway.inventory(scope))
  narrator.lines(scopeLines(reachCard(ledger.known)))
  const selected = select(inventory, scope, wantedOf(inputs))
  const selection = ledger.keep(
    'selection',
    ledger.take(await lookElsewhere(selected, scope, railway)),
  )
  ledger.warn(selection.warnings)
  narrator.lines(selectionLines(selection))
  const warnOfConfigFiles = async (files: ConfigFiles | null) => {
    ledger.warn(await configFilesOf(inputs, selection, files, world.clock))
  }
  if (!isChanging(inputs.command)) return warnOfConfigFiles(railway)

  narrator.phase('Plan')
  const variables = railway.variables(scope.kind)
  const planEdges = {
    ...world,
    variables,
    scope,
    histories: railway.histories(scope.kind),
    roots: railway.roots(scope.kind),
    previews: railway.previewReader(scope.kind),
    pullRequests: github?.pullRequests ?? null,
  }
  const plan = ledger.keep('plan', ledger.take(await makePlan(inputs, selection, planEdges)))
  ledger.warn(plan.warnings)
  // A run that leaves everything alone costs no more than finding that out.
  await warnOfConfigFiles(hasWork(plan) ? railway : null)
  narrator.lines(planLines(plan))
  if (inputs.dryRun) return
  const affordable = { inputs, railway, deadline, world, stale: isStale() }
  await affordPlan(plan, affordable, ledger, narrator)

  narrator.phase('Deploy')
  announcer.begin(plan)
  const options = { ...inputs, stale: isStale() }
  const outcomes = await execute(plan, options, {
    deployments: railway.deployments(scope.kind),
    variables,
    archives: world.directories,
    clock: world.clock,
    signal: world.stop,
    deadline,
    previews: railway.previews(scope.kind),
    emit: (event) => {
      narrator.tell(event)
      announcer.tell(event)
    },
    pollFloor: (load) => railway.pollFloor(load),
  })
  ledger.keep('outcomes', outcomes)
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

/** A preview without secrets has nothing to do and is no error. */
function skip(ledger: Ledger): void {
  ledger.keep('skipped', true)
  ledger.note([noPreview])
}

function connect(
  world: World,
  { inputs, token, deadline }: { inputs: Inputs; token: TokenInput; deadline: Deadline },
  ledger: Ledger,
  narrator: Narrator,
): Railway {
  const railway: Railway = new Railway({
    ...world,
    url: inputs.apiUrl,
    token: token.secret,
    deadline: () => deadline.at,
    onRequest: (event) => {
      ledger.keep('requests', railway.requests)
      const { remaining } = railway.budget
      if (remaining !== null) ledger.keep('remaining', remaining)
      world.runner.debug(requestLine(event))
    },
    onWait: narrator.wait,
    onProjects: (count) => narrator.lines([`${count} projects read`]),
  })
  return railway
}

/** Compares the plan's cost with the request budget, before anything is changed. */
async function affordPlan(
  plan: Plan,
  edges: { inputs: Inputs; railway: Railway; deadline: Deadline; world: World; stale: boolean },
  ledger: Ledger,
  narrator: Narrator,
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
  if (error instanceof RailwayFailure) return error.failure
  const name = error instanceof Error ? error.name : typeof error
  const where = error instanceof Error ? (/\bat (\S+)/.exec(error.stack ?? '')?.[1] ?? '') : ''
  return failure('internal-error', { name, where })
}
