import { parseHttpDate } from './http-date.ts'
import { maxAnnouncedWait } from './rate-limit-wait.ts'

/** Reads one header; `null` if it is missing. */
export type ReadHeader = (name: string) => string | null

/** The limits as the headers of one answer state them. Times are milliseconds since the epoch. */
export interface RateHeaders {
  readonly limit: number | null
  readonly remaining: number | null
  readonly resetsAt: number | null
  /** Requests per second, if a policy has a short window. */
  readonly perSecond: number | null
}

/** The largest number that is accepted as a count of requests. */
const maxCount = 1_000_000_000

/** The longest window in seconds that states a rate. */
const maxPaceWindow = 600

/** The window of the request budget, in seconds. */
const budgetWindow = 3_600

/** The slowest and the fastest rate that are accepted, in requests per second. */
const slowest = 1 / 30
const fastest = 200

/**
 * Reads `X-RateLimit-Limit`, `-Remaining`, `-Reset` and `RateLimit-Policy`. Railway documents that these headers exist,
 * but not their form. Every usual form is accepted, and anything else counts as missing.
 */
export function readRateHeaders(header: ReadHeader, now: number): RateHeaders {
  const policies = readPolicies(header('ratelimit-policy'))
  return {
    limit: readLimit(header('x-ratelimit-limit')) ?? hourlyQuota(policies),
    remaining: readCount(header('x-ratelimit-remaining')),
    resetsAt: readReset(header('x-ratelimit-reset'), now),
    perSecond: readPace(policies),
  }
}

/** Reads a limit. One of zero or below permits nothing, or stands for "no limit", so it counts as missing. */
const readLimit = (text: string | null) => readCount(text) || null

/** The syntax of a number with separators of thousands. A merged header has a space behind the comma. */
const thousands = /(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d.]|,\d)/g

/** Reads the smallest count of a header that may have been sent twice and merged: `1000`, `1000, 1000;w=3600`. */
function readCount(text: string | null): number | null {
  const plain = text?.replace(thousands, (number) => number.replaceAll(',', '')) ?? null
  const counts = splitList(plain).flatMap((part) => {
    const digits = /^(-?\d+)(?![\w.])/.exec(part)?.[1]
    const count = digits === undefined ? Number.NaN : Math.max(0, Number(digits))
    return count <= maxCount ? [count] : []
  })
  return counts.length === 0 ? null : Math.min(...counts)
}

/** Reads a time since the epoch in seconds, milli-, micro- or nanoseconds, seconds from now, or a date. */
function readReset(text: string | null, now: number): number | null {
  const times = splitDates(text).flatMap((part) => {
    const at = isNumber(part) ? fromNumber(Number(part), now) : parseHttpDate(part)
    return at !== null && at <= now + maxAnnouncedWait && at >= now - maxAnnouncedWait
      ? [Math.ceil(at)]
      : []
  })
  return times.length === 0 ? null : Math.max(...times)
}

function fromNumber(number: number, now: number): number {
  if (number < 1e9) return now + number * 1e3
  if (number < 1e11) return number * 1e3
  if (number < 1e14) return number
  return number < 1e17 ? number / 1e3 : number / 1e6
}

/**
 * Returns the milliseconds to wait by `Retry-After`, in seconds or as a date; the longest, if it was sent twice. Some
 * servers send the time itself, as a number since the epoch.
 */
export function readRetryAfter(text: string | null, now: number): number | null {
  const waits = splitDates(text).flatMap((part) => {
    const at = isNumber(part) ? Math.ceil(fromNumber(Number(part), now)) : parseHttpDate(part)
    const wait = until(at, now)
    return wait === null ? [] : [Math.min(wait, maxAnnouncedWait)]
  })
  return waits.length === 0 ? null : Math.max(...waits)
}

const until = (at: number | null, now: number) => (at === null ? null : Math.max(0, at - now))

const isNumber = (text: string) => /^\d{1,30}(?:\.\d{1,30})?$/.test(text)

/** One policy of `RateLimit-Policy`: so many requests in so many seconds. */
interface Policy {
  readonly quota: number
  readonly window: number
}

/**
 * Reads `"burst";q=10;w=1` (the newer form of the draft) and `10;w=1` (the older one), several separated by commas.
 * Policies that count anything but requests, or that allow none, are left out.
 */
function readPolicies(text: string | null): Policy[] {
  return splitList(text).flatMap((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
    const values = new Map(
      parameters.map((parameter) => {
        const [key = '', value = ''] = parameter.split('=', 2)
        return [key.trim().toLowerCase(), value.trim().replaceAll('"', '')] as const
      }),
    )
    const unit = values.get('qu') ?? 'requests'
    const quota = toWhole(values.get('q') ?? name)
    const window = toWhole(values.get('w') ?? '')
    return unit === 'requests' && quota !== null && window !== null ? [{ quota, window }] : []
  })
}

/** Returns a whole number above zero. */
const toWhole = (digits: string) =>
  /^\d{1,10}$/.test(digits) && Number(digits) > 0 ? Number(digits) : null

const hourlyQuota = (policies: readonly Policy[]) => {
  const quotas = policies.flatMap(({ quota, window }) => (window === budgetWindow ? [quota] : []))
  return quotas.length === 0 ? null : Math.min(...quotas)
}

function readPace(policies: readonly Policy[]): number | null {
  const paces = policies.flatMap(({ quota, window }) =>
    window <= maxPaceWindow ? [quota / window] : [],
  )
  return paces.length === 0 ? null : Math.min(fastest, Math.max(slowest, Math.min(...paces)))
}

/** Splits a list at its commas. */
const splitList = (text: string | null): string[] =>
  (text ?? '').split(',').flatMap((part) => part.trim() || [])

/** Splits a list whose items may be dates, which have a comma behind the day of the week. */
function splitDates(text: string | null): string[] {
  const items: string[] = []
  let day = ''
  for (const part of splitList(text)) {
    if (/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*$/i.test(part)) day = `${part}, `
    else {
      items.push(day + part)
      day = ''
    }
  }
  return items
}
