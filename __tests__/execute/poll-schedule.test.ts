import { describe, expect, it } from '@jest/globals'
import { type ExpectedEnd, pollDelay } from '../../src/execute/poll-schedule.ts'

const known = (expected: number, startedAt = 0): ExpectedEnd => ({
  startedAt: startedAt * 1000,
  expected: expected * 1000,
})
const unknown = (startedAt = 0): ExpectedEnd => ({ startedAt: startedAt * 1000, expected: null })

/** Seconds at which deployments are polled, up to a time. */
function polls(followed: ExpectedEnd[], until: number): number[] {
  const times: number[] = []
  let now = 0
  while (now < until * 1000) {
    now += pollDelay({ now, polls: times.length, decides: false, followed })
    times.push(Math.round(now / 1000))
  }
  return times
}

describe('the schedule of polls', () => {
  it.each<[string, ExpectedEnd[], number, number[]]>([
    ['is geometric without a known duration', [unknown()], 80, [12, 24, 35, 47, 58, 70, 81]],
    ['is close together around a known end', [known(52)], 56, [14, 44, 49, 53, 59]],
    ['is geometric after it', [known(52)], 100, [14, 44, 49, 53, 59, 65, 76, 88, 101]],
    ['begins at 12 seconds for a short one', [known(8)], 20, [12, 24]],
    ['goes by the last expected end', [known(20), known(52), known(30)], 50, [14, 44, 49, 53]],
    ['goes by the last start', [known(52), known(52, 10)], 60, [24, 54, 59, 63]],
    ['looks for those that are not known, too', [known(400), unknown()], 30, [12, 24, 35]],
    ['begins anew for a start that comes later', [unknown(), unknown(20)], 40, [30, 42]],
  ])('%s', (_, followed, until, expected) => {
    expect(polls(followed, until)).toEqual(expected)
  })

  it.each([1, 20, 90, 180, 400, 3_000])(
    'has no gap of more than 30 and less than 3 seconds for %i seconds',
    (seconds) => {
      for (const one of [known(seconds), unknown()]) {
        const times = polls([one], 2 * seconds + 60)
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
        expect(Math.max(...gaps)).toBeLessThanOrEqual(31)
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3)
      }
    },
  )

  it.each([67, 90, 180, 400])(
    'tells a known end of %i seconds within a tenth, and 20 seconds',
    (seconds) => {
      const end = seconds + 0.5
      const seen = polls([known(seconds)], end).at(-1) ?? 0
      expect(seen).toBeLessThanOrEqual(seconds + Math.min(20, seconds / 10))
    },
  )

  it.each([70, 90, 121, 180, 333])(
    'tells an end of %i seconds that is not known within 15 percent or half a minute',
    (seconds) => {
      const seen = polls([unknown()], seconds).at(-1) ?? 0
      expect(seen - seconds).toBeLessThanOrEqual(Math.min(30, Math.max(11.5, seconds * 0.15)))
    },
  )

  it.each([
    [0, 5_000],
    [1, 6_500],
    [20, 30_000],
  ])('is dense at first while an end decides about others: %i polls', (count, expected) => {
    const times = { now: 0, polls: count, decides: true, followed: [known(400)] }
    expect(pollDelay(times)).toBe(expected)
  })
})
