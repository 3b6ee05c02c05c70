import type { Clock } from '../../clock.ts'
import type { Shard } from '../../inputs/fields.ts'
import { ApiError } from './api-error.ts'
import { type AnsweredRequest, NetworkJitter } from './network-jitter.ts'
import type { RateHeaders } from './rate-limit-headers.ts'

/** The rest of the hourly limit, as far as the answers state it. */
export interface Budget {
  readonly limit: number | null
  readonly remaining: number | null
  /** Milliseconds since the epoch. */
  readonly resetsAt: number | null
}

/** The part of the budget that one of several jobs with the same token may use. */
export interface BudgetShare extends Budget {
  readonly shards: number
}

/** The requests per second until an answer states the limit. */
const carefulPerSecond = 5

/** The number of requests that are sent together before the first answer: the two queries about the token. */
const firstTogether = 2

/** The used part of the permitted rate. The rest absorbs a jitter of the network of a ninth of a second. */
const usedShare = 0.9

/** The number of requests whose times are remembered: the highest permitted rate. */
const maxSent = 200

/** The window of the permitted rate, in milliseconds. */
const window = 1_000

/** The maximum jitter that is assumed, in milliseconds. Each 429 adds as much again. */
const maxJitter = 330

/** The delay of a timer that is made up for, in milliseconds. */
const maxCatchUp = 50

/** The part of the rate that a 429 reduces, at most once a second and never more than half in all. */
const slowdown = 0.05
const maxSlowdown = 0.5

/** The part of the rate that is restored in every second without a 429. */
const recoveryPerSecond = 0.005

/** The gap in milliseconds beyond which the rate is not kept after the deadline. */
const shortGap = 1_000

/** Railway's documented requests per second, by the requests per hour of the plan. */
const perSecondOfPlan: readonly (readonly [hourly: number, perSecond: number])[] = [
  [10_000, 50],
  [1_000, 10],
]

/** Returns the permitted requests per second by the limits that the headers of an answer state; `null` if none. */
export function permittedRate({ limit, perSecond }: RateHeaders): number | null {
  const ofPlan = perSecondOfPlan.find(([hourly]) => (limit ?? 0) >= hourly)?.[1]
  return perSecond ?? ofPlan ?? null
}

/**
 * Returns the milliseconds between requests at a permitted rate. Requests that are sent in a second and the jitter of
 * the network may arrive within one second, so no more are sent in that time than the rate permits for a second.
 */
export const spacingOf = (perSecond: number, jitter = 0): number =>
  Math.max(window / usedShare, window + jitter) / perSecond

/**
 * Returns the budget after an answer. Requests under way have been counted already. A number that is higher than the
 * known one within the same window is therefore outdated and ignored.
 */
export function updateBudget(known: Budget, { limit, remaining, resetsAt }: RateHeaders): Budget {
  const sameWindow =
    known.resetsAt !== null && resetsAt !== null && Math.abs(resetsAt - known.resetsAt) < 5_000
  return {
    limit: limit ?? known.limit,
    remaining:
      remaining !== null && known.remaining !== null && (sameWindow || resetsAt === null)
        ? Math.min(remaining, known.remaining)
        : (remaining ?? known.remaining),
    resetsAt: resetsAt ?? known.resetsAt,
  }
}

/**
 * A rate limiter that holds every request of the run in one queue. It spaces requests by the limit in the answers'
 * headers, stops all of them while the API requires a wait, and counts the budget. As one of several shards, it keeps
 * to its part of the rate.
 */
export class RateLimiter {
  readonly #clock: Clock
  readonly #shard: Shard
  /** The time at which it was made, in milliseconds since the epoch. */
  readonly #begin: number
  #tail: Promise<unknown> = Promise.resolve()
  #passed = 0
  /**
   * The time at which the last request was due. The next is due one spacing later, however late the last one was sent.
   */
  #lastDue = Number.NEGATIVE_INFINITY
  /** The times of the last requests: as many as are permitted in a second. */
  #sentAt: readonly number[] = []
  /** The permitted requests per second, as far as the answers state it. */
  #perSecond: number | null = null
  readonly #jitter = new NetworkJitter()
  #slowdown = 0
  #slowedAt = Number.NEGATIVE_INFINITY
  #blockedUntil = Number.NEGATIVE_INFINITY
  #blockedBy: 'api' | 'edge' = 'api'
  #budget: Budget = { limit: null, remaining: null, resetsAt: null }
  /** Wakes the request at the head of the queue, because the rate has changed. */
  #paceChange = new AbortController()

  constructor(clock: Clock, shard: Shard = { part: 1, of: 1 }) {
    this.#clock = clock
    this.#shard = shard
    this.#begin = clock.now()
  }

  get budget(): Budget {
    const { resetsAt, limit } = this.#budget
    const renewed = resetsAt !== null && resetsAt <= this.#clock.now()
    return renewed ? { limit, remaining: limit, resetsAt: null } : this.#budget
  }

  /** The part of the budget that is this job's. */
  get share(): BudgetShare {
    const shards = this.#shard.of
    const part = (whole: number | null) => (whole === null ? null : Math.floor(whole / shards))
    const { limit, remaining, resetsAt } = this.budget
    return { limit: part(limit), remaining: part(remaining), resetsAt, shards }
  }

  /**
   * Resolves when the next request may be sent. Rejects with `rate-limited` if that would be after `deadline()`
   * (milliseconds since the epoch), at once and without waiting.
   */
  acquire(deadline: () => number, signal: AbortSignal): Promise<void> {
    const turn = this.#tail.then(() => this.#take(deadline, signal))
    this.#tail = turn.catch(() => {})
    return turn
  }

  /**
   * Resolves when a request would pass at once: the queue is empty, and the next request is due. Resolves earlier if
   * that will not be until `deadline()`, or if the signal aborts. {@link acquire} then reports that.
   */
  async whenFree(deadline: () => number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const last = this.#tail
      await last
      const now = this.#clock.now()
      const at = Math.max(this.#due(now), this.#blockedUntil + this.#lag)
      if (signal.aborted || at > deadline()) return
      if (at > now) {
        await this.#clock.sleep(at - now, AbortSignal.any([signal, this.#paceChange.signal]))
      } else if (last === this.#tail) return
    }
  }

  async #take(deadline: () => number, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (signal.aborted) throw new ApiError({ kind: 'cancelled' })
      this.#blockWhenSpent()
      const now = this.#clock.now()
      const due = this.#due(now)
      const at = Math.max(due, this.#blockedUntil + this.#lag)
      const isLong = this.#blockedUntil + this.#lag > now || due - now > shortGap
      if (isLong && at > Math.max(now, deadline())) {
        throw new ApiError({ kind: 'rate-limited', by: this.#blockedBy, resetsAt: at })
      }
      if (at <= now) break
      await this.#clock.sleep(at - now, AbortSignal.any([signal, this.#paceChange.signal]))
    }
    const now = this.#clock.now()
    this.#lastDue = Math.max(this.#due(now), now - maxCatchUp)
    this.#passed += 1
    this.#sentAt = [...this.#sentAt, now].slice(-maxSent)
    const { remaining } = this.budget
    if (remaining !== null) {
      this.#budget = { ...this.budget, remaining: Math.max(0, remaining - 1) }
    }
  }

  /** Returns the time at which the next request is due by the rate alone. */
  #due(now: number): number {
    const { of } = this.#shard
    if (this.#passed === 0) return Math.max(now, this.#begin + this.#lag)
    if (of === 1 && this.#perSecond === null && this.#passed < firstTogether) return now
    const paced = this.#lastDue + (this.#spacingAt(now) * of) / (1 - this.#slowdownAt(now))
    return Math.max(paced, this.#windowEnd(now))
  }

  /**
   * Returns the time from which one more request cannot arrive in the same second as the last ones. Several shards do
   * not know of each other's requests, and keep to the spacing alone.
   */
  #windowEnd(now: number): number {
    const isAlone = this.#shard.of === 1
    const permitted = Math.floor(this.#perSecond ?? 0)
    const first = isAlone && permitted > 0 ? this.#sentAt.at(-permitted) : undefined
    return first === undefined ? Number.NEGATIVE_INFINITY : first + window + this.#jitterAt(now)
  }

  /** The milliseconds between the requests of all shards together. */
  #spacingAt(now: number): number {
    if (this.#perSecond === null) return 1000 / carefulPerSecond
    return spacingOf(this.#perSecond, this.#jitterAt(now))
  }

  /** The jitter of the network in milliseconds, by the answers so far. */
  #jitterAt(now: number): number {
    if (this.#perSecond === null) return 0
    const slowedBy = this.#slowdownAt(now)
    return this.#jitter.estimate({
      longest: maxJitter * (1 + slowedBy / slowdown),
      spacing: spacingOf(this.#perSecond),
      byOrder: slowedBy === 0,
    })
  }

  /**
   * The delay of this shard in milliseconds, so that shards that start or continue at the same moment do not send at
   * once.
   */
  get #lag(): number {
    return (this.#shard.part - 1) * this.#spacingAt(this.#clock.now())
  }

  #slowdownAt(now: number): number {
    const recovered = ((now - this.#slowedAt) / 1000) * recoveryPerSecond
    return Math.max(0, this.#slowdown - recovered)
  }

  #blockWhenSpent(): void {
    const { remaining, resetsAt } = this.budget
    if (remaining === 0 && resetsAt !== null) this.blockUntil(resetsAt, 'api')
  }

  /** Holds every request until a time in milliseconds since the epoch. */
  blockUntil(until: number, by: 'api' | 'edge'): void {
    if (until <= this.#blockedUntil) return
    this.#blockedUntil = until
    this.#blockedBy = by
  }

  /** Slows down a little after a 429. Simultaneous ones count once: they were sent at the same rate. */
  slowDown(): void {
    const now = this.#clock.now()
    if (now - this.#slowedAt < 1000) return
    this.#slowdown = Math.min(maxSlowdown, this.#slowdownAt(now) + slowdown)
    this.#slowedAt = now
  }

  /** Records an answer, from which the jitter of the network follows. */
  answered(answer: AnsweredRequest): void {
    this.#jitter.add(answer)
  }

  /** Updates the limits by the headers of an answer. */
  update(headers: RateHeaders): void {
    this.#budget = updateBudget(this.budget, headers)
    const perSecond = permittedRate(headers)
    if (perSecond === null || perSecond === this.#perSecond) return
    this.#perSecond = perSecond
    this.#paceChange.abort()
    this.#paceChange = new AbortController()
  }
}
