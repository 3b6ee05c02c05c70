import type { ApiProblem, ErrorReason } from './api-error.ts'
import { waitAfterRejection } from './rate-limit-wait.ts'

/** The facts about a request that decide whether it may be sent again. */
export interface Retryable {
  readonly kind: 'query' | 'mutation'
  /** `true` if sending it again leaves the same state. */
  readonly repeatable: boolean
  /** The number of attempts after rejections without a cause; by default 3. */
  readonly vagueAttempts?: number | undefined
}

/** The progress of the attempts at one request. Times are milliseconds. */
export interface RetryState {
  /** The number of the attempt that has just failed, from 1 on. */
  readonly attempt: number
  /** The time that attempts without an answer have taken so far, with the waits between them. */
  readonly spent: number
  /** The limit of `spent`. */
  readonly retryBudget: number
  readonly untilDeadline: number
  /** `true` if the job was cancelled. */
  readonly stopped: boolean
  /** A number in [0, 1). */
  readonly random: number
}

/** The next thing to do after an attempt that failed. */
export type RetryDecision =
  | { readonly kind: 'stop' }
  /** Nothing came of the request, and nothing is sent any more. */
  | { readonly kind: 'cancel' }
  /** Send it again as soon as the rate limiter lets it pass. */
  | { readonly kind: 'queue' }
  /** Send it again after a wait. `announced`: the API requested the wait. */
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly announced: boolean }

/** The default limit of retries of a read, in milliseconds. */
export const defaultRetryBudget = 120_000

/** The number of attempts after rejections without a cause, which are often temporary. */
const maxVagueAttempts = 3

const firstBackoff = 1_000
const maxBackoff = 20_000
const minBackoff = 200

const stop: RetryDecision = { kind: 'stop' }

/**
 * Decides whether a request is sent again. Reads, and repeatable mutations, are sent again if there is no answer. Any
 * other mutation is sent again only if it certainly did not take effect: it was never sent, or the API rejected it for
 * a temporary reason (a limit, a throttle, a cooldown). No wait ends after the deadline.
 */
export function decideRetry(
  problem: ApiProblem,
  { repeatable, vagueAttempts = maxVagueAttempts }: Retryable,
  state: RetryState,
): RetryDecision {
  switch (problem.kind) {
    case 'rate-limited':
      return { kind: 'queue' }
    case 'refused': {
      const wait = rejectionWait(problem.reason, repeatable ? vagueAttempts : 1, state)
      if (wait === null || wait > state.untilDeadline) return stop
      return { kind: 'wait', milliseconds: wait, announced: true }
    }
    case 'unavailable': {
      if (problem.final || (problem.sent && !repeatable)) return stop
      if (state.stopped) return { kind: 'cancel' }
      const wait = backoff(state.attempt, state.random)
      const isOver = state.spent + wait > state.retryBudget || wait > state.untilDeadline
      return isOver ? stop : { kind: 'wait', milliseconds: wait, announced: false }
    }
    case 'token-invalid':
    case 'incompatible':
    case 'cancelled':
      return stop
  }
}

/** Returns the wait after a rejection before a retry; `null` if a retry would be rejected, too. */
function rejectionWait(
  reason: ErrorReason,
  vagueAttempts: number,
  { attempt, random }: RetryState,
): number | null {
  switch (reason) {
    case 'cooldown':
    case 'throttled':
      return waitAfterRejection({ reason, attempt, random })
    case 'other':
      return attempt < vagueAttempts ? backoff(attempt + 1, random) : null
    default:
      return null
  }
}

/** Returns the wait before a retry: full jitter below 1, 2, 4, … at most 20 seconds. */
function backoff(attempt: number, random: number): number {
  return Math.max(minBackoff, random * Math.min(maxBackoff, firstBackoff * 2 ** (attempt - 1)))
}
