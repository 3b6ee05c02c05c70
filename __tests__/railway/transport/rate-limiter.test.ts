import { describe, expect, it } from '@jest/globals'
import type { RateHeaders } from '../../../src/railway/transport/rate-limit-headers.ts'
import {
  type Budget,
  RateLimiter,
  spacingOf,
  updateBudget,
} from '../../../src/railway/transport/rate-limiter.ts'
import { start, TestClock } from '../fixture.ts'

const nothing: RateHeaders = { limit: null, remaining: null, resetsAt: null, perSecond: null }
const running = new AbortController().signal
const whenever = () => Number.POSITIVE_INFINITY

describe('spacingOf', () => {
  it.each<[string, Partial<RateHeaders>, number | null]>([
    ['nothing stated', {}, null],
    ['a policy', { perSecond: 10 }, 1000 / 9],
    ['the limit of Hobby', { limit: 1_000 }, 1000 / 9],
    ['the limit of Pro', { limit: 10_000 }, 1000 / 45],
    ['a policy beside a limit', { perSecond: 20, limit: 10_000 }, 1000 / 18],
    ['a limit of no plan', { limit: 100 }, null],
  ])('%s', (_, headers, expected) => {
    expect(spacingOf({ ...nothing, ...headers })).toBe(expected)
  })
})

describe('updateBudget', () => {
  const known: Budget = { limit: 100, remaining: 50, resetsAt: start + 60_000 }

  it.each<[string, Partial<RateHeaders>, Partial<Budget>]>([
    ['nothing stated', {}, {}],
    ['fewer left', { remaining: 40 }, { remaining: 40 }],
    ['more left, which is older news', { remaining: 60 }, {}],
    [
      'more left in the same window',
      { remaining: 60, resetsAt: start + 61_000 },
      { resetsAt: start + 61_000 },
    ],
    [
      'a new window',
      { remaining: 99, resetsAt: start + 3_660_000 },
      { remaining: 99, resetsAt: start + 3_660_000 },
    ],
    ['another limit', { limit: 1000 }, { limit: 1000 }],
  ])('%s', (_, headers, expected) => {
    expect(updateBudget(known, { ...nothing, ...headers })).toEqual({ ...known, ...expected })
  })
})

/** Numbers in [0, 1) that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Sends so many requests to a server that counts them in a sliding second, each up to `jitter` ms on its way. */
async function sendWithJitter(count: number, perSecond: number, jitter: number) {
  const clock = new TestClock()
  const limiter = new RateLimiter(clock)
  limiter.update({ ...nothing, perSecond })
  const random = randomFrom(perSecond + jitter)
  let arrived: number[] = []
  let refused = 0
  const request = async (): Promise<void> => {
    await limiter.acquire(whenever, running)
    await clock.sleep(random() * jitter)
    const now = clock.now()
    arrived = arrived.filter((time) => time > now - 1000)
    if (arrived.length < perSecond) {
      arrived.push(now)
      return
    }
    refused += 1
    limiter.blockUntil(now + 1000, 'api')
    limiter.slowDown()
    await request()
  }
  await Promise.all(Array.from({ length: count }, request))
  return { refused, perSecond: (count * 1000) / (clock.now() - start) }
}

/** When so many requests pass, in milliseconds from the start. */
async function pass(
  limiter: RateLimiter,
  clock: TestClock,
  count: number,
  deadline: () => number = whenever,
): Promise<number[]> {
  const times: number[] = []
  const all = Array.from({ length: count }, async () => {
    await limiter.acquire(deadline, running)
    times.push(clock.now() - start)
  })
  await Promise.all(all)
  return times
}

describe('the rate limiter', () => {
  it('lets two requests go together before the first answer, and is careful then', async () => {
    const clock = new TestClock()
    expect(await pass(new RateLimiter(clock), clock, 5)).toEqual([0, 0, 200, 400, 600])
  })

  it('takes over the pace of an answer while requests wait for their turn', async () => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    const passing = pass(limiter, clock, 4)
    limiter.update({ ...nothing, perSecond: 100 })
    const times = await passing
    expect(times.at(-1)).toBeLessThan(50)
  })

  it('keeps the pace without drift when every timer is late', async () => {
    const clock = new TestClock()
    const late = {
      now: () => clock.now(),
      sleep: (milliseconds: number, signal?: AbortSignal) => clock.sleep(milliseconds + 7, signal),
    }
    const limiter = new RateLimiter(late)
    limiter.update({ ...nothing, perSecond: 10 })
    const times = await pass(limiter, clock, 91)
    expect(times.at(-1)).toBeGreaterThan(9_900)
    expect(times.at(-1)).toBeLessThan(10_100)
  })

  it.each([10, 50])('never lets more than %i pass in a second', async (perSecond) => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    limiter.update({ ...nothing, perSecond })
    const times = await pass(limiter, clock, 4 * perSecond)
    await clock.sleep(777)
    times.push(...(await pass(limiter, clock, 2 * perSecond)))
    const most = Math.max(
      ...times.map((at) => times.filter((time) => time > at - 1000 && time <= at).length),
    )
    expect(most).toBeLessThanOrEqual(perSecond)
  })

  it('slows down by a few percent after a 429, and recovers', async () => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    limiter.update({ ...nothing, perSecond: 10 })
    await pass(limiter, clock, 1)
    limiter.slowDown()
    limiter.slowDown()
    limiter.slowDown()
    const times = await pass(limiter, clock, 19)
    const [second = 0, third = 0] = times
    expect(third - second).toBeGreaterThan(1000 / 9)
    expect(third - second).toBeLessThan(1000 / 8.4)
    await clock.sleep(20_000)
    const [one = 0, two = 0, three = 0] = await pass(limiter, clock, 3)
    expect(two - one).toBeLessThanOrEqual(1000 / 9)
    expect(three - two).toBeCloseTo(1000 / 9, 1)
  })

  it('holds all requests while the API says to wait', async () => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    limiter.update({ ...nothing, perSecond: 10 })
    limiter.blockUntil(start + 5_000, 'api')
    limiter.blockUntil(start + 3_000, 'edge')
    const [first] = await pass(limiter, clock, 2)
    expect(first).toBe(5_000)
  })

  it('waits for the reset once the budget is spent, and no longer', async () => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    limiter.update({ limit: 100, remaining: 1, resetsAt: start + 30_000, perSecond: null })
    expect(await pass(limiter, clock, 2)).toEqual([0, 30_000])
    expect(limiter.budget.remaining).toBe(99)
  })

  it.each<[string, (limiter: RateLimiter) => void]>([
    ['a block', (limiter) => limiter.blockUntil(start + 60_000, 'edge')],
    [
      'a spent budget',
      (limiter) =>
        limiter.update({ limit: 9, remaining: 0, resetsAt: start + 60_000, perSecond: null }),
    ],
  ])('rejects at once if %s outlasts the deadline', async (_, prepare) => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    prepare(limiter)
    const waiting = limiter.acquire(() => start + 30_000, running)
    await expect(waiting).rejects.toMatchObject({
      problem: { kind: 'rate-limited', resetsAt: start + 60_000 },
    })
    expect(clock.now()).toBe(start)
  })

  it('rejects at once if a slow pace outlasts the deadline', async () => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    limiter.update({ ...nothing, perSecond: 0.1 })
    const deadline = () => start + 30_000
    const times: number[] = []
    const ends = await Promise.allSettled(
      Array.from({ length: 6 }, async () => {
        await limiter.acquire(deadline, running)
        times.push(clock.now() - start)
      }),
    )
    expect(ends.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ])
    expect(clock.now()).toBeLessThanOrEqual(start + 30_000)
  })

  it('lets nothing pass once the job is cancelled, not even what waits already', async () => {
    const clock = new TestClock()
    const job = new AbortController()
    const limiter = new RateLimiter(clock)
    limiter.blockUntil(start + 60_000, 'api')
    const waiting = limiter.acquire(whenever, job.signal)
    const refused = expect(waiting).rejects.toHaveProperty('problem.kind', 'cancelled')
    job.abort()
    await refused
    expect(clock.now()).toBe(start)
  })
})

describe('on a network that delays some requests more than others', () => {
  it.each([
    { perSecond: 10, jitter: 0, refused: 0, share: 0.9 },
    { perSecond: 10, jitter: 100, refused: 0, share: 0.9 },
    { perSecond: 10, jitter: 300, refused: 8, share: 0.7 },
    { perSecond: 50, jitter: 0, refused: 0, share: 0.9 },
    { perSecond: 50, jitter: 100, refused: 0, share: 0.9 },
    { perSecond: 50, jitter: 300, refused: 2, share: 0.78 },
  ])('$perSecond a second with $jitter ms meet at most $refused 429s', async (row) => {
    const sent = await sendWithJitter(300, row.perSecond, row.jitter)
    expect(sent.refused).toBeLessThanOrEqual(row.refused)
    expect(sent.perSecond / row.perSecond).toBeGreaterThanOrEqual(row.share - 0.01)
  })
})

describe('a rate limiter of several shards', () => {
  const all = (clock: TestClock, of: number) =>
    Array.from({ length: of }, (_, index) => new RateLimiter(clock, { part: index + 1, of }))

  it.each([2, 5, 16])('keeps one pace together, in %i parts', async (of) => {
    const clock = new TestClock()
    const perSecond = 20
    const times = await Promise.all(
      all(clock, of).map((limiter) => {
        limiter.update({ ...nothing, perSecond })
        return pass(limiter, clock, 11)
      }),
    )
    const sent = times.flat()
    const pace = ((sent.length - 1) * 1000) / Math.max(...sent)
    expect(pace).toBeGreaterThan(perSecond * 0.85)
    expect(pace).toBeLessThan(perSecond * 0.95)
    const most = Math.max(
      ...sent.map((at) => sent.filter((time) => time > at - 1000 && time <= at).length),
    )
    expect(most).toBeLessThanOrEqual(perSecond)
  })

  it('is as careful together as one, before an answer states a pace', async () => {
    const clock = new TestClock()
    const times = await Promise.all(all(clock, 5).map((limiter) => pass(limiter, clock, 2)))
    expect(times.flat().sort((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, index) => index * 200),
    )
  })

  it('goes on one after the other when a limit ends', async () => {
    const clock = new TestClock()
    const limiters = all(clock, 3)
    for (const limiter of limiters) {
      limiter.update({ ...nothing, perSecond: 10 })
      limiter.blockUntil(start + 5_000, 'api')
    }
    const times = await Promise.all(limiters.map((limiter) => pass(limiter, clock, 1)))
    expect(times.flat().map(Math.round)).toEqual([5_000, 5_111, 5_222])
  })

  it.each<[number, Partial<RateHeaders>, Partial<Budget>]>([
    [1, { limit: 100, remaining: 57 }, { limit: 100, remaining: 57 }],
    [5, { limit: 100, remaining: 57 }, { limit: 20, remaining: 11 }],
    [256, { limit: 100, remaining: 57 }, { limit: 0, remaining: 0 }],
    [5, {}, { limit: null, remaining: null }],
  ])('of %i has its part of what is left', (of, headers, expected) => {
    const limiter = new RateLimiter(new TestClock(), { part: 1, of })
    limiter.update({ ...nothing, ...headers })
    expect(limiter.share).toMatchObject({ ...expected, shards: of })
    expect(limiter.budget).toMatchObject(headers)
  })
})
