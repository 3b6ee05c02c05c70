import type { Named } from '../named.ts'
import { type Step, type StepId, starts } from '../plan/plan.ts'
import { newerCommit } from './newer-commit.ts'
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
  /** The results of all steps of the wave, by id. */
  readonly running: Map<StepId, Promise<StepResult>>
  readonly onOutcome: (outcome: Outcome) => void
}

/**
 * Runs steps in parallel, each after its dependencies, and returns their outcomes in the order of the steps. `isStale`:
 * services may have been deployed since the plan was made, so their states are read again.
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
    states: new LatestStates(steps, { find, ports, batchSize: slots.limit, isStale }),
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
  // A deployment that is in progress gets its slot before another deployment is started.
  const isUnderWay = step.action === 'adopt' && step.after.length === 0
  const reserved = isUnderWay ? slots.reserve() : null
  const before = await Promise.all(step.after.map((id) => wave.running.get(id)))
  const failed = before.find((end) => end && 'outcome' in end && !endedWell(end.outcome))
  if (failed) {
    const outcome = notStarted(step, 'a step on which it depends did not succeed')
    wave.onOutcome(outcome)
    return { outcome }
  }
  if (!mayDeploy(step, wave)) return runAndVerify(step, wave)
  const release = reserved ?? (await slots.take())
  try {
    return await runAndVerify(step, wave)
  } finally {
    // A failure of this step is reported by now, so the step that gets the slot may not be started.
    release()
  }
}

/**
 * Returns whether a deployment may be under way during a step. A service that the plan keeps is deployed if its preview
 * has changed its variables or its image.
 */
function mayDeploy(step: Step, { context: { previews } }: Wave): boolean {
  const isFollowed = (one: Step) => starts(one) || one.action === 'adopt'
  return isFollowed(step) || (step.action === 'keep' && isFollowed(previews.resolve(step)))
}

/**
 * Runs a step. If the number of parallel deployments is limited, its deployment is verified at once. Without a limit,
 * {@link runWave} verifies all deployments of the wave together.
 */
async function runAndVerify(step: Step, wave: Wave): Promise<StepResult> {
  const { context, verification, onOutcome } = wave
  const { slots, queue } = context
  const end = await runSafely(step, async () => {
    const reason = slots.isLimited && starts(step) ? queue.reasonNotToStart(step) : null
    if (reason) return { outcome: reason }
    const current = await currentStep(step, await wave.states.of(step), context)
    return withSupersededWarning(await runStep(current, context), step)
  })
  if ('outcome' in end) onOutcome(end.outcome)
  else if (slots.isLimited) return { outcome: await verification.verify(end.finished) }
  return end
}

/** Runs a step. An error that it throws becomes its outcome, so that the outcomes of the other steps are kept. */
async function runSafely(step: Step, run: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await run()
  } catch (error) {
    return { outcome: interrupted(step, error) }
  }
}

/**
 * Adds a warning to the outcome of a planned deployment that was not started because a newer commit was deployed
 * meanwhile.
 */
function withSupersededWarning(end: StepResult, planned: Step): StepResult {
  const isNotStarted =
    'outcome' in end && end.outcome.status === 'superseded' && !end.outcome.changed
  if (!isNotStarted || planned.action === 'keep') return end
  return { outcome: { ...end.outcome, warning: true } }
}

/**
 * Returns the step to execute. The step is planned again from the prepared preview and from `state`, the current state
 * of its service (`null` if it was not read).
 */
async function currentStep(
  planned: Step,
  state: InstanceState | null,
  context: StepContext,
): Promise<Step<Named>> {
  const { previews, options, ports } = context
  const resolved = previews.resolve(planned)
  const { force } = options
  const newer = state && !force ? await newerCommit(resolved, state, ports) : null
  const find = findIn(context)
  const step = state ? replan(resolved, { now: state, force, newer, find }) : resolved
  if (step.action === 'adopt' && planned.action !== 'adopt') {
    ports.emit({ kind: 'note', target: step.target, note: step.detail })
  }
  return step
}

const findIn =
  ({ steps }: StepContext): FindStep =>
  (id) =>
    steps.get(id)
