/**
 * The longest wait in milliseconds that is accepted from a header. Railway's longest window is an hour, so a longer
 * wait is cut, or ignored.
 */
export const maxAnnouncedWait = 86_400_000

/**
 * The shortest wait after a 429, in milliseconds. Without it, a limit that says "now" would cause requests without
 * end.
 */
const minWait = 1_000

/**
 * The wait after a 429 of the API without a `Retry-After`, in milliseconds: this, doubled by each attempt up to the
 * longest.
 */
const firstApiWait = 1_000
const maxApiWait = 60_000

/** The wait after a block by the edge without a `Retry-After`, in milliseconds. */
const edgeWait = 60_000

/** The wait after a cooldown, in milliseconds: a workspace may create an environment every 30 s. */
const cooldownWait = 33_000
const cooldownJitter = 5_000

/** The wait after a throttled mutation in milliseconds, times the number of the attempt. */
const throttleWait = 10_000
const maxThrottleWait = 60_000

/** An answer that limits all requests: a 429, or a page of the edge that blocks the address. */
export interface LimitedAnswer {
  readonly by: 'api' | 'edge'
  /** The wait by `Retry-After` in milliseconds; `null` if the answer states none. */
  readonly announced: number | null
  /** The number of the attempt, from 1 on. */
  readonly attempt: number
}

/** Returns how long all requests wait after a 429, in milliseconds. */
export function waitAfterLimit({ by, announced, attempt }: LimitedAnswer): number {
  const unannounced = by === 'edge' ? edgeWait : Math.min(maxApiWait, firstApiWait * 2 ** attempt)
  return Math.max(minWait, announced ?? unannounced)
}

/** A rejection of one request for a limit, such as a cooldown. */
export interface LimitedRequest {
  readonly reason: 'cooldown' | 'throttled'
  /** The number of the attempt, from 1 on. */
  readonly attempt: number
  /** A number in [0, 1), for jitter. */
  readonly random: number
}

/** Returns how long one request waits after Railway rejected it for a limit, in milliseconds. */
export function waitAfterRejection({ reason, attempt, random }: LimitedRequest): number {
  switch (reason) {
    case 'cooldown':
      return cooldownWait + random * cooldownJitter
    case 'throttled':
      return Math.min(maxThrottleWait, throttleWait * attempt)
  }
}
