import { everyMinute } from '../clock.ts'
import { internalError } from '../errors/internal-error.ts'
import type { Target } from '../inventory/inventory.ts'
import type { Plan, StepEnvironment, StepId } from '../plan/plan.ts'
import type { SecretValues } from '../plan/secret-values.ts'
import { ChangeQueue } from './change-queue.ts'
import { checkPlan } from './check-plan.ts'
import type { ExecuteOptions, ExecutePorts } from './context.ts'
import { DeploymentPoller } from './deployment-poller.ts'
import { DeploymentSlots } from './deployment-slots.ts'
import { deploys, type Outcome } from './outcome.ts'
import { EnvironmentCreationQueue } from './preview/create.ts'
import { PreviewRegistry } from './preview/registry.ts'
import { rollBackRun, shouldRollBack, wasDeployedByRun } from './rollback/roll-back-run.ts'
import { runWave } from './run-wave.ts'
import { isHealthy, skippedOutcomes } from './skipped-waves.ts'
import type { StepContext } from './step-context.ts'

/**
 * Executes a plan and returns the outcome of every step, in the plan's order. `secrets` has the values of the variables
 * that the plan names. If a step fails and `onFailure` is `rollback`, the outcomes of the rollbacks follow. A step that
 * fails is an outcome, not an exception.
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
  // The deployments from before the run may not have the path of the health check.
  const rollbackOptions = { ...options, failFast: false, stale: false, healthCheck: null }
  try {
    return await rollBackRun(outcomes, {
      ports,
      queue: new ChangeQueue(rollbackOptions, ports),
      hasSetCredentials: options.registry !== null,
      run: (steps) => runSteps({ steps }, new Map(), rollbackOptions, ports),
    })
  } catch (error) {
    return outcomes.map((outcome) => notRolledBack(outcome, error))
  }
}

/** Adds to the outcome of a deployment that a bug in the action interrupted its rollback. */
function notRolledBack(outcome: Outcome, error: unknown): Outcome {
  if (!wasDeployedByRun(outcome)) return outcome
  const message = `${outcome.message}; a bug in the action interrupted its rollback`
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
    // A rollback begins after the wait and has the timeout once more, so the limit may reset before it ends.
    spentLimit: options.onFailure === 'rollback' ? () => null : ports.spentLimit,
    pending: () => queue.pending + slots.waiting,
    affectsFurtherSteps: () => queue.isStoppable || slots.waiting > 0,
  })
  const healthChecked = new Set<Target<StepEnvironment>>()
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
    healthChecked,
    lateLogs: new Set(),
    creations,
    previews,
  }
  const done = new AbortController()
  const startedAt = ports.clock.now()
  const heartbeat = everyMinute(ports.clock, done.signal, (now) => {
    const requests = queue.running.filter(deploys)
    const requested = requests.map(({ target }) => ({ target, status: 'requested' }))
    const checks = [...healthChecked].map((target) => ({ target, status: 'health check' }))
    const waiting = [...poller.waiting(), ...requested, ...checks]
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

/**
 * Runs the waves in order and returns the outcomes in the order of the steps. A wave starts only if every step of the
 * waves before it is healthy. Otherwise its steps and those of all later waves are not started.
 */
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
      for (const outcome of skippedOutcomes(rest, unhealthy, canary)) {
        outcomes.set(outcome.step.id, outcome)
        context.ports.emit({ kind: 'ended', outcome })
      }
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
