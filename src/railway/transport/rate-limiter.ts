import type { Clock } from '../../clock.ts'
import { ApiError } from './api-error.ts'
import type { RateHeaders } from './rate-limit-headers.ts'

/** What is left of the hourly limit, as far as the answers said. */
export interface Budget {
  readonly limit: number | null
  readonly remaining: number | null
  /** Milliseconds since the epoch. */
  readonly resetsAt: number | null
}

/** Until the first answer tells the limit, and where answers tell none: five a second. */
const carefulPerSecond = 5

/** Of the permitted pace; the rest absorbs the network's jitter, so that no window overflows. */
const usedShare = 0.95

/** Railway's documented requests per second, by the requests per hour of the plan. */
const perSecondOfPlan: readonly (readonly [hourly: number, perSecond: number])[] = [
  [10_000, 50],
  [1_000, 10],
]

/**
 * One queue that every request of the run passes, in order. It spaces requests by the limit that the
 * answers' headers state, stops all of them while the API says to wait, and keeps count of the budget.
 */
export class RateLimiter {
  readonly #clock: Clock
  #tail: Promise<unknown> = Promise.resolve()
  #nextAt = 0
  #pausedUntil = 0
  #pausedBy: 'api' | 'edge' = 'api'
  #spacing = 1000 / carefulPerSecond
  #slowdown = 1
  #budget: Budget = { limit: null, remaining: null, resetsAt: null }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get budget(): Budget {
    const { resetsAt, limit } = this.#budget
    const renewed = resetsAt !== null && resetsAt <= this.#clock.now()
    return renewed ? { limit, remaining: limit, resetsAt: null } : this.#budget
  }

  /**
   * Resolves when the next request may be sent. Rejects with `rate-limited` where that would be after
   * `deadline()` (milliseconds since the epoch), at once and without waiting.
   */
  turn(deadline: () => number, signal: AbortSignal): Promise<void> {
    const turn = this.#tail.then(() => this.#take(deadline, signal))
    this.#tail = turn.catch(() => {})
    return turn
  }

  async #take(deadline: () => number, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (signal.aborted) throw new ApiError({ kind: 'cancelled' })
      this.#pauseWhenSpent()
      const now = this.#clock.now()
      const at = Math.max(this.#nextAt, this.#pausedUntil)
      if (this.#pausedUntil > Math.max(now, deadline())) {
        throw new ApiError({
          kind: 'rate-limited',
          by: this.#pausedBy,
          resetsAt: this.#pausedUntil,
        })
      }
      if (at <= now) break
      await this.#clock.sleep(at - now, signal)
    }
    this.#nextAt = this.#clock.now() + this.#spacing * this.#slowdown
    const { remaining } = this.budget
    if (remaining !== null) {
      this.#budget = { ...this.budget, remaining: Math.max(0, remaining - 1) }
    }
  }

  #pauseWhenSpent(): void {
    const { remaining, resetsAt } = this.budget
    if (remaining === 0 && resetsAt !== null) this.pause(resetsAt, 'api')
  }

  /** Holds every request until then; a 429 also halves the pace for the rest of the run. */
  pause(until: number, by: 'api' | 'edge', told = false): void {
    if (until > this.#pausedUntil) {
      this.#pausedUntil = until
      this.#pausedBy = by
    }
    if (told) this.#slowdown = Math.min(4, this.#slowdown * 2)
  }

  /**
   * Takes over what an answer says. Requests under way have been counted already, so a number that is
   * higher than ours within the same window is older news and ignored.
   */
  learn({ limit, remaining, resetsAt, perSecond }: RateHeaders): void {
    const known = this.budget
    const sameWindow =
      known.resetsAt !== null && resetsAt !== null && Math.abs(resetsAt - known.resetsAt) < 5_000
    this.#budget = {
      limit: limit ?? known.limit,
      remaining:
        remaining !== null && known.remaining !== null && (sameWindow || resetsAt === null)
          ? Math.min(remaining, known.remaining)
          : (remaining ?? known.remaining),
      resetsAt: resetsAt ?? known.resetsAt,
    }
    const ofPlan = perSecondOfPlan.find(([hourly]) => (limit ?? 0) >= hourly)?.[1]
    const pace = perSecond ?? ofPlan
    if (pace) this.#spacing = 1000 / (pace * usedShare)
  }
}
