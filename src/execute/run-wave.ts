import type { Named } from '../named.ts'
import { type Step, type StepId, starts } from '../plan/plan.ts'
import { overtakingCommit } from './newer-commit.ts'
import { endedWell, interrupted, isBad, notStarted, type Outcome } from './outcome.ts'
import type { InstanceState } from './ports.ts'
import { type FindStep, LatestStates, replan } from './refresh.ts'
import type { StepContext, StepResult } from './step-context.ts'
import { runStep } from './steps/run-step.ts'
import { Verification } from './verify.ts'

/** The context that the steps of a wave share. */
interface Wave {
  readonly context: StepContext
  readonly states: LatestStates
  readonly verification: Verification
  /** The steps that have begun, by id. */
  readonly running: Map<StepId, Promise<StepResult>>
  readonly onOutcome: (outcome: Outcome) => void
}

/**
 * Runs steps in parallel, each after its dependencies, and returns their outcomes in order. `isStale`: the facts behind
 * the plan are not fresh any more.
 */
export async function runWave(
  steps: readonly Step[],
  context: StepContext,
  isStale: boolean,
): Promise<Outcome[]> {
  const { ports, slots, queue } = context
  const onOutcome = (outcome: Outcome) => {
    if (isBad(outcome)) queue.reportFailure()
    ports.emit({ kind: 'ended', outcome })
  }
  const find = findIn(context)
  const verification = new Verification(context, onOutcome)
  const wave: Wave = {
    context,
    states: new LatestStates(steps, { find, ports, ahead: slots.limit, isStale }),
    verification,
    running: new Map(),
    onOutcome,
  }
  for (const step of steps) wave.running.set(step.id, runWhenReady(step, wave))
  const ended = await Promise.all(wave.running.values())
  const verified = await verification.run(
    ended.flatMap((end) => ('finished' in end ? [end.finished] : [])),
  )
  return ended.flatMap((end) =>
    'outcome' in end ? end.outcome : (verified.get(end.finished) ?? []),
  )
}

async function runWhenReady(step: Step, wave: Wave): Promise<StepResult> {
  const { slots } = wave.context
  // What is under way has its slot before anything is started beside it.
  const isUnderWay = step.action === 'adopt' && step.after.length === 0
  const reserved = isUnderWay ? slots.reserve() : null
  const before = await Promise.all(step.after.map((id) => wave.running.get(id)))
  const failed = before.find((end) => end && 'outcome' in end && !endedWell(end.outcome))
  if (failed) {
    const outcome = notStarted(step, 'a step that it needs did not end well')
    wave.onOutcome(outcome)
    return { outcome }
  }
  if (!starts(step) && step.action !== 'adopt') return runToEnd(step, wave)
  const release = reserved ?? (await slots.take())
  try {
    return await runToEnd(step, wave)
  } finally {
    // The failure of a step is reported by now, so that the next one knows.
    release()
  }
}

/**
 * Runs a step until its outcome is known. Without a limit of parallel deployments, all are verified together
 * afterwards.
 */
async function runToEnd(step: Step, wave: Wave): Promise<StepResult> {
  const { context, verification, onOutcome } = wave
  const { slots, queue } = context
  const end = await runGuarded(step, async () => {
    const reason = slots.isLimited && starts(step) ? queue.reasonNotToStart(step) : null
    if (reason) return { outcome: reason }
    const now = await stepNow(step, await wave.states.of(step), context)
    return withDecision(await runStep(now, context), step)
  })
  if ('outcome' in end) onOutcome(end.outcome)
  else if (slots.isLimited) return { outcome: await verification.verify(end.finished) }
  return end
}

/** Runs a step. An error that it throws becomes its outcome, so that the outcomes of the others are kept. */
async function runGuarded(step: Step, run: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await run()
  } catch (error) {
    return { outcome: interrupted(step, error) }
  }
}

/**
 * Adds a warning to the outcome of a deployment that was left out because a newer commit had been deployed in the
 * meantime.
 */
function withDecision(end: StepResult, planned: Step): StepResult {
  const isDropped = 'outcome' in end && end.outcome.status === 'superseded' && !end.outcome.changed
  if (!isDropped || planned.action === 'keep') return end
  return { outcome: { ...end.outcome, warning: true } }
}

/** Decides the step again by what was read since it was planned. */
async function stepNow(
  planned: Step,
  state: InstanceState | null,
  context: StepContext,
): Promise<Step<Named>> {
  const { previews, options, ports } = context
  const resolved = previews.resolve(planned)
  const { force } = options
  const overtaking = state && !force ? await overtakingCommit(resolved, state, ports) : null
  const find = findIn(context)
  const step = state ? replan(resolved, { now: state, force, overtaking, find }) : resolved
  if (step.action === 'adopt' && planned.action !== 'adopt') {
    ports.emit({ kind: 'note', target: step.target, note: step.detail })
  }
  return step
}

const findIn =
  ({ steps }: StepContext): FindStep =>
  (id) =>
    steps.get(id)
