/** Reads one header; `null` where it is missing. */
export type ReadHeader = (name: string) => string | null

/** What the headers of one answer say about the limits. Times are milliseconds since the epoch. */
export interface RateHeaders {
  readonly limit: number | null
  readonly remaining: number | null
  readonly resetsAt: number | null
  /** Requests per second, where a policy names a window of at most ten seconds. */
  readonly perSecond: number | null
}

/**
 * Reads `X-RateLimit-Limit`, `-Remaining`, `-Reset` and `RateLimit-Policy`. Railway documents that they
 * exist, not how they look, so every usual form is understood and anything else counts as not said.
 */
export function readRateHeaders(header: ReadHeader, now: number): RateHeaders {
  return {
    limit: readCount(header('x-ratelimit-limit')),
    remaining: readCount(header('x-ratelimit-remaining')),
    resetsAt: readReset(header('x-ratelimit-reset'), now),
    perSecond: readPerSecond(header('ratelimit-policy')),
  }
}

function readCount(text: string | null): number | null {
  const digits = text?.match(/^\s*(\d+)/)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** Seconds or milliseconds since the epoch, seconds from now, or a date. */
function readReset(text: string | null, now: number): number | null {
  if (text === null || text.trim() === '') return null
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) {
    const number = Number(text)
    if (number >= 1e11) return number
    return number >= 1e9 ? number * 1000 : now + number * 1000
  }
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : date
}

/**
 * The quota of the shortest window, as requests per second: `"burst";q=10;w=1` (the draft's newer form)
 * or `10;w=1` (the older), several separated by commas.
 */
function readPerSecond(text: string | null): number | null {
  const rates = (text ?? '').split(',').flatMap((policy) => {
    const quota = /(?:^|;)\s*q=(\d+)/i.exec(policy)?.[1] ?? /^\s*(\d+)\s*;/.exec(policy)?.[1]
    const window = /;\s*w=(\d+)/i.exec(policy)?.[1]
    if (!quota || !window || Number(window) === 0 || Number(window) > 10) return []
    return [Number(quota) / Number(window)]
  })
  return rates.length === 0 ? null : Math.min(...rates)
}

/** Milliseconds to wait by `Retry-After`: whole seconds or a date. */
export function readRetryAfter(text: string | null, now: number): number | null {
  if (text === null || text.trim() === '') return null
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Math.ceil(Number(text) * 1000)
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
