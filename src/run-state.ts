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

/** The last lines of the log of a failed deployment, oldest first, each without secrets and control characters. */
export interface LogExcerpt {
  readonly deploymentId: string
  readonly lines: readonly string[]
}

/** The results of a run so far. Each stage adds its part. A part that is not known yet is `null`, or an empty list. */
export interface RunReport {
  readonly inputs: Inputs | null
  /** The input or variable that the token was taken from. */
  readonly tokenSource: TokenSource | null
  /** The result of probing the token, also if its scope does not fit. */
  readonly detection: DetectionResult | null
  readonly scope: TokenScope | null
  readonly inventory: Inventory | null
  readonly selection: Selection | null
  readonly plan: Plan | null
  readonly outcomes: readonly Outcome[] | null
  /** The path of the file with the logs of failed deployments; `null` if none failed. */
  readonly logFile: string | null
  readonly logExcerpts: readonly LogExcerpt[]
  readonly failures: readonly Failure[]
  readonly warnings: readonly Warning[]
  /** The messages that require no action. */
  readonly notices: readonly Warning[]
  /** The results of `check` with `diagnose` about Railway's API. */
  readonly diagnosis: Diagnosis | null
  /** Whether the run had nothing to do for its event, which is no error. */
  readonly skipped: boolean
  /** The number of requests to Railway. */
  readonly requests: number
  /** The number of requests that are left of the hourly limit, by Railway's last answer. */
  readonly remaining: number | null
}

/** The report at the start of a run. */
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
  logExcerpts: [],
  failures: [],
  warnings: [],
  notices: [],
  diagnosis: null,
  skipped: false,
  requests: 0,
  remaining: null,
}

/** Returns the detected token, also if its scope does not fit. */
export const detectedToken = ({ detection }: Pick<RunReport, 'detection'>): DetectedToken | null =>
  detection?.token.ok ? detection.token.value : null

/** An error that ends the pipeline early. The failures are in the state. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted'
}

/**
 * The state of a run. It collects the results of the stages, so that a run that stops early still reports them. Nothing
 * else in the pipeline is changed in place.
 */
export class RunState {
  #report: RunReport = initialReport

  get report(): RunReport {
    return this.#report
  }

  /** Stores the result of a stage, and returns it. */
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

  /** Adds failures and ends the pipeline. */
  abort(failures: readonly Failure[]): never {
    this.fail(failures)
    throw new RunAborted()
  }

  /** Adds failures. The pipeline continues. */
  fail(failures: readonly Failure[]): void {
    this.#report = { ...this.#report, failures: [...this.#report.failures, ...failures] }
  }

  /** Adds the variable of the proxy to the failures of requests without an answer; `null` stands for no proxy. */
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

  /** Adds notices. */
  notice(notices: readonly Warning[]): void {
    this.#report = { ...this.#report, notices: [...this.#report.notices, ...notices] }
  }

  /** Marks the run as skipped and adds the reason as a notice. This is no error. */
  skip(notice: Warning): void {
    this.set('skipped', true)
    this.notice([notice])
  }

  /** Adds warnings. */
  warn(warnings: readonly Warning[]): void {
    this.#report = { ...this.#report, warnings: [...this.#report.warnings, ...warnings] }
  }
}
