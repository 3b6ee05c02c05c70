import type { Failure } from '../errors/codes.ts'
import { countedOutcomes, type Outcome } from '../execute/outcome.ts'
import { hasWork } from '../plan/plan.ts'
import type { RunReport } from '../run-state.ts'

/** The contract's `status`. */
export type RunStatus =
  | 'success'
  | 'failure'
  | 'partial'
  | 'unchanged'
  | 'accepted'
  | 'planned'
  | 'skipped'

/** Everything that fails the job: what stopped the run, and what went wrong with single targets. */
export function allFailures({ failures, outcomes }: RunReport): Failure[] {
  // One cause may have ended several steps.
  return [...new Set([...failures, ...(outcomes ?? []).flatMap(({ failure }) => failure ?? [])])]
}

const good = new Set(['success', 'unchanged', 'accepted'])

/** A rollback is what `command: rollback` asks for, and no success of any other command. */
const isGood = ({ status }: Outcome, { inputs }: RunReport) =>
  good.has(status) || (status === 'rolled-back' && inputs?.command === 'rollback')

/** Nothing was there to be done; that of a preview is found out only by looking into it. */
const isIdle = ({ step, status }: Outcome) =>
  step.action === 'keep' || (step.action === 'update-preview' && status === 'unchanged')

/** One word for the whole run. */
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

/** The run made Railway different, or may have. */
export function hasChanged({ outcomes }: RunReport): boolean {
  return (outcomes ?? []).some(({ changed }) => changed)
}
