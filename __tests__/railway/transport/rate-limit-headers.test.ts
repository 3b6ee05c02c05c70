import { describe, expect, it } from '@jest/globals'
import {
  type RateHeaders,
  readRateHeaders,
  readRetryAfter,
} from '../../../src/railway/transport/rate-limit-headers.ts'
import { cpuMilliseconds } from '../../cpu-time.ts'

const now = Date.UTC(2026, 0, 5, 9)
const inAMinute = now + 60_000
const reader = (headers: Record<string, string>) => (name: string) => headers[name] ?? null
const nothing: RateHeaders = { limit: null, remaining: null, resetsAt: null, perSecond: null }

describe('rate limit headers', () => {
  it.each<[string, Record<string, string>, Partial<RateHeaders>]>([
    ['none', {}, {}],
    [
      'counts',
      { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '7' },
      { limit: 1000, remaining: 7 },
    ],
    ['a count with a policy behind', { 'x-ratelimit-limit': '1000, 1000;w=3600' }, { limit: 1000 }],
    ['a count that was sent twice', { 'x-ratelimit-remaining': '8, 7' }, { remaining: 7 }],
    ['a count below zero', { 'x-ratelimit-remaining': '-3' }, { remaining: 0 }],
    ['a limit of zero', { 'x-ratelimit-limit': '0' }, {}],
    ['a limit below zero', { 'x-ratelimit-limit': '-1' }, {}],
    ['a limit with an exponent', { 'x-ratelimit-limit': '1e4' }, {}],
    [
      'counts with separators',
      { 'x-ratelimit-limit': '10,000', 'x-ratelimit-remaining': '9,998' },
      { limit: 10_000, remaining: 9_998 },
    ],
    ['separators, sent twice', { 'x-ratelimit-remaining': '9,998, 9,997' }, { remaining: 9_997 }],
    [
      'numbers that are merged without a space',
      { 'x-ratelimit-remaining': '8,7' },
      { remaining: 7 },
    ],
    ['a count of hundreds of digits', { 'x-ratelimit-remaining': '9'.repeat(400) }, {}],
    ['invalid text', { 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': 'soon' }, {}],
  ])('%s', (_, headers, expected) => {
    expect(readRateHeaders(reader(headers), now)).toEqual({ ...nothing, ...expected })
  })

  it.each<[string, string, number | null]>([
    ['epoch seconds', String(inAMinute / 1000), inAMinute],
    ['epoch seconds with a fraction', `${inAMinute / 1000}.5`, inAMinute + 500],
    ['epoch milliseconds', String(inAMinute), inAMinute],
    ['epoch microseconds', `${inAMinute}000`, inAMinute],
    ['epoch nanoseconds', `${inAMinute}000000`, inAMinute],
    ['seconds from now', '60', inAMinute],
    ['an ISO date', '2026-01-05T09:01:00Z', inAMinute],
    ['an ISO date of another zone', '2026-01-05T11:01:00+02:00', inAMinute],
    ['an HTTP date', 'Mon, 05 Jan 2026 09:01:00 GMT', inAMinute],
    ['two dates', 'Mon, 05 Jan 2026 09:00:30 GMT, Mon, 05 Jan 2026 09:01:00 GMT', inAMinute],
    ['a number merged with a date', '30, Mon, 05 Jan 2026 09:01:00 GMT', inAMinute],
    ['nanoseconds of another year', '1795653625000000000', null],
    ['milliseconds of another year', '1795653625000', null],
    ['a number beyond dates', '9999999999999999999999', null],
    ['a year beyond dates', '999999-01-01T00:00:00Z', null],
    ['a reset of last year', '2025-01-05T09:01:00Z', null],
    ['seconds of a month', '2592000', null],
    ['text', 'in 5 minutes', null],
    ['nothing', ' ', null],
  ])('a reset as %s', (_, reset, expected) => {
    expect(readRateHeaders(reader({ 'x-ratelimit-reset': reset }), now).resetsAt).toBe(expected)
  })

  it.each<[string, string, Pick<RateHeaders, 'limit' | 'perSecond'>]>([
    ['structured', '"hour";q=1000;w=3600, "burst";q=10;w=1', { limit: 1000, perSecond: 10 }],
    ['older', '1000;w=3600, 50;w=1', { limit: 1000, perSecond: 50 }],
    ['older, with a comment', '50;w=1;comment="burst"', { limit: null, perSecond: 50 }],
    ['only hourly', '"default";q=10000;w=3600', { limit: 10_000, perSecond: null }],
    ['the shortest of several', '100;w=10, 30;w=1, 60;w=60', { limit: null, perSecond: 1 }],
    ['slow', 'q=1;w=10, "slow";q=1;w=10', { limit: null, perSecond: 0.1 }],
    ['capitals and spaces', ' "a" ; Q=10 ; W=1 ', { limit: null, perSecond: 10 }],
    ['requests by name', '"a";q=10;w=1;qu="requests"', { limit: null, perSecond: 10 }],
    ['bytes', '"b";q=65536;w=1;qu="content-bytes"', { limit: null, perSecond: null }],
    ['points', '"p";qu=points;q=5;w=3600', { limit: null, perSecond: null }],
    ['a day', '"d";q=5;w=86400', { limit: null, perSecond: null }],
    ['nothing allowed', '"z";q=0;w=1', { limit: null, perSecond: null }],
    ['no window', '"z";q=5', { limit: null, perSecond: null }],
    ['a window of zero', '"z";q=5;w=0', { limit: null, perSecond: null }],
    ['a quota beyond numbers', `"z";q=${'9'.repeat(50)};w=1`, { limit: null, perSecond: null }],
    ['absurdly fast', '"z";q=1000000;w=1', { limit: null, perSecond: 200 }],
    ['absurdly slow', '"z";q=1;w=600', { limit: null, perSecond: 1 / 30 }],
    ['invalid text', ';;=,"', { limit: null, perSecond: null }],
  ])('a policy that is %s', (_, policy, expected) => {
    expect(readRateHeaders(reader({ 'ratelimit-policy': policy }), now)).toMatchObject(expected)
  })

  it('uses the limit itself before a policy', () => {
    const headers = { 'x-ratelimit-limit': '500', 'ratelimit-policy': '"default";q=1000;w=3600' }
    expect(readRateHeaders(reader(headers), now).limit).toBe(500)
  })
})

describe('Retry-After', () => {
  const day = 86_400_000

  it.each([
    [null, null],
    ['7', 7_000],
    ['1.5', 1_500],
    ['0', 0],
    ['30, 60', 60_000],
    ['60, Mon, 05 Jan 2026 09:00:30 GMT', 60_000],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Monday, 05-Jan-26 09:00:30 GMT', 30_000],
    ['Mon Jan  5 09:00:30 2026', 30_000],
    ['Mon, 05 Jan 2026 11:00:30 +0200', 30_000],
    ['Mon, 05 Jan 2026 01:00:30 PST', 30_000],
    ['2026-01-05T09:00:30', 30_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    [String(inAMinute / 1000), 60_000],
    [String(inAMinute), 60_000],
    [`${inAMinute}000`, 60_000],
    [String((now - 60_000) / 1000), 0],
    ['9999999999999999', day],
    ['9'.repeat(400), null],
    ['Fri, 31 Dec 9999 23:59:59 GMT', day],
    ['Fri, 99 Foo 2026 09:00:30 GMT', null],
    ['later', null],
    ['-5', null],
    ['1e9', null],
  ])('%j', (text, expected) => {
    expect(readRetryAfter(text, now)).toBe(expected)
  })

  it.each([' ', '1', ',', 'Mon, ', '9:00', 'x;q='])(
    '%j 16,000 times takes bounded time',
    (part) => {
      const taken = cpuMilliseconds(() => {
        readRetryAfter(part.repeat(16_000), now)
        readRateHeaders(() => part.repeat(16_000), now)
      })
      expect(taken).toBeLessThan(1_000)
    },
  )
})
