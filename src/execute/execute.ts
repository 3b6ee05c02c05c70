import { everyMinute } from '../clock.ts'
import { internalError } from '../errors/internal-error.ts'
import type { Target } from '../inventory/inventory.ts'
import type { Plan, StepEnvironment, StepId } from '../plan/plan.ts'
import type { SecretValues } from '../plan/secret-values.ts'
import { blockedOutcomes, isHealthy } from './blocked-outcomes.ts'
import { ChangeQueue } from './change-queue.ts'
import { checkPlan } from './check-plan.ts'
import type { ExecuteOptions, ExecutePorts } from './context.ts'
import { DeploymentPoller } from './deployment-poller.ts'
import { DeploymentSlots } from './deployment-slots.ts'
import type { Outcome } from './outcome.ts'
import { EnvironmentCreationQueue } from './preview/create.ts'
import { PreviewRegistry } from './preview/registry.ts'
import { isToRollBack, rollBackRun, shouldRollBack } from './rollback/roll-back-run.ts'
import { runWave } from './run-wave.ts'
import type { StepContext } from './step-context.ts'

/**
 * Executes a plan and returns the outcome of every step, in the plan's order. `secrets` has the values that the plan
 * names.
 */
export async function execute(
  plan: Plan,
  secrets: SecretValues,
  options: ExecuteOptions,
  ports: ExecutePorts,
): Promise<Outcome[]> {
  const outcomes = await runSteps(plan, secrets, options, ports)
  const { signal } = ports
  if (options.onFailure === 'keep' || signal.aborted || !shouldRollBack(outcomes)) return outcomes
  // What served before may not know the path of the health check.
  const patient = { ...options, failFast: false, stale: false, healthCheck: null }
  try {
    return await rollBackRun(outcomes, {
      ports,
      queue: new ChangeQueue(patient, ports),
      gaveCredentials: options.registry !== null,
      run: (steps) => runSteps({ steps }, new Map(), patient, ports),
    })
  } catch (error) {
    return outcomes.map((outcome) => notRolledBack(outcome, error))
  }
}

/** Adds to an outcome that the deployment was not rolled back because of a defect of the action. */
function notRolledBack(outcome: Outcome, error: unknown): Outcome {
  if (!isToRollBack(outcome)) return outcome
  const message = `${outcome.message}; a defect of the action interrupted its rollback`
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
  const queue = new ChangeQueue(options, ports)
  const slots = new DeploymentSlots(options.maxParallel)
  const poller = new DeploymentPoller({
    ...ports,
    pending: () => queue.pending + slots.waiting,
    decides: () => queue.isStoppable || slots.waiting > 0,
  })
  const checked = new Set<Target<StepEnvironment>>()
  const creations = new EnvironmentCreationQueue()
  const previews = new PreviewRegistry()
  const context: StepContext = {
    options,
    ports,
    steps: new Map(steps.map((step) => [step.id, step])),
    secrets,
    queue,
    slots,
    poller,
    checked,
    lateLogs: new Set(),
    creations,
    previews,
  }
  const done = new AbortController()
  const startedAt = ports.clock.now()
  const heartbeat = everyMinute(ports.clock, done.signal, (now) => {
    const checks = [...checked].map((target) => ({ target, status: 'health check' }))
    const waiting = [...poller.waiting(), ...checks]
    if (waiting.length > 0) {
      ports.emit({ kind: 'heartbeat', waiting, milliseconds: now - startedAt })
    }
  })
  try {
    return await runWaves(plan, context)
  } finally {
    done.abort()
    await heartbeat
  }
}

/** Runs the waves in order. A wave begins when every step of the waves before it has ended well. */
async function runWaves(
  { steps, canary = false }: Pick<Plan, 'steps' | 'canary'>,
  context: StepContext,
): Promise<Outcome[]> {
  const outcomes = new Map<StepId, Outcome>()
  const waves = [...new Set(steps.map(({ wave = 0 }) => wave))].sort((a, b) => a - b)
  for (const wave of waves) {
    const ended = [...outcomes.values()]
    const unhealthy = ended.find((outcome) => !isHealthy(outcome))
    if (unhealthy) {
      const rest = steps.filter((step) => (step.wave ?? 0) >= wave)
      for (const one of blockedOutcomes(rest, unhealthy, canary)) outcomes.set(one.step.id, one)
      break
    }
    const own = steps.filter((step) => (step.wave ?? 0) === wave)
    const waited = ended.some(({ step }) => step.action !== 'keep')
    const outcomesOfWave = await runWave(own, context, waited || context.options.stale)
    for (const [index, { id }] of own.entries()) {
      const outcome = outcomesOfWave[index]
      if (outcome) outcomes.set(id, outcome)
    }
  }
  return steps.flatMap(({ id }) => outcomes.get(id) ?? [])
}
