import type { EndlessPauses } from '../../poll-until.ts'

/** The first pause after a pause of 0, in milliseconds. */
const minPause = 500

/** Up to this pause, in milliseconds, each pause is three times the one before. Later ones grow by 30 percent. */
const shortPause = 3_000

/** The maximum pause between two polls of a preview, in milliseconds. A revoked token is noticed at the next poll. */
const maxPause = 14_400

/**
 * Yields the pauses before the polls of a preview, in milliseconds. Short first pauses show a quick change early.
 * Longer later pauses save requests.
 */
export function* previewPauses(first: number): EndlessPauses {
  for (let pause = first; ; pause = pauseAfter(pause)) yield pause
}

function pauseAfter(pause: number): number {
  if (pause >= shortPause) return Math.min(maxPause, pause * 1.3)
  return Math.min(shortPause, Math.max(minPause, pause * 3))
}
