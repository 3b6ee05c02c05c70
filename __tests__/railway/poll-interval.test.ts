import { describe, expect, it } from '@jest/globals'
import { minPollInterval } from '../../src/railway/poll-interval.ts'

const now = 1_000_000
const inAnHour = now + 3_600_000

describe('minPollInterval', () => {
  it.each([
    ['an unknown budget', { remaining: null, resetsAt: inAnHour }, 0, 1, 0],
    ['an unknown reset', { remaining: 10, resetsAt: null }, 0, 1, 0],
    ['one deployment', { remaining: 100, resetsAt: inAnHour }, 0, 1, 36_000],
    ['a batch full of them', { remaining: 100, resetsAt: inAnHour }, 0, 200, 36_000],
    ['two requests a poll', { remaining: 100, resetsAt: inAnHour }, 0, 201, 72_000],
    ['changes to come', { remaining: 100, resetsAt: inAnHour }, 40, 1, 60_000],
    ['one request left', { remaining: 1, resetsAt: inAnHour }, 0, 1, 3_600_000],
    ['fewer than the changes take', { remaining: 5, resetsAt: inAnHour }, 9, 1, 3_600_000],
    ['a reset that is past', { remaining: 5, resetsAt: now - 1 }, 0, 1, 0],
  ])('%s', (_, budget, pending, deployments, expected) => {
    const load = { pending, deployments }
    expect(minPollInterval(load, { limit: null, ...budget }, 200, now)).toBe(expected)
  })
})
