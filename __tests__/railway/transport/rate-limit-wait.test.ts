import { describe, expect, it } from '@jest/globals'
import {
  type LimitedRequest,
  type LimitedResponse,
  maxHeaderWait,
  waitAfterLimit,
  waitAfterRejection,
} from '../../../src/railway/transport/rate-limit-wait.ts'

describe('waitAfterLimit', () => {
  it.each<[string, LimitedResponse, number]>([
    ['an announced wait', { by: 'api', retryAfter: 7_000, attempt: 1 }, 7_000],
    ['an announced wait at the edge', { by: 'edge', retryAfter: 7_000, attempt: 1 }, 7_000],
    ['an announced wait, at any attempt', { by: 'api', retryAfter: 7_000, attempt: 9 }, 7_000],
    [
      'the longest announced wait',
      { by: 'api', retryAfter: maxHeaderWait, attempt: 1 },
      86_400_000,
    ],
    ['a wait announced as "now"', { by: 'api', retryAfter: 0, attempt: 1 }, 1_000],
    ['the same at the edge', { by: 'edge', retryAfter: 0, attempt: 1 }, 1_000],
    ['a wait just below the shortest', { by: 'api', retryAfter: 999, attempt: 1 }, 1_000],
    ['the API without a wait', { by: 'api', retryAfter: null, attempt: 1 }, 2_000],
    ['the same for the third time', { by: 'api', retryAfter: null, attempt: 3 }, 8_000],
    ['the same for the fifth time', { by: 'api', retryAfter: null, attempt: 5 }, 32_000],
    ['the same for the sixth time', { by: 'api', retryAfter: null, attempt: 6 }, 60_000],
    ['the same for the thousandth time', { by: 'api', retryAfter: null, attempt: 1_100 }, 60_000],
    ['the edge without a wait', { by: 'edge', retryAfter: null, attempt: 1 }, 60_000],
    ['the same for the fourth time', { by: 'edge', retryAfter: null, attempt: 4 }, 60_000],
  ])('%s', (_, answer, expected) => {
    expect(waitAfterLimit(answer)).toBe(expected)
  })
})

describe('waitAfterRejection', () => {
  it.each<[string, LimitedRequest, number]>([
    ['a cooldown', { reason: 'cooldown', attempt: 1, random: 0 }, 33_000],
    ['a cooldown with jitter', { reason: 'cooldown', attempt: 1, random: 0.5 }, 35_500],
    ['a cooldown for the fourth time', { reason: 'cooldown', attempt: 4, random: 0 }, 33_000],
    ['a throttle', { reason: 'throttled', attempt: 1, random: 0.5 }, 10_000],
    ['a throttle for the fourth time', { reason: 'throttled', attempt: 4, random: 0.5 }, 40_000],
    ['a throttle for the sixth time', { reason: 'throttled', attempt: 6, random: 0 }, 60_000],
    ['a throttle for the ninth time', { reason: 'throttled', attempt: 9, random: 0 }, 60_000],
  ])('%s', (_, request, expected) => {
    expect(waitAfterRejection(request)).toBe(expected)
  })
})
