import { beat } from '../clock.ts'
import { type Failure, failure } from '../errors/codes.ts'
import { placeOf, targetName } from '../inventory/inventory.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { Turns } from './change-queue.ts'
import type { ExecuteEdges, ExecuteOptions } from './context.ts'
import { Watch } from './deployment-poller.ts'
import { isBad, notStarted, type Outcome } from './outcome.ts'
import type { InstanceState } from './ports.ts'
import { Creations } from './preview/create.ts'
import { ReadyPreviews } from './preview/registry.ts'
import { decideAgain, type Renewed, renew } from './refresh.ts'
import { needsWayBack, wayBack } from './rollback/roll-back-run.ts'
import type { Ended, Execution } from './step-context.ts'
import { perform } from './steps/run-step.ts'
import { Verification } from './verify.ts'

/** Carries out a plan and says of every step, in the plan's order, what became of it. */
export async function execute(
  plan: Plan,
  options: ExecuteOptions,
  edges: ExecuteEdges,
): Promise<Outcome[]> {
  const outcomes = await runSteps(plan.steps, options, edges)
  const { signal } = edges
  if (options.onFailure === 'keep' || signal.aborted || !needsWayBack(outcomes)) return outcomes
  const patient = { ...options, failFast: false, stale: false }
  return wayBack(outcomes, {
    edges,
    turns: new Turns(patient, edges),
    gaveCredentials: options.registry !== null,
    run: (steps) => runSteps(steps, patient, edges),
  })
}

async function runSteps(
  steps: readonly Step[],
  options: ExecuteOptions,
  edges: ExecuteEdges,
): Promise<Outcome[]> {
  const turns = new Turns(options, edges)
  const watch = new Watch({
    ...edges,
    pollFloor: (deployments) => edges.pollFloor({ pending: turns.pending, deployments }),
  })
  const creations = new Creations()
  const ready = new ReadyPreviews()
  const execution: Execution = { options, edges, turns, watch, creations, ready }
  const done = new AbortController()
  const startedAt = edges.clock.now()
  const heartbeat = beat(edges.clock, done.signal, (now) => {
    const waiting = watch.waiting()
    if (waiting.length > 0) {
      edges.emit({ kind: 'heartbeat', waiting, milliseconds: now - startedAt })
    }
  })
  try {
    return await runWaves(steps, execution)
  } finally {
    done.abort()
    await heartbeat
  }
}

/** A wave begins when every step of the waves before it has ended well. */
async function runWaves(steps: readonly Step[], execution: Execution): Promise<Outcome[]> {
  const outcomes = new Map<Step, Outcome>()
  const waves = [...new Set(steps.map(({ wave = 0 }) => wave))].sort((a, b) => a - b)
  for (const wave of waves) {
    const own = steps.filter((step) => (step.wave ?? 0) === wave)
    const unhealthy = [...outcomes.values()].find((outcome) => !isHealthy(outcome))
    const waited = [...outcomes.keys()].some(({ action }) => action !== 'keep')
    const isStale = waited || execution.options.stale
    const ended = unhealthy
      ? heldBack(own, unhealthy)
      : await runWave(own, execution, isStale ? await renew(own, execution.edges) : new Map())
    own.forEach((step, index) => {
      const outcome = ended[index]
      if (outcome) outcomes.set(step, outcome)
    })
  }
  return steps.flatMap((step) => outcomes.get(step) ?? [])
}

/** Healthy is more than not failed: a canary that was skipped or overtaken has proven nothing. */
const isHealthy = (outcome: Outcome) => outcome.step.action === 'keep' || endedWell(outcome)

/** What waits for an unhealthy canary is not started; the job fails for it where it would not anyway. */
function heldBack(steps: readonly Step[], canary: Outcome): Outcome[] {
  const { step, status, failure: own } = canary
  const message = `the canary ${targetName(step.target)} is not healthy: ${status}`
  const why = own ? null : whyUnhealthy(canary)
  return steps.map((one, index) => notStarted(one, message, index === 0 ? why : null))
}

/** A canary that failed nothing by itself fails the job by what it holds back. */
function whyUnhealthy({ step, status }: Outcome): Failure | null {
  const place = placeOf(step.target)
  if (status === 'skipped') {
    const why = 'It was the canary, and the rest waits for a canary that is healthy.'
    return failure('deployment-skipped', { ...place, why })
  }
  if (status !== 'superseded') return null
  const diagnosis = 'a newer deployment took its place, so the canary was never seen to be healthy.'
  const facts = { how: 'removed', step: null, diagnosis, firstErrorLine: null } as const
  return failure('deployment-failed', { ...place, ...facts })
}

async function runWave(
  steps: readonly Step[],
  execution: Execution,
  renewed: Renewed,
): Promise<Outcome[]> {
  const tell = (outcome: Outcome) => {
    if (isBad(outcome)) execution.turns.failed()
    execution.edges.emit({ kind: 'ended', outcome })
  }
  const running = new Map<Step, Promise<Ended>>()
  const now = (step: Step) => stepNow(step, renewed.get(step) ?? null, execution)
  for (const step of steps) running.set(step, runStep(step, now, running, execution, tell))
  const ended = await Promise.all(running.values())
  const verification = new Verification(execution, tell)
  const verified = await verification.run(
    ended.flatMap((end) => ('finished' in end ? [end.finished] : [])),
  )
  return ended.flatMap((end) =>
    'outcome' in end ? end.outcome : (verified.get(end.finished) ?? []),
  )
}

async function runStep(
  step: Step,
  now: (step: Step) => Step,
  running: ReadonlyMap<Step, Promise<Ended>>,
  execution: Execution,
  tell: (outcome: Outcome) => void,
): Promise<Ended> {
  const before = await Promise.all((step.after ?? []).map((earlier) => running.get(earlier)))
  const stopper = before.find((end) => end && 'outcome' in end && !endedWell(end.outcome))
  const end = stopper
    ? { outcome: notStarted(step, 'a step that it needs did not end well') }
    : await perform(now(step), execution)
  if ('outcome' in end) tell(end.outcome)
  return end
}

/** The step as it is to be done now, by what was found out since it was planned. */
function stepNow(
  planned: Step,
  state: InstanceState | null,
  { ready, options, edges: { emit } }: Execution,
): Step {
  const step = state ? decideAgain(planned, state, options) : ready.place(planned)
  if (step.action === 'adopt' && planned.action !== 'adopt') {
    emit({ kind: 'note', target: step.target, note: step.detail })
  }
  return step
}

const endedWell = ({ status }: Outcome) =>
  status === 'success' || status === 'unchanged' || status === 'rolled-back'
