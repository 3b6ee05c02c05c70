import type { Clock } from './clock.ts'

/**
 * The deadline of a run, which follows from `timeout`. It is counted from the first change. Before that, it is counted
 * from the start of the run and limits waits for Railway's rate limit.
 */
export class Deadline {
  readonly #clock: Clock
  readonly #timeout: number
  #startedAt: number
  #changing = false

  /** Starts the time before the first change. `timeout` is in milliseconds. */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.#timeout = timeout
    this.#startedAt = clock.now()
  }

  /** Counts the time from now on, before the first change. Later calls have no effect. */
  begin(): void {
    if (this.#changing) return
    this.#changing = true
    this.#startedAt = this.#clock.now()
  }

  /** Counts the time from now on again. A rollback has as much time as the deployments before it. */
  restart(): void {
    this.#startedAt = this.#clock.now()
  }

  /** Returns the time of the deadline, in milliseconds since the epoch. */
  get at(): number {
    return this.#startedAt + this.#timeout
  }

  /** Returns whether the deadline is over. */
  get passed(): boolean {
    return this.#clock.now() >= this.at
  }

  /** Returns `timeout`, in milliseconds. */
  get timeout(): number {
    return this.#timeout
  }
}
