import type { Failure } from '../errors/codes.ts'
import { internalError } from '../errors/internal-error.ts'
import type { Deployment } from '../inventory/inventory.ts'
import { changes, type Step } from '../plan/plan.ts'

/** The statuses of the output `results`. */
export type OutcomeStatus =
  | 'success'
  | 'unchanged'
  | 'accepted'
  | 'failed'
  | 'refused'
  | 'skipped'
  | 'superseded'
  | 'timed-out'
  | 'rolled-back'
  | 'not-started'
  | 'cancelled'
  | 'unknown'

/** The outcome of one step. */
export interface Outcome {
  readonly step: Step
  readonly status: OutcomeStatus
  readonly deploymentId: string | null
  /** The deployment of that id as it was last read; `null` if it was not read. */
  readonly deployment: Deployment | null
  /** The deployment that serves, as it was last read; `null` if none does. Absent if the step did not read it. */
  readonly live?: Deployment | null
  /** Host names of the service's site, the one to show first. */
  readonly domains: readonly string[]
  /** Milliseconds since the epoch; `null` if the step never started. */
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** The failure that fails the job; `null` if there is none. */
  readonly failure: Failure | null
  /** One sentence for people. */
  readonly message: string
  /** `true` if it is reported as a warning annotation. */
  readonly warning: boolean
  /** `true` if the step has changed something at Railway, or may have. */
  readonly changed: boolean
}

/** Returns an outcome without a deployment, times or failure, from which every other is made. */
export function baseOutcome(step: Step, status: OutcomeStatus, message: string): Outcome {
  return {
    step,
    status,
    deploymentId: null,
    deployment: null,
    domains: step.target.instance?.domains ?? [],
    startedAt: null,
    finishedAt: null,
    failure: null,
    message,
    warning: false,
    changed: false,
  }
}

/** Returns the outcome of a step that was not begun. */
export function notStarted(step: Step, message: string, failure: Failure | null = null): Outcome {
  return { ...baseOutcome(step, 'not-started', message), failure }
}

/**
 * Returns the outcome of a step that was interrupted by a defect of the action: it is not known what it has changed.
 */
export function interrupted(step: Step, error: unknown): Outcome {
  const message = 'a defect of the action interrupted it; check it in Railway'
  const base = baseOutcome(step, 'unknown', message)
  return { ...base, failure: internalError(error), changed: changes(step) }
}

/** Returns whether a step starts a deployment, or waits for one. */
export const deploys = ({ action, target }: Step) =>
  target.instance !== null && action !== 'keep' && action !== 'set-variables'

/**
 * Returns the outcomes that decide how a run went. A preview that was made or updated does not count beside the
 * services deployed in it. Neither do variables beside the deployments that need them.
 */
export function countedOutcomes(outcomes: readonly Outcome[]): Outcome[] {
  const ground = new Set<Step['action']>(['create-preview', 'update-preview'])
  if (outcomes.some(({ step }) => deploys(step))) ground.add('set-variables')
  return outcomes.filter(({ step }) => !ground.has(step.action))
}

/** Returns whether an outcome fails the job. */
export const isBad = ({ failure }: Outcome) => failure !== null

/** Returns the outcomes in another order: those that fail the job, then those with a warning, then the rest. */
export const worstFirst = (outcomes: readonly Outcome[]): Outcome[] =>
  outcomes.toSorted((one, other) => rankOf(one) - rankOf(other))

const rankOf = (outcome: Outcome) => (isBad(outcome) ? 0 : outcome.warning ? 1 : 2)

/** Returns whether a step ended as planned. */
export const endedWell = ({ status }: Outcome) =>
  status === 'success' || status === 'unchanged' || status === 'rolled-back'
