import type { Clock } from '../clock.ts'
import type { Behaviour } from './behaviour.ts'

/** Formats of the rate limit headers. The world's behaviour decides about a property that is missing. */
export interface HeaderFormats {
  /** `X-RateLimit-Reset`: epoch seconds, epoch milliseconds, an ISO date, seconds from now, or none. */
  reset: Behaviour['rateLimitReset']
  /**
   * `RateLimit-Policy`: `10000;w=3600, 50;w=1`, or `"hour";q=10000;w=3600, "second";q=50;w=1`, or
   * `"default";q=10000;w=3600`, or the last one after a policy that counts bytes instead of requests.
   */
  policy: Behaviour['rateLimitPolicy']
  /** `false`: responses have no header about the limits, except `Retry-After`. */
  rateHeaders: boolean
}

/** The rate limits of the server. `null`: no limit. */
export interface RateLimits {
  perHour: number | null
  perSecond: number | null
  headers: Partial<HeaderFormats>
  /** Whether all tokens share one limit, instead of one limit for each token. */
  shared: boolean
  /** The limit of the network in front of Railway. It counts the requests of all callers together. */
  edge: { perSecond: number; when: 'no-query-string' | 'always'; retryAfterSeconds?: number } | null
}

/** The limits of a plan, `none`, or single limits. */
export type LimitsOption = 'free' | 'hobby' | 'pro' | 'none' | Partial<RateLimits>

const base: RateLimits = {
  perHour: null,
  perSecond: null,
  headers: {},
  shared: false,
  edge: { perSecond: 10, when: 'no-query-string' },
}

/** The limits of Railway's plans. */
export const planLimits = {
  free: { ...base, perHour: 100 },
  hobby: { ...base, perHour: 1000, perSecond: 10 },
  pro: { ...base, perHour: 10_000, perSecond: 50 },
  none: { ...base, headers: { rateHeaders: false }, edge: null },
} satisfies Record<string, RateLimits>

export function toLimits(option: LimitsOption): RateLimits {
  return typeof option === 'string' ? planLimits[option] : { ...base, ...option }
}

interface Window {
  startsAt: number
  used: number
  /** Times of the requests in the last second, oldest first. */
  recent: number[]
}

export interface RateLimitResult {
  /** The rate limit headers of the response. */
  headers: Record<string, string>
  /** Seconds to wait if the request is refused, else `null`. */
  retryAfter: number | null
}

/**
 * A rate limiter. The limit per second is a sliding window. The limit per hour is a fixed window. The world's behaviour
 * determines its start. Refused requests are not counted.
 */
export class RateLimiter {
  readonly limits: RateLimits
  readonly #clock: Clock
  readonly #behaviour: Behaviour
  readonly #windows = new Map<string, Window>()
  #edge: number[] = []

  constructor(limits: RateLimits, clock: Clock, behaviour: Behaviour) {
    this.limits = limits
    this.#behaviour = behaviour
    this.#clock = clock
  }

  /** Whether the request is below the limit of the network in front of Railway. If it is, the request is counted. */
  passesEdge(hasQueryString: boolean): boolean {
    const { edge } = this.limits
    if (!edge || (edge.when === 'no-query-string' && hasQueryString)) return true
    const now = this.#clock.now()
    this.#edge = this.#edge.filter((time) => time > now - 1000)
    if (this.#edge.length >= edge.perSecond) return false
    this.#edge.push(now)
    return true
  }

  /** Counts a request of this token with this number of units. */
  count(token: string, units = 1): RateLimitResult {
    const window = this.#window(token)
    const now = this.#clock.now()
    const { perHour, perSecond } = this.limits
    const oldest = window.recent[0]
    if (perHour !== null && window.used + units > perHour) {
      return this.#refuse(token, (window.startsAt + hour - now) / 1000)
    }
    if (perSecond !== null && oldest !== undefined && window.recent.length >= perSecond) {
      return this.#refuse(token, (oldest + 1000 - now) / 1000)
    }
    window.used += units
    window.recent.push(now)
    return { headers: this.#headers(token), retryAfter: null }
  }

  /** Returns the rest of the token's limit per hour, and the end of that hour. `null`: there is no limit. */
  budget(token: string): { remaining: number; resetsAt: number } | null {
    const { perHour } = this.limits
    if (perHour === null) return null
    const { startsAt, used } = this.#window(token)
    return { remaining: Math.max(0, perHour - used), resetsAt: startsAt + hour }
  }

  #refuse(token: string, seconds: number): RateLimitResult {
    const retryAfter = Math.max(1, Math.ceil(seconds))
    return { headers: this.#headers(token), retryAfter }
  }

  #headers(token: string): Record<string, string> {
    const { perHour, headers } = this.limits
    const { rateLimitHeaders, rateLimitReset } = this.#behaviour
    const { rateHeaders = rateLimitHeaders !== 'none', reset = rateLimitReset } = headers
    if (!rateHeaders) return {}
    const all: Record<string, string> = {}
    const budget = this.budget(token)
    if (perHour !== null && budget && rateLimitHeaders !== 'policy-only') {
      all['x-ratelimit-limit'] = String(perHour)
      all['x-ratelimit-remaining'] = String(budget.remaining)
      if (reset !== 'absent') all['x-ratelimit-reset'] = this.#reset(budget.resetsAt, reset)
    }
    const policy = this.#policy(headers.policy ?? this.#behaviour.rateLimitPolicy)
    if (policy.length > 0) all['ratelimit-policy'] = policy.join(', ')
    return all
  }

  #policy(format: HeaderFormats['policy']): string[] {
    const { perHour, perSecond } = this.limits
    const hourly = perHour === null ? [] : [`"default";q=${perHour};w=3600`]
    switch (format) {
      case 'none':
        return []
      case 'hour-only':
        return hourly
      case 'foreign-units':
        return ['"bytes";qu="content-bytes";q=65536;w=1', ...hourly]
      case 'plain':
        return [
          ...(perHour === null ? [] : [`${perHour};w=3600`]),
          ...(perSecond === null ? [] : [`${perSecond};w=1`]),
        ]
      case 'structured':
        return [
          ...(perHour === null ? [] : [`"hour";q=${perHour};w=3600`]),
          ...(perSecond === null ? [] : [`"second";q=${perSecond};w=1`]),
        ]
    }
  }

  #reset(time: number, format: Exclude<HeaderFormats['reset'], 'absent'>): string {
    const formats = {
      'epoch-seconds': () => String(Math.ceil(time / 1000)),
      'epoch-milliseconds': () => String(time),
      iso: () => new Date(time).toISOString(),
      delta: () => String(Math.max(0, Math.ceil((time - this.#clock.now()) / 1000))),
    }
    return formats[format]()
  }

  /** Returns the current window of the token. Begins a new one if the last one is over. */
  #window(token: string): Window {
    const isShared = this.limits.shared || this.#behaviour.rateLimitScope === 'everybody'
    const key = isShared ? '' : token
    const now = this.#clock.now()
    const last = this.#windows.get(key)
    const recent = (last?.recent ?? []).filter((time) => time > now - 1000)
    const startsAt = this.#behaviour.rateLimitHour === 'clock-hour' ? now - (now % hour) : now
    const current = last && now < last.startsAt + hour ? last : { startsAt, used: 0 }
    const window = { ...current, recent }
    this.#windows.set(key, window)
    return window
  }
}

const hour = 3_600_000
