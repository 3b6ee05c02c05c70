import { describe, expect, it } from '@jest/globals'
import { minPollInterval } from '../../src/railway/poll-interval.ts'

const now = 1_000_000
const inAnHour = now + 3_600_000

const inTwentyMinutes = now + 1_200_000

describe('minPollInterval', () => {
  it.each([
    ['an unknown budget', { remaining: null, resetsAt: inAnHour }, 0, 1, 0],
    ['an unknown reset', { remaining: 10, resetsAt: null }, 0, 1, 0],
    ['many requests', { remaining: 1_000, resetsAt: inAnHour }, 0, 1, 48],
    ['a dozen', { remaining: 13, resetsAt: inAnHour }, 0, 1, 4_913],
    ['two requests a poll', { remaining: 14, resetsAt: inAnHour }, 0, 201, 12_240],
    ['changes to come', { remaining: 53, resetsAt: inAnHour }, 40, 1, 4_913],
    ['a reset that is near', { remaining: 13, resetsAt: now + 10_000 }, 0, 1, 595],
    ['one request left', { remaining: 1, resetsAt: inAnHour }, 0, 1, 1_200_000],
    ['fewer than the changes take', { remaining: 5, resetsAt: inAnHour }, 9, 1, 1_200_000],
    ['a reset in the past', { remaining: 5, resetsAt: now - 1 }, 0, 1, 0],
  ])('%s', (_, budget, pending, deployments, expected) => {
    const load = { pending, deployments, since: now, until: inTwentyMinutes }
    const least = minPollInterval(load, { limit: null, ...budget }, 200, now)
    expect(Math.round(least)).toBe(expected)
  })

  it('grows with the age of the deployments, so that the budget lasts to the end', () => {
    const times: number[] = []
    for (let at = now; at < inTwentyMinutes - 1; ) {
      const budget = { limit: 100, remaining: 13 - times.length, resetsAt: inAnHour }
      const load = { pending: 0, deployments: 80, since: now, until: inTwentyMinutes }
      at += minPollInterval(load, budget, 200, at)
      times.push(Math.round((at - now) / 1000))
    }
    expect(times.length).toBeLessThanOrEqual(13)
    expect(times.slice(0, 4)).toEqual([5, 10, 17, 27])
    expect(times.at(-1)).toBe(1_200)
  })
})
