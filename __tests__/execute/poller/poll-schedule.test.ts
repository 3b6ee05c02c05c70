import { describe, expect, it } from '@jest/globals'
import { type ExpectedEnd, pollDelay } from '../../../src/execute/poller/poll-schedule.ts'

/** The seconds that a success must last before it counts. */
const stabilizationSeconds = (took: number) => Math.min(10, Math.max(3, took / 10))

const known = (
  expected: number,
  startedAt = 0,
  settles = stabilizationSeconds(expected),
): ExpectedEnd => ({
  startedAt: startedAt * 1000,
  expected: expected * 1000,
  stabilization: { from: expected * 1000, to: (expected + settles) * 1000 },
})
/** A deployment that passes its health check before it is live. */
const checked = (expected: number): ExpectedEnd => known(expected, 0, 0)
const unknown = (startedAt = 0): ExpectedEnd => ({
  startedAt: startedAt * 1000,
  expected: null,
  stabilization: null,
})
/** A deployment of which only the duration of others in the same run is known. */
const learned = (took: number, startedAt = 0): ExpectedEnd => ({
  ...known(took, startedAt),
  expected: null,
})

/** Times at which deployments are polled, up to a time, in exact seconds. */
function exactPolls(followed: ExpectedEnd[], until: number): number[] {
  const times: number[] = []
  let now = 0
  while (now < until * 1000) {
    now += pollDelay({ now, polls: times.length, affectsFurtherSteps: false, followed })
    times.push(now / 1000)
  }
  return times
}

/** Times at which deployments are polled, up to a time, in whole seconds. */
const polls = (followed: ExpectedEnd[], until: number) =>
  exactPolls(followed, until).map(Math.round)

/** The times between polls. Before the first one is the start of a deployment. */
const gaps = (times: readonly number[], start = 0) =>
  times.map((time, index) => time - (times[index - 1] ?? start))

describe('the schedule of polls', () => {
  it.each<[string, ExpectedEnd[], number, number[]]>([
    [
      'grows without a known duration',
      [unknown()],
      120,
      [12, 24, 36, 48, 60, 72, 84, 97, 111, 119, 128],
    ],
    ['is close together around a known end', [known(52)], 56, [15, 29, 44, 49, 57]],
    ['grows after it', [known(52)], 95, [15, 29, 44, 49, 57, 63, 75, 87, 100]],
    ['polls a short one when it counts', [known(8)], 20, [11, 23]],
    ['does not poll while a success would not count', [known(20)], 25, [12, 17, 23, 26]],
    [
      'polls immediately if a success counts immediately',
      [checked(52)],
      56,
      [15, 29, 44, 47, 50, 53, 56],
    ],
    ['polls a short one with a health check at its end', [checked(8)], 20, [8, 11, 23]],
    ['uses the last expected end', [known(20), known(52), known(30)], 50, [15, 29, 44, 49, 57]],
    ['uses the last start', [known(52), known(52, 10)], 60, [25, 39, 54, 59, 67]],
    ['uses the duration of others', [learned(52), learned(52, 10)], 60, [22, 34, 46, 58, 70]],
    ['delays a poll because of the duration of others', [learned(45, 10)], 59, [22, 34, 46, 60]],
    ['polls those of unknown duration, too', [known(400), unknown()], 30, [12, 24, 36]],
    ['begins again for a later start', [unknown(), unknown(20)], 40, [32, 44]],
  ])('%s', (_, followed, until, expected) => {
    expect(polls(followed, until)).toEqual(expected)
  })

  it.each([1, 20, 52, 67, 90, 121, 180, 333, 400, 3_000])(
    'leaves no 15 seconds without a poll, and has 3 between two, for %i seconds',
    (seconds) => {
      for (const one of [known(seconds), checked(seconds), learned(seconds), unknown()]) {
        const between = gaps(exactPolls([one], 2 * seconds + 60))
        expect(Math.max(...between)).toBeLessThanOrEqual(14.8 + 1e-6)
        expect(Math.min(...between.slice(1))).toBeGreaterThanOrEqual(3 - 1e-6)
      }
    },
  )

  it.each([
    [5, [known(52), known(52, 5)]],
    [22, [known(52), known(52, 22)]],
    [22, [unknown(), unknown(22)]],
    [25, [known(400), unknown(25)]],
  ])(
    'leaves no 15 seconds without a poll after the last start, at %i seconds',
    (start, followed) => {
      const between = gaps(exactPolls(followed, 200), start)
      expect(Math.max(...between)).toBeLessThanOrEqual(14.8 + 1e-6)
    },
  )

  it('polls after 40 seconds if deployments are started for longer', () => {
    expect(polls([unknown(), unknown(30), unknown(60)], 80)).toEqual([40, 72, 84])
  })

  it.each([67, 90, 180, 400])(
    'detects a known end of %i seconds within a tenth, and 15 seconds',
    (seconds) => {
      const end = seconds + 0.5
      const seen = polls([known(seconds)], end).at(-1) ?? 0
      expect(seen).toBeLessThanOrEqual(seconds + Math.ceil(Math.min(15, seconds / 10)))
    },
  )

  it.each([20, 52, 67, 90, 180])(
    'detects a known end of %i seconds within 6 percent if it counts immediately',
    (seconds) => {
      for (const early of [0.86, 0.93, 1]) {
        const end = seconds * early
        const seen = polls([checked(seconds)], end).at(-1) ?? 0
        expect(seen - end).toBeLessThanOrEqual(Math.max(3.5, 0.06 * seconds + 0.5))
      }
    },
  )

  it.each([70, 90, 121, 180, 333])(
    'detects an unknown end of %i seconds within 15 percent or 15 seconds',
    (seconds) => {
      const seen = polls([unknown()], seconds).at(-1) ?? 0
      expect(seen - seconds).toBeLessThanOrEqual(Math.min(15, Math.max(12, seconds * 0.15)))
    },
  )

  it.each([
    [0, 5_000],
    [1, 6_500],
    [20, 14_800],
  ])('is dense at first while other deployments depend on the end: %i polls', (count, expected) => {
    const times = { now: 0, polls: count, affectsFurtherSteps: true, followed: [known(400)] }
    expect(pollDelay(times)).toBe(expected)
  })
})
