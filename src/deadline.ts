import type { Clock } from './clock.ts'

/**
 * The deadline of a run. It is `timeout` after the start of the first change. Until that change starts, it is `timeout`
 * after the start of the run and limits the waits for Railway's rate limit.
 */
export class Deadline {
  readonly #clock: Clock
  readonly #timeout: number
  #startedAt: number
  #hasChanges = false

  /** Sets the deadline to `timeout` milliseconds after now. */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.#timeout = timeout
    this.#startedAt = clock.now()
  }

  /** Sets the deadline to `timeout` after now if this is the first change. Later calls have no effect. */
  startChange(): void {
    if (this.#hasChanges) return
    this.#hasChanges = true
    this.#startedAt = this.#clock.now()
  }

  /** Sets the deadline to `timeout` after now. A rollback has as much time as the deployments before it. */
  restart(): void {
    this.#startedAt = this.#clock.now()
  }

  /** The time of the deadline, in milliseconds since the epoch. */
  get at(): number {
    return this.#startedAt + this.#timeout
  }

  /** Whether the deadline has passed. */
  get passed(): boolean {
    return this.#clock.now() >= this.at
  }

  /** The input `timeout`, in milliseconds. */
  get timeout(): number {
    return this.#timeout
  }
}
