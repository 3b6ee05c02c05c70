import type { Failure } from '../errors/codes.ts'
import { internalError } from '../errors/internal-error.ts'
import type { Deployment } from '../inventory/inventory.ts'
import { changes, type Step } from '../plan/plan.ts'

/** The statuses of the contract's `results`. */
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

/** What became of one step. */
export interface Outcome {
  readonly step: Step
  readonly status: OutcomeStatus
  readonly deploymentId: string | null
  /** The deployment of that id as it was last read; `null` if it was not. */
  readonly deployment: Deployment | null
  /** The deployment that serves, as it was last read; `null` if none does. Absent if the step did not look. */
  readonly live?: Deployment | null
  /** Host names of the service's site, the one to show first. */
  readonly domains: readonly string[]
  /** Milliseconds since the epoch; `null` where the step never started. */
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** What fails the job, if anything does. */
  readonly failure: Failure | null
  /** One sentence for people. */
  readonly message: string
  /** Worth a warning annotation. */
  readonly warning: boolean
  /** Railway is different because of this step, or may be. */
  readonly changed: boolean
}

/** An outcome without a deployment, times or failure: the ground for every other. */
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

/** The outcome of a step that was not begun. */
export function notStarted(step: Step, message: string, failure: Failure | null = null): Outcome {
  return { ...baseOutcome(step, 'not-started', message), failure }
}

/** Makes the outcome of a step that a defect of the action broke off: what it has changed is not known. */
export function brokenOff(step: Step, error: unknown): Outcome {
  const message = 'a defect of the action broke it off; look at it in Railway'
  const base = baseOutcome(step, 'unknown', message)
  return { ...base, failure: internalError(error), changed: changes(step) }
}

/** The step starts a deployment, or waits for one. */
export const deploys = ({ action, target }: Step) =>
  target.instance !== null && action !== 'keep' && action !== 'set-variables'

/**
 * The outcomes that say how a run went. A preview that was made or brought up to date is only the ground for
 * what runs in it, and so are variables where something is deployed with them.
 */
export function countedOutcomes(outcomes: readonly Outcome[]): Outcome[] {
  const ground = new Set<Step['action']>(['create-preview', 'update-preview'])
  if (outcomes.some(({ step }) => deploys(step))) ground.add('set-variables')
  return outcomes.filter(({ step }) => !ground.has(step.action))
}

/** Ended in a way that a green job must not hide. */
export const isBad = ({ failure }: Outcome) => failure !== null

/** Ended as the plan says. */
export const endedWell = ({ status }: Outcome) =>
  status === 'success' || status === 'unchanged' || status === 'rolled-back'
