import type { Checked, Failure } from './errors/errors.ts'
import type { Warning } from './errors/warning.ts'
import { type Known, nothingKnown } from './report/run-status.ts'

/** Ends the road early; what is known so far is in the ledger. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/**
 * Collects what the stages find out, so that a run that stops half-way still reports everything up to
 * there. The only thing on the road that is changed in place.
 */
export class Ledger {
  #known: Known = nothingKnown

  get known(): Known {
    return this.#known
  }

  /** Keeps what a stage found, and hands it on. */
  keep<Key extends keyof Known>(key: Key, value: NonNullable<Known[Key]>): NonNullable<Known[Key]> {
    this.#known = { ...this.#known, [key]: value }
    return value
  }

  /** Takes the value of a check, or stops the road with everything that is wrong. */
  take<Value>(checked: Checked<Value>): Value {
    if (checked.ok) return checked.value
    this.stop(checked.failures)
  }

  stop(failures: readonly Failure[]): never {
    this.fail(failures)
    throw new Stopped()
  }

  fail(failures: readonly Failure[]): void {
    this.#known = { ...this.#known, failures: [...this.#known.failures, ...failures] }
  }

  note(notices: readonly Warning[]): void {
    this.#known = { ...this.#known, notices: [...this.#known.notices, ...notices] }
  }

  warn(warnings: readonly Warning[]): void {
    this.#known = { ...this.#known, warnings: [...this.#known.warnings, ...warnings] }
  }
}
