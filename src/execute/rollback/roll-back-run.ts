import { parseImageReference } from '../../inputs/image-reference.ts'
import type { ServiceTarget } from '../../inventory/inventory.ts'
import { isPlaced, type RollbackStep, type Step } from '../../plan/plan.ts'
import { describeDeployment, rollbackStep } from '../../plan/rollback.ts'
import { nameSteps } from '../../plan/step-id.ts'
import { pollUntil } from '../../poll-until.ts'
import { type ChangeQueue, isNotStarted } from '../change-queue.ts'
import type { ExecutePorts } from '../context.ts'
import { isBad, type Outcome } from '../outcome.ts'
import { withCurrentState } from '../refresh.ts'
import { decideRollback, type RollbackDecision } from './decide.ts'

/** The part of the run that a rollback needs. */
export interface RollbackContext {
  readonly ports: ExecutePorts
  readonly queue: ChangeQueue
  /**
   * `true` if credentials for a registry were written with the images. The credentials that were there before cannot be
   * read.
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

/** The rollback of one service: `step` if it is rolled back, `notes` for people. */
interface ServiceRollback {
  readonly outcome: Outcome
  readonly decision: RollbackDecision
  readonly step: RollbackStep | null
  /** The image that was restored, if any. */
  readonly image: string | null
  readonly notes: readonly string[]
}

/** The result of restoring the image that a service is deployed from next. */
interface Restored {
  readonly image: string | null
  readonly notes: readonly string[]
}

/**
 * The pauses before each lookup of rollback offers, in milliseconds. Railway may not offer a deployment that has just
 * been replaced at once.
 */
const offerPauses = [0, 5_000, 5_000, 5_000]

/** Returns whether a step failed and the run has deployed a service. */
export const shouldRollBack = (outcomes: readonly Outcome[]) =>
  outcomes.some(isBad) && outcomes.some(isToRollBack)

/** Returns whether an outcome is of a service that the run has deployed. */
export const isToRollBack = (outcome: Outcome) => deployedBy(outcome) !== null

/**
 * Rolls every service that the run deployed back to the deployment that served before. Deployments under way are
 * cancelled, live ones are rolled back, and changed images are restored. The results are added to the outcomes;
 * rollbacks are outcomes of their own.
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
  const { steps } = nameSteps({ steps: rollbacks.flatMap(({ step }) => step ?? []), warnings: [] })
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
  const isOurs = step.action === 'deploy' || step.action === 'upload'
  if (!changed || !isOurs || !isPlaced(step.target)) return null
  return { outcome, target: step.target }
}

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
  const offered = await offers(decisions, context)
  return Promise.all(
    deployed.map(async (one, index): Promise<ServiceRollback> => {
      const { outcome, target } = one
      const decision = checked(decisions[index] ?? unread, offered)
      // What is left running with the new image keeps it as its setting.
      const { image, notes } =
        decision.kind === 'skip' ? untouched : await restoreImage(one, context)
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
const untouched: Restored = { image: null, notes: [] }

function checked(decision: RollbackDecision, offered: ReadonlySet<string>): RollbackDecision {
  if (decision.kind !== 'roll-back' || offered.has(decision.to.id)) return decision
  const to = describeDeployment(decision.to)
  return { kind: 'skip', why: `Railway does not offer to roll back to ${to} any more` }
}

/** Cancels deployments that ran out of time. They would go live after everything else has been rolled back. */
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

/** Restores the image of a service: it is a setting, which a rollback does not change. */
async function restoreImage(
  { outcome: { step }, target }: DeployedService,
  { ports, queue, hasSetCredentials }: RollbackContext,
): Promise<Restored> {
  if (step.action !== 'deploy' || step.revision.kind !== 'image') return untouched
  const { source } = target.instance
  const image = source.kind === 'image' ? parseImageReference(source.image) : null
  if (!image)
    return {
      image: null,
      notes: ['the image that the run has set stays the setting of the service'],
    }
  const kept = hasSetCredentials ? ['the registry credentials that the run set stay'] : []
  if (image.text === step.revision.image.text) return { image: null, notes: kept }
  const written = await queue.run(step, () => ports.deployments.writeImage(target, image, null))
  const isDone = !isNotStarted(written) && written.kind === 'done'
  if (isDone) return { image: image.text, notes: kept }
  return { image: null, notes: [`its image could not be set back to ${image.text}`, ...kept] }
}

/** Returns the ids of the deployments to which Railway offers a rollback. */
async function offers(
  decisions: readonly RollbackDecision[],
  { ports }: RollbackContext,
): Promise<ReadonlySet<string>> {
  const ids = decisions.flatMap((one) => (one.kind === 'roll-back' ? [one.to.id] : []))
  const offered = new Set<string>()
  const { clock, signal, deployments } = ports
  const missing = () => ids.filter((id) => !offered.has(id))
  const wait = (milliseconds: number) => clock.sleep(milliseconds, signal)
  await pollUntil(offerPauses, wait, async () => {
    const remaining = missing()
    if (remaining.length === 0 || signal.aborted) return offered
    const answers = await deployments.offers(remaining)
    for (const [index, id] of remaining.entries()) {
      const answer = answers?.[index]
      if (answer?.ok && answer.value) offered.add(id)
    }
    return missing().length === 0 ? offered : null
  })
  return offered
}

/** Returns the outcome of a deployment with the result of its rollback. */
function withRollback(
  { outcome, decision, image, notes }: ServiceRollback,
  rolledBack: Outcome | null,
): Outcome {
  const isBack = rolledBack?.status === 'rolled-back'
  const setting = image !== null && !isBack ? [`its image is set back to ${image}`] : []
  const end =
    decision.kind !== 'roll-back'
      ? decision.why
      : isBack
        ? `returned to ${describeDeployment(decision.to)}`
        : `not returned to ${describeDeployment(decision.to)}`
  const message = [outcome.message, ...notes, ...setting, end].join('; ')
  const status = isBack && outcome.status === 'success' ? 'rolled-back' : outcome.status
  const warning = outcome.warning || decision.kind === 'skip' || notes.length > 0
  return { ...outcome, status, message, warning }
}
