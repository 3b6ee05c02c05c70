import { parseImageReference } from '../../inputs/image-reference.ts'
import type { ServiceTarget } from '../../inventory/inventory.ts'
import { isPlaced, type RollbackStep, type Step } from '../../plan/plan.ts'
import { describeDeployment, rollbackStep } from '../../plan/rollback.ts'
import { assignStepIds } from '../../plan/step-id.ts'
import { pollUntil } from '../../poll-until.ts'
import { type ChangeQueue, isNotStarted } from '../change-queue.ts'
import type { ExecutePorts } from '../context.ts'
import { isBad, type Outcome } from '../outcome.ts'
import { withCurrentState } from '../refresh.ts'
import { decideRollback, type RollbackDecision } from './decide.ts'

/** The context of a rollback. */
export interface RollbackContext {
  readonly ports: ExecutePorts
  readonly queue: ChangeQueue
  /**
   * `true` if the run has written registry credentials with the images. They are kept: the earlier ones cannot be read
   * and written again.
   */
  readonly hasSetCredentials: boolean
  /** Runs steps in parallel and returns their outcomes. */
  readonly run: (steps: readonly Step[]) => Promise<Outcome[]>
}

/** A service that this run has deployed. */
interface DeployedService {
  readonly outcome: Outcome
  /** The service as it was last read before the run deployed it. */
  readonly target: ServiceTarget
}

/** The rollback of one service. `step`: the step that rolls it back; `null` if it is not rolled back. */
interface ServiceRollback {
  readonly outcome: Outcome
  readonly decision: RollbackDecision
  readonly step: RollbackStep | null
  /** The image that was written back to the settings of the service; `null` if none was. */
  readonly image: string | null
  /** Further changes and problems in words. */
  readonly notes: readonly string[]
}

/** The result of writing the earlier image back to the settings of a service. */
interface RestoredImage {
  readonly image: string | null
  readonly notes: readonly string[]
}

/**
 * The delays in milliseconds before each read of whether Railway offers a rollback. Railway may not offer it yet if the
 * deployment was replaced a moment ago.
 */
const rollbackCheckDelays = [0, 5_000, 5_000, 5_000]

/** Returns whether a step has failed and there is a deployment of the run to roll back. */
export const shouldRollBack = (outcomes: readonly Outcome[]) =>
  outcomes.some(isBad) && outcomes.some(wasDeployedByRun)

/** Returns whether an outcome is that of a deployment that the run has started, or may have started. */
export const wasDeployedByRun = (outcome: Outcome) => deployedBy(outcome) !== null

/**
 * Rolls the services that the run has deployed back to the deployments that were live before. Deployments that are
 * still in progress are cancelled first, and images in the settings are written back. Returns the outcomes with these
 * results in their messages, followed by the outcomes of the rollbacks.
 */
export async function rollBackRun(
  outcomes: readonly Outcome[],
  context: RollbackContext,
): Promise<Outcome[]> {
  const { ports } = context
  const deployed = outcomes.flatMap((outcome) => deployedBy(outcome) ?? [])
  ports.deadline.restart()
  ports.emit({ kind: 'rollback-started', services: deployed.length })
  const rollbacks = await prepareRollbacks(deployed, context)
  const { steps } = assignStepIds({
    steps: rollbacks.flatMap(({ step }) => step ?? []),
    warnings: [],
  })
  const ended = await context.run(steps)
  const ends = [...ended]
  const withRollbacks = new Map(
    rollbacks.map((one) => {
      const end = one.step ? (ends.shift() ?? null) : null
      return [one.outcome.step.id, withRollback(one, end)]
    }),
  )
  return [...outcomes.map((outcome) => withRollbacks.get(outcome.step.id) ?? outcome), ...ended]
}

function deployedBy(outcome: Outcome): DeployedService | null {
  const { step, changed } = outcome
  const isDeployment = step.action === 'deploy' || step.action === 'upload'
  if (!changed || !isDeployment || !isPlaced(step.target)) return null
  return { outcome, target: step.target }
}

/** Makes the changes before the rollbacks, and decides for each service whether it is rolled back. */
async function prepareRollbacks(
  deployed: readonly DeployedService[],
  context: RollbackContext,
): Promise<ServiceRollback[]> {
  const { ports } = context
  const cancelled = await Promise.all(deployed.map((one) => cancelUnfinished(one, context)))
  const targets = deployed.map(({ target }) => target)
  const readings = await ports.deployments.instances(targets)
  const states = deployed.map((_, index) => {
    const reading = readings?.[index]
    return reading?.ok ? reading.value : null
  })
  const decisions = deployed.map(({ outcome, target }, index) =>
    decideRollback(outcome, target, states[index] ?? null),
  )
  const offered = await readOffers(decisions, context)
  return Promise.all(
    deployed.map(async (one, index): Promise<ServiceRollback> => {
      const { outcome, target } = one
      const decision = withOffers(decisions[index] ?? unread, offered)
      // A service that is not rolled back keeps the new image, and its settings have to agree with that.
      const { image, notes } =
        decision.kind === 'skip' ? notRestored : await restoreImage(one, context)
      const step =
        decision.kind === 'roll-back'
          ? rollbackStep(
              withCurrentState(target, states[index] ?? null),
              decision,
              ports.clock.now(),
            )
          : null
      return { outcome, decision, step, image, notes: [...(cancelled[index] ?? []), ...notes] }
    }),
  )
}

const unread: RollbackDecision = { kind: 'skip', why: 'Railway did not report what is live now' }
const notRestored: RestoredImage = { image: null, notes: [] }

/** Returns the decision, or a skip if Railway does not offer the rollback. */
function withOffers(decision: RollbackDecision, offered: ReadonlySet<string>): RollbackDecision {
  if (decision.kind !== 'roll-back' || offered.has(decision.to.id)) return decision
  const to = describeDeployment(decision.to)
  return { kind: 'skip', why: `Railway does not offer to roll back to ${to} any more` }
}

/**
 * Cancels a deployment that may still be in progress: it would go live after the rollback. Returns the result in words.
 */
async function cancelUnfinished(
  { outcome, target }: DeployedService,
  { ports, queue }: RollbackContext,
): Promise<string[]> {
  const { deploymentId: id, status, step } = outcome
  if ((status !== 'timed-out' && status !== 'unknown') || id === null) return []
  const written = await queue.run(step, () => ports.deployments.cancel(target, id))
  const isDone = !isNotStarted(written) && written.kind === 'done'
  return [isDone ? 'it was cancelled' : 'it could not be cancelled']
}

/** Writes the earlier image back to the settings of a service, because a rollback does not change the settings. */
async function restoreImage(
  { outcome: { step }, target }: DeployedService,
  { ports, queue, hasSetCredentials }: RollbackContext,
): Promise<RestoredImage> {
  if (step.action !== 'deploy' || step.revision.kind !== 'image') return notRestored
  const { source } = target.instance
  const image = source.kind === 'image' ? parseImageReference(source.image) : null
  if (!image)
    return {
      image: null,
      notes: ['the image that the run has set stays in the settings of the service'],
    }
  const kept = hasSetCredentials
    ? ['the registry credentials that the run has set stay in the settings of the service']
    : []
  if (image.text === step.revision.image.text) return { image: null, notes: kept }
  const written = await queue.run(step, () => ports.deployments.writeImage(target, image, null))
  const isDone = !isNotStarted(written) && written.kind === 'done'
  if (isDone) return { image: image.text, notes: kept }
  return { image: null, notes: [`its image could not be set back to ${image.text}`, ...kept] }
}

/** Reads which of the deployments to return to can still be rolled back to in Railway, and returns their ids. */
async function readOffers(
  decisions: readonly RollbackDecision[],
  { ports }: RollbackContext,
): Promise<ReadonlySet<string>> {
  const ids = decisions.flatMap((one) => (one.kind === 'roll-back' ? [one.to.id] : []))
  const offered = new Set<string>()
  const { clock, signal, deployments } = ports
  const missing = () => ids.filter((id) => !offered.has(id))
  const wait = (milliseconds: number) => clock.sleep(milliseconds, signal)
  await pollUntil(rollbackCheckDelays, wait, async () => {
    const remaining = missing()
    if (remaining.length === 0 || signal.aborted) return offered
    const responses = await deployments.offers(remaining)
    for (const [index, id] of remaining.entries()) {
      const response = responses?.[index]
      if (response?.ok && response.value) offered.add(id)
    }
    return missing().length === 0 ? offered : null
  })
  return offered
}

/** The statuses of a rollback that was started and whose result is not known. */
const unknownResults: ReadonlySet<Outcome['status']> = new Set([
  'cancelled',
  'timed-out',
  'unknown',
])

/** Returns the outcome of a deployment with the result of its rollback; `rolledBack` is `null` if there was none. */
function withRollback(
  { outcome, decision, image, notes }: ServiceRollback,
  rolledBack: Outcome | null,
): Outcome {
  const isBack = rolledBack?.status === 'rolled-back'
  // After such a rollback, the deployment of the run may or may not be live.
  const isUnknown = rolledBack?.changed === true && unknownResults.has(rolledBack.status)
  const setting = image !== null && !isBack ? [`its image is set back to ${image}`] : []
  const end =
    decision.kind !== 'roll-back'
      ? decision.why
      : isBack
        ? `rolled back to ${describeDeployment(decision.to)}`
        : isUnknown
          ? `its rollback to ${describeDeployment(decision.to)} was started, and the result is not known`
          : `not rolled back to ${describeDeployment(decision.to)}`
  const message = [outcome.message, ...notes, ...setting, end].join('; ')
  const after = isBack ? 'rolled-back' : isUnknown ? 'unknown' : outcome.status
  const status = outcome.status === 'success' ? after : outcome.status
  const warning = outcome.warning || decision.kind === 'skip' || notes.length > 0
  const { live, ...rest } = outcome
  const back = isBack && decision.kind === 'roll-back' ? decision.to : null
  return {
    ...rest,
    // The deployment that was live before the rollback is not live any more.
    ...(back !== null ? { live: rolledBack?.deployment ?? back } : {}),
    ...(back === null && !isUnknown && live !== undefined ? { live } : {}),
    status,
    message,
    warning,
  }
}
