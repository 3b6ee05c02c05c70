import type { When } from './incidents.ts'

/**
 * Changes of the world at a later time, or after some requests. There are no timers: a change that is due is made when
 * `runDue` or `runBeforeRequest` is called.
 */
export class ScheduledEvents {
  readonly #now: () => number
  readonly #timed: { at: number; change: () => void }[] = []
  #counted: { left: number; root: string | null; change: () => void }[] = []

  /** @param now returns the current time, in milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Number of changes that are scheduled for a time and have not been made. */
  get pending(): number {
    return this.#timed.length
  }

  /** Schedules a change for a time, in milliseconds since the epoch. */
  at(time: number, change: () => void): void {
    this.#timed.push({ at: time, change })
  }

  /** Makes the change after some time or some requests, or immediately if `when` is 0 seconds or 0 requests. */
  after(when: When, change: () => void): void {
    if ('seconds' in when && when.seconds > 0) {
      this.at(this.#now() + when.seconds * 1000, change)
    } else if ('requests' in when && when.requests > 0) {
      this.#counted.push({ left: when.requests, root: when.root ?? null, change })
    } else {
      change()
    }
  }

  /** Makes the changes whose time has come, in the order of their times. */
  runDue(): void {
    for (;;) {
      const now = this.#now()
      let next = -1
      for (const [index, { at }] of this.#timed.entries()) {
        if (at <= now && at < (this.#timed[next]?.at ?? Infinity)) next = index
      }
      const [event] = next < 0 ? [] : this.#timed.splice(next, 1)
      if (!event) return
      event.change()
    }
  }

  /** Makes the changes that are due after the requests until now, and those whose time has come. */
  runBeforeRequest(): void {
    const due = this.#counted.filter(({ left }) => left === 0)
    this.#counted = this.#counted.filter(({ left }) => left > 0)
    for (const { change } of due) change()
    this.runDue()
  }

  /** Counts a request with these root fields. */
  countRequest(roots: readonly string[]): void {
    for (const event of this.#counted) {
      if (event.left > 0 && (event.root === null || roots.includes(event.root))) event.left--
    }
  }
}
