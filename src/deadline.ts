import type { Clock } from './clock.ts'

/**
 * Until when the run may wait, by `timeout`: counted from the first change on; before it, from the start
 * of the run, for being told to wait.
 */
export class Deadline {
  readonly #clock: Clock
  readonly #timeout: number
  #startedAt: number
  #changing = false

  /** `timeout` in milliseconds. */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.#timeout = timeout
    this.#startedAt = clock.now()
  }

  /** The first change is about to be made. */
  begin(): void {
    if (this.#changing) return
    this.#changing = true
    this.#startedAt = this.#clock.now()
  }

  /** The way back has as long as the way there. */
  restart(): void {
    this.#startedAt = this.#clock.now()
  }

  /** Milliseconds since the epoch. */
  get at(): number {
    return this.#startedAt + this.#timeout
  }

  get passed(): boolean {
    return this.#clock.now() >= this.at
  }

  get timeout(): number {
    return this.#timeout
  }
}
