import type { Failure } from './errors/codes.ts'
import type { Result } from './errors/result.ts'
import type { Warning } from './errors/warning.ts'
import type { Outcome } from './execute/outcome.ts'
import type { Inputs } from './inputs/read-inputs.ts'
import type { Inventory } from './inventory/inventory.ts'
import type { Selection } from './inventory/selection.ts'
import type { Plan } from './plan/plan.ts'
import type { DetectionResult, TokenScope } from './scope/token-scope.ts'

/** Everything a run has found out so far. Each stage adds its own; a report can be made of any part. */
export interface RunReport {
  readonly inputs: Inputs | null
  /** Where the token was taken from. */
  readonly tokenSource: string | null
  /** What the questions about the token brought, also where its scope does not fit. */
  readonly verdict: DetectionResult | null
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
export const initialReport: RunReport = {
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

/** Ends the road early; what is known so far is in the ledger. */
export class RunAborted extends Error {
  override readonly name = 'Stopped'
}

/**
 * Collects what the stages find out, so that a run that stops half-way still reports everything up to
 * there. The only thing on the road that is changed in place.
 */
export class RunState {
  #known: RunReport = initialReport

  get report(): RunReport {
    return this.#known
  }

  /** Keeps what a stage found, and hands it on. */
  set<Key extends keyof RunReport>(
    key: Key,
    value: NonNullable<RunReport[Key]>,
  ): NonNullable<RunReport[Key]> {
    this.#known = { ...this.#known, [key]: value }
    return value
  }

  /** Takes the value of a check, or stops the road with everything that is wrong. */
  require<Value>(checked: Result<Value>): Value {
    if (checked.ok) return checked.value
    this.stop(checked.failures)
  }

  stop(failures: readonly Failure[]): never {
    this.fail(failures)
    throw new RunAborted()
  }

  fail(failures: readonly Failure[]): void {
    this.#known = { ...this.#known, failures: [...this.#known.failures, ...failures] }
  }

  notice(notices: readonly Warning[]): void {
    this.#known = { ...this.#known, notices: [...this.#known.notices, ...notices] }
  }

  warn(warnings: readonly Warning[]): void {
    this.#known = { ...this.#known, warnings: [...this.#known.warnings, ...warnings] }
  }
}
