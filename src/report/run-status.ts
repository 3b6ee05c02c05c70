import type { Failure } from '../errors/codes.ts'
import { countedOutcomes, type Outcome } from '../execute/outcome.ts'
import { hasWork } from '../plan/plan.ts'
import type { RunReport } from '../run-state.ts'

/** The value of the output `status`. */
export type RunStatus =
  | 'success'
  | 'failure'
  | 'partial'
  | 'unchanged'
  | 'accepted'
  | 'planned'
  | 'skipped'

/** Returns all failures of a run, each once: those that stopped it, and those of single targets. */
export function allFailures({ failures, outcomes }: RunReport): Failure[] {
  // One cause may have ended several steps.
  return [...new Set([...failures, ...(outcomes ?? []).flatMap(({ failure }) => failure ?? [])])]
}

const good = new Set(['success', 'unchanged', 'accepted'])

/** Returns whether an outcome is a success. A rollback is a success only if the command is `rollback`. */
const isGood = ({ status }: Outcome, { inputs }: RunReport) =>
  good.has(status) || (status === 'rolled-back' && inputs?.command === 'rollback')

/** Returns whether a step changed nothing because nothing had to be done. */
const isIdle = ({ step, status }: Outcome) =>
  step.action === 'keep' || (step.action === 'update-preview' && status === 'unchanged')

/** Returns the status of the whole run. */
export function statusOf(known: RunReport): RunStatus {
  const outcomes = known.outcomes ?? []
  if (known.skipped && known.failures.length === 0) return 'skipped'
  if (allFailures(known).length > 0) {
    return countedOutcomes(outcomes).some((outcome) => isGood(outcome, known))
      ? 'partial'
      : 'failure'
  }
  if (known.plan && !known.outcomes) {
    return hasWork(known.plan) ? 'planned' : 'unchanged'
  }
  if (outcomes.some(({ status }) => status === 'accepted')) return 'accepted'
  const idle = known.outcomes !== null && outcomes.every(isIdle)
  return idle ? 'unchanged' : 'success'
}

/** Returns whether the run has changed, or may have changed, something in Railway. */
export function hasChanged({ outcomes }: RunReport): boolean {
  return (outcomes ?? []).some(({ changed }) => changed)
}
