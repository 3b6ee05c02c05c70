/**
 * The longest wait that is accepted from a header, in milliseconds: a day. Railway's longest window is an hour, so a
 * longer wait is an error of the server.
 */
export const maxHeaderWait = 86_400_000

/** The shortest wait after HTTP 429, in milliseconds. It prevents a loop of requests if `Retry-After` is 0. */
const minWait = 1_000

/**
 * The base and the maximum of the wait after HTTP 429 of the API without `Retry-After`, in milliseconds. Each attempt
 * doubles the wait: 2 s after the first attempt, 4 s after the second.
 */
const baseApiWait = 1_000
const maxApiWait = 60_000

/** The wait after a limit of the network in front of the API (`edge`) without `Retry-After`, in milliseconds. */
const edgeWait = 60_000

/**
 * The wait after a cooldown and the maximum of its random part, in milliseconds. Railway permits one new environment
 * every 30 s in a workspace.
 */
const cooldownWait = 33_000
const cooldownJitter = 5_000

/** The wait after a throttled mutation for each attempt so far and its maximum, in milliseconds. */
const throttleWait = 10_000
const maxThrottleWait = 60_000

/**
 * A response that limits all requests of the run: HTTP 429, or the page with which the network in front of the API
 * (`edge`) blocks the IP address.
 */
export interface LimitedResponse {
  readonly by: 'api' | 'edge'
  /** The wait in `Retry-After`, in milliseconds; `null` if the response has no such header. */
  readonly retryAfter: number | null
  /** The number of the attempt, counted from 1. */
  readonly attempt: number
}

/** Returns the milliseconds for which all requests wait after such a response. */
export function waitAfterLimit({ by, retryAfter, attempt }: LimitedResponse): number {
  const defaultWait = by === 'edge' ? edgeWait : Math.min(maxApiWait, baseApiWait * 2 ** attempt)
  return Math.max(minWait, retryAfter ?? defaultWait)
}

/** A rejection of one request because of a limit for its operation. Other requests are not limited. */
export interface LimitedRequest {
  readonly reason: 'cooldown' | 'throttled'
  /** The number of the attempt, counted from 1. */
  readonly attempt: number
  /** A number in [0, 1), for jitter. */
  readonly random: number
}

/** Returns the milliseconds before the retry of a request that Railway rejected because of a limit. */
export function waitAfterRejection({ reason, attempt, random }: LimitedRequest): number {
  switch (reason) {
    case 'cooldown':
      return cooldownWait + random * cooldownJitter
    case 'throttled':
      return Math.min(maxThrottleWait, throttleWait * attempt)
  }
}
