import { everyMinute } from '../clock.ts'
import { internalError } from '../errors/internal-error.ts'
import type { Named } from '../named.ts'
import type { Plan, Step, StepId } from '../plan/plan.ts'
import type { SecretValues } from '../plan/secret-values.ts'
import { ChangeQueue } from './change-queue.ts'
import { checkPlan } from './check-plan.ts'
import type { ExecuteOptions, ExecutePorts } from './context.ts'
import { DeploymentPoller } from './deployment-poller.ts'
import { heldBack, isHealthy } from './held-back.ts'
import { brokenOff, endedWell, isBad, notStarted, type Outcome } from './outcome.ts'
import type { InstanceState } from './ports.ts'
import { EnvironmentCreationQueue } from './preview/create.ts'
import { PreviewRegistry } from './preview/registry.ts'
import { type CurrentStates, type FindStep, refresh, replan } from './refresh.ts'
import { isToRollBack, rollBackRun, shouldRollBack } from './rollback/roll-back-run.ts'
import type { StepContext, StepResult } from './step-context.ts'
import { runStep } from './steps/run-step.ts'
import { Verification } from './verify.ts'

/** Carries out a plan and returns the outcome of every step, in the plan's order. `secrets` has the values it names. */
export async function execute(
  plan: Plan,
  secrets: SecretValues,
  options: ExecuteOptions,
  ports: ExecutePorts,
): Promise<Outcome[]> {
  const outcomes = await runSteps(plan, secrets, options, ports)
  const { signal } = ports
  if (options.onFailure === 'keep' || signal.aborted || !shouldRollBack(outcomes)) return outcomes
  const patient = { ...options, failFast: false, stale: false }
  try {
    return await rollBackRun(outcomes, {
      ports,
      turns: new ChangeQueue(patient, ports),
      gaveCredentials: options.registry !== null,
      run: (steps) => runSteps({ steps }, new Map(), patient, ports),
    })
  } catch (error) {
    return outcomes.map((outcome) => notRolledBack(outcome, error))
  }
}

/** Adds to the outcome of a deployment that a defect of the action kept it from being rolled back. */
function notRolledBack(outcome: Outcome, error: unknown): Outcome {
  if (!isToRollBack(outcome)) return outcome
  const message = `${outcome.message}; a defect of the action broke off its rollback`
  return { ...outcome, message, failure: outcome.failure ?? internalError(error) }
}

async function runSteps(
  plan: Pick<Plan, 'steps' | 'canary'>,
  secrets: SecretValues,
  options: ExecuteOptions,
  ports: ExecutePorts,
): Promise<Outcome[]> {
  const { steps } = plan
  checkPlan(steps)
  const turns = new ChangeQueue(options, ports)
  const watch = new DeploymentPoller({
    ...ports,
    pending: () => turns.pending,
  })
  const creations = new EnvironmentCreationQueue()
  const ready = new PreviewRegistry()
  const execution: StepContext = {
    options,
    ports,
    steps: new Map(steps.map((step) => [step.id, step])),
    secrets,
    turns,
    watch,
    creations,
    ready,
  }
  const done = new AbortController()
  const startedAt = ports.clock.now()
  const heartbeat = everyMinute(ports.clock, done.signal, (now) => {
    const waiting = watch.waiting()
    if (waiting.length > 0) {
      ports.emit({ kind: 'heartbeat', waiting, milliseconds: now - startedAt })
    }
  })
  try {
    return await runWaves(plan, execution)
  } finally {
    done.abort()
    await heartbeat
  }
}

/** A wave begins when every step of the waves before it has ended well. */
async function runWaves(
  { steps, canary = false }: Pick<Plan, 'steps' | 'canary'>,
  execution: StepContext,
): Promise<Outcome[]> {
  const outcomes = new Map<StepId, Outcome>()
  const waves = [...new Set(steps.map(({ wave = 0 }) => wave))].sort((a, b) => a - b)
  for (const wave of waves) {
    const ended = [...outcomes.values()]
    const unhealthy = ended.find((outcome) => !isHealthy(outcome))
    if (unhealthy) {
      const rest = steps.filter((step) => (step.wave ?? 0) >= wave)
      for (const one of heldBack(rest, unhealthy, canary)) outcomes.set(one.step.id, one)
      break
    }
    const own = steps.filter((step) => (step.wave ?? 0) === wave)
    const waited = ended.some(({ step }) => step.action !== 'keep')
    const outcomesOfWave = await runWave(own, execution, waited || execution.options.stale)
    for (const [index, { id }] of own.entries()) {
      const outcome = outcomesOfWave[index]
      if (outcome) outcomes.set(id, outcome)
    }
  }
  return steps.flatMap(({ id }) => outcomes.get(id) ?? [])
}

async function runWave(
  steps: readonly Step[],
  execution: StepContext,
  isStale: boolean,
): Promise<Outcome[]> {
  const tell = (outcome: Outcome) => {
    if (isBad(outcome)) execution.turns.reportFailure()
    execution.ports.emit({ kind: 'ended', outcome })
  }
  const running = new Map<StepId, Promise<StepResult>>()
  const current = isStale
    ? refresh(steps, findIn(execution), execution.ports)
    : Promise.resolve<CurrentStates>(new Map())
  // Each step meets the error itself.
  current.catch(() => {})
  const now = async (step: Step) => stepNow(step, (await current).get(step.id) ?? null, execution)
  for (const step of steps) running.set(step.id, runWhenReady(step, now, running, execution, tell))
  const ended = await Promise.all(running.values())
  const verification = new Verification(execution, tell)
  const verified = await verification.run(
    ended.flatMap((end) => ('finished' in end ? [end.finished] : [])),
  )
  return ended.flatMap((end) =>
    'outcome' in end ? end.outcome : (verified.get(end.finished) ?? []),
  )
}

async function runWhenReady(
  step: Step,
  now: (step: Step) => Promise<Step<Named>>,
  running: ReadonlyMap<StepId, Promise<StepResult>>,
  execution: StepContext,
  tell: (outcome: Outcome) => void,
): Promise<StepResult> {
  const before = await Promise.all(step.after.map((id) => running.get(id)))
  const stopper = before.find((end) => end && 'outcome' in end && !endedWell(end.outcome))
  const end = stopper
    ? { outcome: notStarted(step, 'a step that it needs did not end well') }
    : await runGuarded(step, async () => runStep(await now(step), execution))
  if ('outcome' in end) tell(end.outcome)
  return end
}

/** Runs a step. An error that it throws is its outcome, so that the outcomes of the others stay. */
async function runGuarded(step: Step, run: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await run()
  } catch (error) {
    return { outcome: brokenOff(step, error) }
  }
}

/** Decides the step as it is to be done now, by what was found out since it was planned. */
function stepNow(planned: Step, state: InstanceState | null, context: StepContext): Step<Named> {
  const { ready, options, ports } = context
  const resolved = ready.resolve(planned)
  const step = state ? replan(resolved, state, options, findIn(context)) : resolved
  if (step.action === 'adopt' && planned.action !== 'adopt') {
    ports.emit({ kind: 'note', target: step.target, note: step.detail })
  }
  return step
}

const findIn =
  ({ steps }: StepContext): FindStep =>
  (id) =>
    steps.get(id)
