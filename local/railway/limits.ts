import type { Clock } from '../clock.ts'
import type { Behaviour } from './behaviour.ts'

/** The forms of the headers that tell of the limits. Those left out are as the world's behaviour has them. */
export interface HeaderForms {
  /** `X-RateLimit-Reset`: epoch seconds, epoch milliseconds, an ISO date, seconds from now, or none. */
  reset: Behaviour['rateLimitReset']
  /**
   * `RateLimit-Policy`: `10000;w=3600, 50;w=1`, or `"hour";q=10000;w=3600, "second";q=50;w=1`, or
   * `"default";q=10000;w=3600`, or the same with a policy that counts something else than requests.
   */
  policy: Behaviour['rateLimitPolicy']
  /** `false`: answers tell nothing of the limits, except `Retry-After`. */
  rateHeaders: boolean
}

export interface RateLimits {
  perHour: number | null
  perSecond: number | null
  headers: Partial<HeaderForms>
  /** Everybody counts together, not each token for itself. */
  shared: boolean
  /** The limit of the network in front, which counts requests by address. */
  edge: { perSecond: number; when: 'no-query-string' | 'always'; retryAfterSeconds?: number } | null
}

export type LimitsOption = 'free' | 'hobby' | 'pro' | 'none' | Partial<RateLimits>

const base: RateLimits = {
  perHour: null,
  perSecond: null,
  headers: {},
  shared: false,
  edge: { perSecond: 10, when: 'no-query-string' },
}

/** The plans' limits: 100 an hour; 1,000 an hour and 10 a second; 10,000 an hour and 50 a second. */
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
  /** Of the last second, oldest first. */
  recent: number[]
}

export interface Verdict {
  headers: Record<string, string>
  /** Seconds to wait, where the request is refused. */
  retryAfter: number | null
}

/** Counts requests: an hour begins as the world's behaviour has it, a second slides. Refused ones do not count. */
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

  /** Whether the network in front lets the request through. */
  passesEdge(hasQueryString: boolean): boolean {
    const { edge } = this.limits
    if (!edge || (edge.when === 'no-query-string' && hasQueryString)) return true
    const now = this.#clock.now()
    this.#edge = this.#edge.filter((time) => time > now - 1000)
    if (this.#edge.length >= edge.perSecond) return false
    this.#edge.push(now)
    return true
  }

  /** Counts a request that is worth so many units. */
  take(holder: string, units = 1): Verdict {
    const window = this.#window(holder)
    const now = this.#clock.now()
    const { perHour, perSecond } = this.limits
    const oldest = window.recent[0]
    if (perHour !== null && window.used + units > perHour) {
      return this.#refuse(holder, (window.startsAt + hour - now) / 1000)
    }
    if (perSecond !== null && oldest !== undefined && window.recent.length >= perSecond) {
      return this.#refuse(holder, (oldest + 1000 - now) / 1000)
    }
    window.used += units
    window.recent.push(now)
    return { headers: this.#headers(holder), retryAfter: null }
  }

  budget(holder: string): { remaining: number; resetsAt: number } | null {
    const { perHour } = this.limits
    if (perHour === null) return null
    const { startsAt, used } = this.#window(holder)
    return { remaining: Math.max(0, perHour - used), resetsAt: startsAt + hour }
  }

  #refuse(holder: string, seconds: number): Verdict {
    const retryAfter = Math.max(1, Math.ceil(seconds))
    return { headers: this.#headers(holder), retryAfter }
  }

  #headers(holder: string): Record<string, string> {
    const { perHour, headers } = this.limits
    const { rateLimitHeaders, rateLimitReset } = this.#behaviour
    const { rateHeaders = rateLimitHeaders !== 'none', reset = rateLimitReset } = headers
    if (!rateHeaders) return {}
    const all: Record<string, string> = {}
    const budget = this.budget(holder)
    if (perHour !== null && budget && rateLimitHeaders !== 'policy-only') {
      all['x-ratelimit-limit'] = String(perHour)
      all['x-ratelimit-remaining'] = String(budget.remaining)
      if (reset !== 'absent') all['x-ratelimit-reset'] = this.#reset(budget.resetsAt, reset)
    }
    const policy = this.#policy(headers.policy ?? this.#behaviour.rateLimitPolicy)
    if (policy.length > 0) all['ratelimit-policy'] = policy.join(', ')
    return all
  }

  #policy(form: HeaderForms['policy']): string[] {
    const { perHour, perSecond } = this.limits
    const hourly = perHour === null ? [] : [`"default";q=${perHour};w=3600`]
    switch (form) {
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

  #reset(time: number, form: Exclude<HeaderForms['reset'], 'absent'>): string {
    const forms = {
      'epoch-seconds': () => String(Math.ceil(time / 1000)),
      'epoch-milliseconds': () => String(time),
      iso: () => new Date(time).toISOString(),
      delta: () => String(Math.max(0, Math.ceil((time - this.#clock.now()) / 1000))),
    }
    return forms[form]()
  }

  #window(holder: string): Window {
    const isShared = this.limits.shared || this.#behaviour.rateLimitScope === 'everybody'
    const key = isShared ? '' : holder
    const now = this.#clock.now()
    const known = this.#windows.get(key)
    const recent = (known?.recent ?? []).filter((time) => time > now - 1000)
    const startsAt = this.#behaviour.rateLimitHour === 'clock-hour' ? now - (now % hour) : now
    const current = known && now < known.startsAt + hour ? known : { startsAt, used: 0 }
    const window = { ...current, recent }
    this.#windows.set(key, window)
    return window
  }
}

const hour = 3_600_000
