import { parseHttpDate } from './http-date.ts'
import { maxHeaderWait } from './rate-limit-wait.ts'

/** Returns the value of a header, or `null` if the response does not have it. */
export type ReadHeader = (name: string) => string | null

/** The rate limits in the headers of one response. A value is `null` if the headers do not state it. */
export interface RateHeaders {
  /** The permitted number of requests per hour. */
  readonly limit: number | null
  /** The number of requests left until `resetsAt`. */
  readonly remaining: number | null
  /** The end of the current hour of the limit, in milliseconds since the epoch. */
  readonly resetsAt: number | null
  /** The permitted number of requests per second, by the policies whose window is short. */
  readonly perSecond: number | null
}

/** The largest number that is accepted as a count of requests. */
const maxCount = 1_000_000_000

/** The longest window of a policy that is read as a rate per second, in seconds. */
const maxRateWindow = 600

/** The window of a policy that is read as the hourly limit, in seconds. */
const hourlyWindow = 3_600

/** The lowest and the highest rate, in requests per second. A rate outside is replaced by the nearest of both. */
const minRate = 1 / 30
const maxRate = 200

/**
 * Reads the headers `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset` and `RateLimit-Policy`. Railway
 * documents that these headers exist, but not their format. Every common format is accepted, and a header with any
 * other format counts as missing. `now` is in milliseconds since the epoch.
 */
export function readRateHeaders(header: ReadHeader, now: number): RateHeaders {
  const policies = readPolicies(header('ratelimit-policy'))
  return {
    limit: readLimit(header('x-ratelimit-limit')) ?? hourlyQuota(policies),
    remaining: readCount(header('x-ratelimit-remaining')),
    resetsAt: readReset(header('x-ratelimit-reset'), now),
    perSecond: lowestRate(policies),
  }
}

/** Parses a limit. A limit of zero or below counts as missing, because some servers send it for "no limit". */
const readLimit = (text: string | null) => readCount(text) || null

/** The format of a number with a comma as the separator of thousands. A list of several values has a space after it. */
const thousands = /(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d.]|,\d)/g

/** Returns the smallest count in a header with one or several values: `1000`, or `1000, 1000;w=3600`. */
function readCount(text: string | null): number | null {
  const plain = text?.replace(thousands, (number) => number.replaceAll(',', '')) ?? null
  const counts = splitList(plain).flatMap((part) => {
    const digits = /^(-?\d+)(?![\w.])/.exec(part)?.[1]
    const count = digits === undefined ? Number.NaN : Math.max(0, Number(digits))
    return count <= maxCount ? [count] : []
  })
  return counts.length === 0 ? null : Math.min(...counts)
}

/**
 * Parses the time of a reset: a date, the seconds from now, or the time since the epoch in seconds, milliseconds,
 * microseconds or nanoseconds. Returns milliseconds since the epoch.
 */
function readReset(text: string | null, now: number): number | null {
  const times = splitDates(text).flatMap((part) => {
    const at = isNumber(part) ? fromNumber(Number(part), now) : parseHttpDate(part)
    return at !== null && at <= now + maxHeaderWait && at >= now - maxHeaderWait
      ? [Math.ceil(at)]
      : []
  })
  return times.length === 0 ? null : Math.max(...times)
}

/** Converts a number to milliseconds since the epoch. Its unit follows from its size. */
function fromNumber(number: number, now: number): number {
  if (number < 1e9) return now + number * 1e3
  if (number < 1e11) return number * 1e3
  if (number < 1e14) return number
  return number < 1e17 ? number / 1e3 : number / 1e6
}

/**
 * Parses a `Retry-After` header: seconds, a date, or the time since the epoch, which some servers send. Returns the
 * milliseconds to wait from `now` on, or `null` if there is none. The longest wait counts if there are several.
 */
export function readRetryAfter(text: string | null, now: number): number | null {
  const waits = splitDates(text).flatMap((part) => {
    const at = isNumber(part) ? Math.ceil(fromNumber(Number(part), now)) : parseHttpDate(part)
    const wait = until(at, now)
    return wait === null ? [] : [Math.min(wait, maxHeaderWait)]
  })
  return waits.length === 0 ? null : Math.max(...waits)
}

const until = (at: number | null, now: number) => (at === null ? null : Math.max(0, at - now))

const isNumber = (text: string) => /^\d{1,30}(?:\.\d{1,30})?$/.test(text)

/** A policy of the header `RateLimit-Policy`: `quota` requests are permitted in `window` seconds. */
interface Policy {
  readonly quota: number
  readonly window: number
}

/**
 * Parses the policies of `RateLimit-Policy`, separated by commas. Newer versions of the IETF draft specify
 * `"burst";q=10;w=1`, older ones `10;w=1`. Policies that do not count requests, or that permit none, are skipped.
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

/** Parses a whole number above zero. Returns `null` for any other text. */
const toWhole = (digits: string) =>
  /^\d{1,10}$/.test(digits) && Number(digits) > 0 ? Number(digits) : null

/** Returns the smallest quota of the policies for an hour. */
const hourlyQuota = (policies: readonly Policy[]) => {
  const quotas = policies.flatMap(({ quota, window }) => (window === hourlyWindow ? [quota] : []))
  return quotas.length === 0 ? null : Math.min(...quotas)
}

/** Returns the lowest rate of the policies with a short window, in requests per second. */
function lowestRate(policies: readonly Policy[]): number | null {
  const rates = policies.flatMap(({ quota, window }) =>
    window <= maxRateWindow ? [quota / window] : [],
  )
  return rates.length === 0 ? null : Math.min(maxRate, Math.max(minRate, Math.min(...rates)))
}

/** Splits a list at its commas. */
const splitList = (text: string | null): string[] =>
  (text ?? '').split(',').flatMap((part) => part.trim() || [])

/** Splits a list at its commas, except for the comma after the day of the week in a date. */
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
