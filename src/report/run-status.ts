import type { Failure } from '../errors/errors.ts'
import type { Warning } from '../errors/warning.ts'
import { decisive, type Outcome } from '../execute/outcome.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Selection } from '../inventory/select.ts'
import { hasWork, type Plan } from '../plan/plan.ts'
import type { TokenScope, Verdict } from '../scope/token-scope.ts'

/** Everything a run has found out so far. Each stage adds its own; a report can be made of any part. */
export interface Known {
  readonly inputs: Inputs | null
  /** Where the token was taken from. */
  readonly tokenSource: string | null
  /** What the questions about the token brought, also where its scope does not fit. */
  readonly verdict: Verdict | null
  readonly scope: TokenScope | null
  readonly inventory: Inventory | null
  readonly selection: Selection | null
  readonly plan: Plan | null
  readonly outcomes: readonly Outcome[] | null
  readonly failures: readonly Failure[]
  readonly warnings: readonly Warning[]
  /** What is worth telling and nothing to act on. */
  readonly notices: readonly Warning[]
  /** There was nothing to be done for this event, and that is as it should be. */
  readonly skipped: boolean
  /** Requests made to Railway. */
  readonly requests: number
  /** What the last answer said is left of the hourly limit. */
  readonly remaining: number | null
}

/** What is known before anything was read. */
export const nothingKnown: Known = {
  inputs: null,
  tokenSource: null,
  verdict: null,
  scope: null,
  inventory: null,
  selection: null,
  plan: null,
  outcomes: null,
  failures: [],
  warnings: [],
  notices: [],
  skipped: false,
  requests: 0,
  remaining: null,
}

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
export function allFailures({ failures, outcomes }: Known): Failure[] {
  return [...failures, ...(outcomes ?? []).flatMap(({ failure }) => failure ?? [])]
}

const good = new Set(['success', 'unchanged', 'accepted'])

/** A rollback is what `command: rollback` asks for, and no success of any other command. */
const isGood = ({ status }: Outcome, { inputs }: Known) =>
  good.has(status) || (status === 'rolled-back' && inputs?.command === 'rollback')

/** Nothing was there to be done; that of a preview is found out only by looking into it. */
const isIdle = ({ step, status }: Outcome) =>
  step.action === 'keep' || (step.action === 'update-preview' && status === 'unchanged')

/** One word for the whole run. */
export function statusOf(known: Known): RunStatus {
  const outcomes = known.outcomes ?? []
  if (known.skipped && known.failures.length === 0) return 'skipped'
  if (allFailures(known).length > 0) {
    return decisive(outcomes).some((outcome) => isGood(outcome, known)) ? 'partial' : 'failure'
  }
  if (known.plan && !known.outcomes) {
    return hasWork(known.plan) ? 'planned' : 'unchanged'
  }
  if (outcomes.some(({ status }) => status === 'accepted')) return 'accepted'
  const idle = outcomes.length > 0 && outcomes.every(isIdle)
  return idle ? 'unchanged' : 'success'
}

/** The run made Railway different, or may have. */
export function hasChanged({ outcomes }: Known): boolean {
  return (outcomes ?? []).some(({ changed }) => changed)
}
