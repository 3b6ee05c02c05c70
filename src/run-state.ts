import type { Diagnosis } from './diagnosis.ts'
import { type Failure, failure } from './errors/codes.ts'
import type { Result } from './errors/result.ts'
import type { Warning } from './errors/warning.ts'
import type { Outcome } from './execute/outcome.ts'
import type { Inputs } from './inputs/read-inputs.ts'
import type { Inventory } from './inventory/inventory.ts'
import type { Selection } from './inventory/selection.ts'
import type { Plan } from './plan/plan.ts'
import type { DetectedToken, DetectionResult, TokenScope } from './scope/token-scope.ts'
import type { TokenSource } from './token-type.ts'

/** Everything that a run has found out so far. Each stage adds its part, and every part can be reported alone. */
export interface RunReport {
  readonly inputs: Inputs | null
  /** The input or variable that the token was taken from. */
  readonly tokenSource: TokenSource | null
  /** The result of probing the token, even if its scope does not fit. */
  readonly detection: DetectionResult | null
  readonly scope: TokenScope | null
  readonly inventory: Inventory | null
  readonly selection: Selection | null
  readonly plan: Plan | null
  readonly outcomes: readonly Outcome[] | null
  /** The path of the file with the logs of failed deployments; `null` without one. */
  readonly logFile: string | null
  readonly failures: readonly Failure[]
  readonly warnings: readonly Warning[]
  /** Messages that ask for no action. */
  readonly notices: readonly Warning[]
  /** The results of `check` with `diagnose` about Railway's API. */
  readonly diagnosis: Diagnosis | null
  /** There was nothing to be done for this event, and that is as it should be. */
  readonly skipped: boolean
  /** Requests made to Railway. */
  readonly requests: number
  /** The requests left of the hourly limit, by the last answer. */
  readonly remaining: number | null
}

/** The report before anything was read. */
export const initialReport: RunReport = {
  inputs: null,
  tokenSource: null,
  detection: null,
  scope: null,
  inventory: null,
  selection: null,
  plan: null,
  outcomes: null,
  logFile: null,
  failures: [],
  warnings: [],
  notices: [],
  diagnosis: null,
  skipped: false,
  requests: 0,
  remaining: null,
}

/** Returns the token that was detected, even if its scope does not fit. */
export const detectedToken = ({ detection }: Pick<RunReport, 'detection'>): DetectedToken | null =>
  detection?.token.ok ? detection.token.value : null

/** Ends the pipeline early. Its failures are in the state. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted'
}

/**
 * Collects what the stages find out, so that a run that stops half-way still reports everything up to there. The
 * only part of the pipeline that is changed in place.
 */
export class RunState {
  #report: RunReport = initialReport

  get report(): RunReport {
    return this.#report
  }

  /** Stores what a stage found, and returns it. */
  set<Key extends keyof RunReport>(
    key: Key,
    value: NonNullable<RunReport[Key]>,
  ): NonNullable<RunReport[Key]> {
    this.#report = { ...this.#report, [key]: value }
    return value
  }

  /** Returns the value of a result, or aborts the run with its failures. */
  require<Value>(result: Result<Value>): Value {
    if (result.ok) return result.value
    this.abort(result.failures)
  }

  /** Ends the pipeline with these failures. */
  abort(failures: readonly Failure[]): never {
    this.fail(failures)
    throw new RunAborted()
  }

  fail(failures: readonly Failure[]): void {
    this.#report = { ...this.#report, failures: [...this.#report.failures, ...failures] }
  }

  /** Names the proxy of requests to Railway in the failures of those that got no answer. */
  nameProxy(variable: string | null): void {
    if (variable === null) return
    const named = <Any extends Failure | null>(one: Any) =>
      one?.code === 'api-unavailable' ? failure(one.code, { ...one.facts, proxy: variable }) : one
    const { failures, outcomes } = this.#report
    this.#report = {
      ...this.#report,
      failures: failures.map(named),
      outcomes:
        outcomes?.map((outcome) => ({ ...outcome, failure: named(outcome.failure) })) ?? null,
    }
  }

  notice(notices: readonly Warning[]): void {
    this.#report = { ...this.#report, notices: [...this.#report.notices, ...notices] }
  }

  /** Reports that there was nothing to do for this event, which is no error. */
  skip(notice: Warning): void {
    this.set('skipped', true)
    this.notice([notice])
  }

  warn(warnings: readonly Warning[]): void {
    this.#report = { ...this.#report, warnings: [...this.#report.warnings, ...warnings] }
  }
}
