import type { ApiProblem, ErrorReason } from './api-error.ts'
import { waitAfterRejection } from './rate-limit-wait.ts'

/** The properties of a request that decide whether it may be sent again. */
export interface Retryable {
  readonly kind: 'query' | 'mutation'
  /** `true` if sending the request twice has the same effect as sending it once. */
  readonly repeatable: boolean
  /** The maximum number of attempts if it is repeatable and rejected without a cause; by default 3. */
  readonly unexplainedAttempts?: number | undefined
}

/** The state of the attempts at one request. Durations are in milliseconds. */
export interface RetryState {
  /** The number of the attempt that has just failed, counted from 1. */
  readonly attempt: number
  /** The total duration of the attempts without a response and of the waits after them. */
  readonly spent: number
  /** The maximum of `spent`. */
  readonly retryBudget: number
  /** The time until the deadline of the run. */
  readonly untilDeadline: number
  /** `true` if the job was cancelled. */
  readonly stopped: boolean
  /** A random number in [0, 1), for jitter. */
  readonly random: number
}

/** The decision after an attempt that failed. */
export type RetryDecision =
  /** Do not send the request again, and report the error. */
  | { readonly kind: 'stop' }
  /** Do not send the request again, because the job was cancelled. */
  | { readonly kind: 'cancel' }
  /** Send the request again as soon as the rate limiter permits it. */
  | { readonly kind: 'queue' }
  /** Send the request again after a wait. */
  | { readonly kind: 'wait'; readonly milliseconds: number }

/** The default retry budget of a request, in milliseconds. */
export const defaultRetryBudget = 120_000

/**
 * The maximum number of attempts at a request that is rejected without a cause. Such rejections are often temporary.
 */
const maxUnexplainedAttempts = 3

/** The upper limit of the first wait, of all waits, and the lower limit of all waits, in milliseconds. */
const firstBackoff = 1_000
const maxBackoff = 20_000
const minBackoff = 200

const stop: RetryDecision = { kind: 'stop' }

/**
 * Decides whether a request is sent again. Queries and repeatable mutations are sent again if there is no response. Any
 * other mutation is sent again only if it certainly had no effect: it was not sent, or the API rejected it for a
 * temporary reason (a rate limit, a throttle, a cooldown). A wait never ends after the deadline.
 */
export function decideRetry(
  problem: ApiProblem,
  { repeatable, unexplainedAttempts = maxUnexplainedAttempts }: Retryable,
  state: RetryState,
): RetryDecision {
  switch (problem.kind) {
    case 'rate-limited':
      return { kind: 'queue' }
    case 'refused': {
      const wait = rejectionWait(problem.reason, repeatable ? unexplainedAttempts : 1, state)
      if (wait === null || wait > state.untilDeadline) return stop
      return { kind: 'wait', milliseconds: wait }
    }
    case 'unavailable': {
      if (problem.final || (problem.sent && !repeatable)) return stop
      if (state.stopped) return { kind: 'cancel' }
      const wait = backoff(state.attempt, state.random)
      const isOver = state.spent + wait > state.retryBudget || wait > state.untilDeadline
      return isOver ? stop : { kind: 'wait', milliseconds: wait }
    }
    case 'token-invalid':
    case 'incompatible':
    case 'cancelled':
      return stop
  }
}

/** Returns the milliseconds before the retry of a rejected request, or `null` if it is not retried. */
function rejectionWait(
  reason: ErrorReason,
  unexplainedAttempts: number,
  { attempt, random }: RetryState,
): number | null {
  switch (reason) {
    case 'cooldown':
    case 'throttled':
      return waitAfterRejection({ reason, attempt, random })
    case 'other':
      return attempt < unexplainedAttempts ? backoff(attempt + 1, random) : null
    default:
      return null
  }
}

/** Returns a random wait in milliseconds. Its upper limit is doubled by each attempt: 1, 2, 4, … at most 20 seconds. */
function backoff(attempt: number, random: number): number {
  return Math.max(minBackoff, random * Math.min(maxBackoff, firstBackoff * 2 ** (attempt - 1)))
}
