import type { EndlessDelays } from '../../poll-until.ts'

/** The first delay after a delay of 0, in milliseconds. */
const minDelay = 500

/** Up to this delay, in milliseconds, each delay is three times the one before. Later ones grow by 30 percent. */
const shortDelay = 3_000

/** The maximum delay between two polls of a preview, in milliseconds. A revoked token is noticed at the next poll. */
const maxDelay = 14_400

/**
 * Yields the delays before the polls of a preview, in milliseconds. Short first delays show a quick change early.
 * Longer later delays save requests.
 */
export function* previewPollDelays(first: number): EndlessDelays {
  for (let delay = first; ; delay = delayAfter(delay)) yield delay
}

function delayAfter(delay: number): number {
  if (delay >= shortDelay) return Math.min(maxDelay, delay * 1.3)
  return Math.min(shortDelay, Math.max(minDelay, delay * 3))
}
