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

/** The results of the stages of a run. The result of a stage that has not ended is `null`, or an empty list. */
export interface RunReport {
  readonly inputs: Inputs | null
  /** The input or environment variable with the token. */
  readonly tokenSource: TokenSource | null
  /** The result of probing the token. It is also set if the token cannot be used for this run. */
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
  /** The messages for information, which require no action. */
  readonly notices: readonly Warning[]
  /** The results of `check` with the input `diagnose`. */
  readonly diagnosis: Diagnosis | null
  /** Whether the run was skipped because its event requires no work. This is not an error. */
  readonly skipped: boolean
  /** The number of requests to Railway so far. */
  readonly requests: number
  /** The number of requests left in Railway's hourly limit; `null` if no response has stated it. */
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

/** Returns the detected token, or `null` if it was not detected. */
export const detectedToken = ({ detection }: Pick<RunReport, 'detection'>): DetectedToken | null =>
  detection?.token.ok ? detection.token.value : null

/** An error that ends the pipeline. The failures are already in the {@link RunState}. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted'
}

/**
 * The state of a run, which collects the results of the stages. A run that fails can therefore report the results of
 * the stages before the failure.
 */
export class RunState {
  #report: RunReport = initialReport

  /** The results so far. */
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

  /** Returns the value of a result. If the result has failures, adds them and throws {@link RunAborted}. */
  require<Value>(result: Result<Value>): Value {
    if (result.ok) return result.value
    this.abort(result.failures)
  }

  /** Adds failures, and throws {@link RunAborted} to end the pipeline. */
  abort(failures: readonly Failure[]): never {
    this.fail(failures)
    throw new RunAborted()
  }

  /** Adds failures. The pipeline continues. */
  fail(failures: readonly Failure[]): void {
    this.#report = { ...this.#report, failures: [...this.#report.failures, ...failures] }
  }

  /**
   * Adds the name of the variable with the proxy to all failures of requests without a response. Does nothing if there
   * is no proxy (`null`).
   */
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

  /** Marks the run as skipped, and adds the reason as a notice. */
  skip(notice: Warning): void {
    this.set('skipped', true)
    this.notice([notice])
  }

  /** Adds warnings. */
  warn(warnings: readonly Warning[]): void {
    this.#report = { ...this.#report, warnings: [...this.#report.warnings, ...warnings] }
  }
}
