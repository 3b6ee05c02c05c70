import type { Clock } from '../../clock.ts'
import type { Shard } from '../../inputs/fields.ts'
import { ApiError } from './api-error.ts'
import { type CompletedRequest, NetworkJitter } from './network-jitter.ts'
import type { RateHeaders } from './rate-limit-headers.ts'

/** The request budget: the rest of Railway's hourly limit. A value is `null` until a response states it. */
export interface Budget {
  /** The permitted number of requests per hour. */
  readonly limit: number | null
  /** The number of requests that are left until `resetsAt`. */
  readonly remaining: number | null
  /** The time at which the full limit is available again, in milliseconds since the epoch. */
  readonly resetsAt: number | null
}

/** The part of the budget that this job may use. Several jobs (shards) can use the same token at the same time. */
export interface BudgetShare extends Budget {
  /** The number of jobs that share the budget; 1 if this job is alone. */
  readonly shards: number
}

/** The requests per second until a response states the permitted rate. */
const defaultPerSecond = 5

/** The number of requests that are sent at once at the start of the run: the first two queries about the token. */
const initialBurst = 2

/**
 * The part of the permitted rate that is used. The unused tenth compensates a network jitter of a ninth of a second.
 */
const usedShare = 0.9

/** The number of requests whose times are kept. It equals the highest rate that a header can state. */
const maxSent = 200

/** The window in which Railway counts the requests per second, in milliseconds. */
const window = 1_000

/** The highest estimate of the network's jitter, in milliseconds. Each recent HTTP 429 adds the same amount. */
const maxJitter = 330

/** The longest delay of a request for which the next one is sent earlier, in milliseconds. Timers cause such delays. */
const maxCatchUp = 50

/** The part of the rate by which HTTP 429 reduces it, at most once a second, and the highest total reduction. */
const slowdown = 0.05
const maxSlowdown = 0.5

/** The part of the rate that is restored per second after a reduction. */
const recoveryPerSecond = 0.005

/**
 * The longest wait for the rate in milliseconds that is made even if it ends after the deadline. A request with a
 * longer wait fails instead.
 */
const maxWaitAfterDeadline = 1_000

/** The requests per second that Railway documents for each plan, by the plan's requests per hour. */
const perSecondOfPlan: readonly (readonly [hourly: number, perSecond: number])[] = [
  [10_000, 50],
  [1_000, 10],
]

/** Returns the requests per second that the headers of a response permit, or `null` if they state no limit. */
export function permittedRate({ limit, perSecond }: RateHeaders): number | null {
  const ofPlan = perSecondOfPlan.find(([hourly]) => (limit ?? 0) >= hourly)?.[1]
  return perSecond ?? ofPlan ?? null
}

/**
 * Returns the milliseconds between two requests for a rate in requests per second. `jitter` is the network's jitter in
 * milliseconds. Requests that are sent within one second plus the jitter may arrive within one second. The number of
 * requests in that time is therefore limited to the rate.
 */
export const spacingOf = (perSecond: number, jitter = 0): number =>
  Math.max(window / usedShare, window + jitter) / perSecond

/**
 * Returns the budget after a response. The previous budget already counts the requests that have no response yet. A
 * higher number of remaining requests within the same hour is therefore outdated and ignored.
 */
export function updateBudget(
  previous: Budget,
  { limit, remaining, resetsAt }: RateHeaders,
): Budget {
  const sameWindow =
    previous.resetsAt !== null &&
    resetsAt !== null &&
    Math.abs(resetsAt - previous.resetsAt) < 5_000
  return {
    limit: limit ?? previous.limit,
    remaining:
      remaining !== null && previous.remaining !== null && (sameWindow || resetsAt === null)
        ? Math.min(remaining, previous.remaining)
        : (remaining ?? previous.remaining),
    resetsAt: resetsAt ?? previous.resetsAt,
  }
}

/**
 * A rate limiter with one queue for all requests of the run. It keeps the rate that the headers of the responses
 * permit, blocks all requests while the API requires a wait, and counts the request budget. If several jobs (shards)
 * share the token, this job uses its part of the rate.
 */
export class RateLimiter {
  readonly #clock: Clock
  readonly #shard: Shard
  /** The time at which the rate limiter was created, in milliseconds since the epoch. */
  readonly #createdAt: number
  /** Resolves when the last request in the queue has been sent or has failed. */
  #tail: Promise<unknown> = Promise.resolve()
  #sentCount = 0
  /**
   * The time at which the last request was due, in milliseconds since the epoch. The next request is due one spacing
   * after it, even if the last request was sent late.
   */
  #lastDue = Number.NEGATIVE_INFINITY
  /** The times at which the last requests were sent, in milliseconds since the epoch. */
  #sentAt: readonly number[] = []
  /** The permitted requests per second; `null` until a response states them. */
  #perSecond: number | null = null
  readonly #jitter = new NetworkJitter()
  /** The part by which the rate was reduced at `#slowedAt`. */
  #slowdown = 0
  #slowedAt = Number.NEGATIVE_INFINITY
  #blockedUntil = Number.NEGATIVE_INFINITY
  #blockedBy: 'api' | 'edge' = 'api'
  #budget: Budget = { limit: null, remaining: null, resetsAt: null }
  /** Aborts the wait of the first request in the queue when the rate changes. */
  #rateChange = new AbortController()

  constructor(clock: Clock, shard: Shard = { part: 1, of: 1 }) {
    this.#clock = clock
    this.#shard = shard
    this.#createdAt = clock.now()
  }

  /** The request budget of the token. */
  get budget(): Budget {
    const { resetsAt, limit } = this.#budget
    const renewed = resetsAt !== null && resetsAt <= this.#clock.now()
    return renewed ? { limit, remaining: limit, resetsAt: null } : this.#budget
  }

  /** The part of the request budget that this job may use. */
  get share(): BudgetShare {
    const shards = this.#shard.of
    const part = (whole: number | null) => (whole === null ? null : Math.floor(whole / shards))
    const { limit, remaining, resetsAt } = this.budget
    return { limit: part(limit), remaining: part(remaining), resetsAt, shards }
  }

  /**
   * Returns the block of all requests that lasts beyond a deadline (milliseconds since the epoch); `null` if there is
   * none. No request is sent before the deadline then.
   */
  blockBeyond(deadline: number): { readonly by: 'api' | 'edge'; readonly until: number } | null {
    this.#blockIfExhausted()
    const until = this.#blockedUntil + this.#shardDelay
    return until > Math.max(this.#clock.now(), deadline) ? { by: this.#blockedBy, until } : null
  }

  /**
   * Waits in the queue until the next request may be sent. Rejects with {@link ApiError} `rate-limited` if a block, or
   * a wait of more than a second for the rate, would end after `deadline()` (milliseconds since the epoch). It rejects
   * before that wait. Rejects with `cancelled` if the signal aborts.
   */
  acquire(deadline: () => number, signal: AbortSignal): Promise<void> {
    const acquired = this.#tail.then(() => this.#waitUntilDue(deadline, signal))
    this.#tail = acquired.catch(() => {})
    return acquired
  }

  /**
   * Waits until a request could be sent at once: the queue is empty, and the next request is due. Resolves earlier if
   * that would be after `deadline()` (milliseconds since the epoch), or if the signal aborts. {@link acquire} then
   * rejects.
   */
  async whenFree(deadline: () => number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const last = this.#tail
      await last
      const now = this.#clock.now()
      const at = Math.max(this.#due(now), this.#blockedUntil + this.#shardDelay)
      if (signal.aborted || at > deadline()) return
      if (at > now) {
        await this.#clock.sleep(at - now, AbortSignal.any([signal, this.#rateChange.signal]))
      } else if (last === this.#tail) return
    }
  }

  async #waitUntilDue(deadline: () => number, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (signal.aborted) throw new ApiError({ kind: 'cancelled' })
      this.#blockIfExhausted()
      const now = this.#clock.now()
      const due = this.#due(now)
      const at = Math.max(due, this.#blockedUntil + this.#shardDelay)
      const isLong = this.#blockedUntil + this.#shardDelay > now || due - now > maxWaitAfterDeadline
      if (isLong && at > Math.max(now, deadline())) {
        throw new ApiError({ kind: 'rate-limited', by: this.#blockedBy, resetsAt: at })
      }
      if (at <= now) break
      await this.#clock.sleep(at - now, AbortSignal.any([signal, this.#rateChange.signal]))
    }
    const now = this.#clock.now()
    this.#lastDue = Math.max(this.#due(now), now - maxCatchUp)
    this.#sentCount += 1
    this.#sentAt = [...this.#sentAt, now].slice(-maxSent)
    const { remaining } = this.budget
    if (remaining !== null) {
      this.#budget = { ...this.budget, remaining: Math.max(0, remaining - 1) }
    }
  }

  /** Returns the time at which the rate permits the next request, in milliseconds since the epoch. */
  #due(now: number): number {
    const { of } = this.#shard
    if (this.#sentCount === 0) return Math.max(now, this.#createdAt + this.#shardDelay)
    if (of === 1 && this.#perSecond === null && this.#sentCount < initialBurst) return now
    const paced = this.#lastDue + (this.#spacingAt(now) * of) / (1 - this.#slowdownAt(now))
    return Math.max(paced, this.#windowEnd(now))
  }

  /**
   * Returns the time from which one more request does not exceed the permitted requests per second, in milliseconds
   * since the epoch. A shard does not know the requests of the other shards, so only the spacing limits it.
   */
  #windowEnd(now: number): number {
    const isAlone = this.#shard.of === 1
    const permitted = Math.floor(this.#perSecond ?? 0)
    const first = isAlone && permitted > 0 ? this.#sentAt.at(-permitted) : undefined
    return first === undefined ? Number.NEGATIVE_INFINITY : first + window + this.#jitterAt(now)
  }

  /** Returns the milliseconds between two requests, counting the requests of all shards. */
  #spacingAt(now: number): number {
    if (this.#perSecond === null) return 1000 / defaultPerSecond
    return spacingOf(this.#perSecond, this.#jitterAt(now))
  }

  /** Returns the estimated jitter of the network, in milliseconds. */
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
   * The delay in milliseconds after which this shard starts, and after which it continues after a block. The shards
   * have different delays, so they do not all send at the same moment.
   */
  get #shardDelay(): number {
    return (this.#shard.part - 1) * this.#spacingAt(this.#clock.now())
  }

  /** Returns the part by which the rate is reduced at the time `now`. */
  #slowdownAt(now: number): number {
    const recovered = ((now - this.#slowedAt) / 1000) * recoveryPerSecond
    return Math.max(0, this.#slowdown - recovered)
  }

  /** Blocks all requests until the reset if no request is left in the budget. */
  #blockIfExhausted(): void {
    const { remaining, resetsAt } = this.budget
    if (remaining === 0 && resetsAt !== null) this.blockUntil(resetsAt, 'api')
  }

  /** Blocks all requests until a time in milliseconds since the epoch. A block never becomes shorter. */
  blockUntil(until: number, by: 'api' | 'edge'): void {
    if (until <= this.#blockedUntil) return
    this.#blockedUntil = until
    this.#blockedBy = by
  }

  /** Reduces the rate after HTTP 429. Several calls within a second count once, because the rate was the same. */
  slowDown(): void {
    const now = this.#clock.now()
    if (now - this.#slowedAt < 1000) return
    this.#slowdown = Math.min(maxSlowdown, this.#slowdownAt(now) + slowdown)
    this.#slowedAt = now
  }

  /** Adds a request and its response to the estimate of the network's jitter. */
  recordResponse(response: CompletedRequest): void {
    this.#jitter.add(response)
  }

  /** Updates the permitted rate and the request budget with the headers of a response. */
  update(headers: RateHeaders): void {
    this.#budget = updateBudget(this.budget, headers)
    const perSecond = permittedRate(headers)
    if (perSecond === null || perSecond === this.#perSecond) return
    this.#perSecond = perSecond
    this.#rateChange.abort()
    this.#rateChange = new AbortController()
  }
}
