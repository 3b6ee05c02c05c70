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
  /** The deployment `deploymentId` as it was last read; `null` if it was not read. */
  readonly deployment: Deployment | null
  /** The live deployment of the service, as it was last read; `null` if none is live. Absent if it was not read. */
  readonly live?: Deployment | null
  /** The domain names of the service. Reports show the first one. */
  readonly domains: readonly string[]
  /** The time in milliseconds since the epoch; `null` if the step was not started. */
  readonly startedAt: number | null
  /** The time in milliseconds since the epoch; `null` if the step was not started or not followed to its end. */
  readonly finishedAt: number | null
  /** The failure that fails the job; `null` if there is none. */
  readonly failure: Failure | null
  /** The outcome in words. Reports show it after the name of the target. */
  readonly message: string
  /** `true` if it is reported as a warning annotation. */
  readonly warning: boolean
  /** `true` if the step has changed something in Railway, or may have. */
  readonly changed: boolean
}

/** Returns an outcome without a deployment, times or a failure. Callers add these properties. */
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

/** Returns the outcome of a step that was not started. */
export function notStarted(step: Step, message: string, failure: Failure | null = null): Outcome {
  return { ...baseOutcome(step, 'not-started', message), failure }
}

/**
 * Returns the outcome of a step that a bug in the action has interrupted. If the step makes changes, they may have
 * been made.
 */
export function interrupted(step: Step, error: unknown): Outcome {
  const message = 'a bug in the action interrupted it; check it in Railway'
  const base = baseOutcome(step, 'unknown', message)
  return { ...base, failure: internalError(error), changed: changes(step) }
}

/** Returns whether a step starts a deployment, or waits for one. */
export const deploys = ({ action, target }: Step) =>
  target.instance !== null && action !== 'keep' && action !== 'set-variables'

/**
 * Returns the outcomes that decide about the status of the run. The creation and the update of previews are left out.
 * Steps that set variables are left out, too, if the run has deployments.
 */
export function countedOutcomes(outcomes: readonly Outcome[]): Outcome[] {
  const uncounted = new Set<Step['action']>(['create-preview', 'update-preview'])
  if (outcomes.some(({ step }) => deploys(step))) uncounted.add('set-variables')
  return outcomes.filter(({ step }) => !uncounted.has(step.action))
}

/** Returns whether an outcome fails the job. */
export const isBad = ({ failure }: Outcome) => failure !== null

/** Returns the outcomes in another order: those that fail the job, then those with a warning, then the rest. */
export const worstFirst = (outcomes: readonly Outcome[]): Outcome[] =>
  outcomes.toSorted((one, other) => rankOf(one) - rankOf(other))

const rankOf = (outcome: Outcome) => (isBad(outcome) ? 0 : outcome.warning ? 1 : 2)

/** Returns whether a step has succeeded or had nothing to change. A rollback counts as a success. */
export const endedWell = ({ status }: Outcome) =>
  status === 'success' || status === 'unchanged' || status === 'rolled-back'
