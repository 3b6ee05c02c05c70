import { describe, expect, it } from '@jest/globals'
import type { RateHeaders } from '../../../src/railway/transport/rate-limit-headers.ts'
import {
  type Budget,
  permittedRate,
  RateLimiter,
  spacingOf,
  updateBudget,
} from '../../../src/railway/transport/rate-limiter.ts'
import { start, TestClock } from '../fixture.ts'

const nothing: RateHeaders = { limit: null, remaining: null, resetsAt: null, perSecond: null }
const running = new AbortController().signal
const whenever = () => Number.POSITIVE_INFINITY

describe('permittedRate', () => {
  it.each<[string, Partial<RateHeaders>, number | null]>([
    ['nothing stated', {}, null],
    ['a policy', { perSecond: 10 }, 10],
    ['the limit of Hobby', { limit: 1_000 }, 10],
    ['the limit of Pro', { limit: 10_000 }, 50],
    ['a policy beside a limit', { perSecond: 20, limit: 10_000 }, 20],
    ['a limit of no plan', { limit: 100 }, null],
  ])('%s', (_, headers, expected) => {
    expect(permittedRate({ ...nothing, ...headers })).toBe(expected)
  })
})

describe('spacingOf', () => {
  it.each([
    { perSecond: 10, jitter: 0, spacing: 1000 / 9 },
    { perSecond: 10, jitter: 100, spacing: 1000 / 9 },
    { perSecond: 10, jitter: 200, spacing: 120 },
    { perSecond: 10, jitter: 300, spacing: 130 },
    { perSecond: 50, jitter: 0, spacing: 1000 / 45 },
    { perSecond: 50, jitter: 111, spacing: 1000 / 45 },
    { perSecond: 50, jitter: 300, spacing: 26 },
    { perSecond: 0.5, jitter: 300, spacing: 2600 },
  ])('is $spacing ms at $perSecond a second with $jitter ms of jitter', (row) => {
    expect(spacingOf(row.perSecond, row.jitter)).toBeCloseTo(row.spacing)
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

/** Returns numbers in [0, 1) that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed * 7_919
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** The milliseconds of one request to the server, at the server, and of its response from the server. */
interface Journey {
  readonly up: number
  readonly server?: number
  readonly down?: number
}

type Network = (random: () => number) => Journey

interface SendOptions {
  readonly count?: number
  readonly seed?: number
  /** Whether responses state the rest of the budget. */
  readonly statesBudget?: boolean
}

/** Sends requests over a network to a server that counts them in a sliding second. */
async function sendOver(
  network: Network,
  perSecond: number,
  { count = 300, seed = 1, statesBudget = true }: SendOptions = {},
) {
  const clock = new TestClock()
  const limiter = new RateLimiter(clock)
  limiter.update({ ...nothing, perSecond })
  const random = randomFrom(seed)
  let arrived: number[] = []
  let remaining = 1_000
  let refused = 0
  let lastSentAt = 0
  const request = async (): Promise<void> => {
    await limiter.acquire(whenever, running)
    const sentAt = clock.now()
    lastSentAt = Math.max(lastSentAt, sentAt)
    const { up, server = 0, down = 0 } = network(random)
    await clock.sleep(up)
    const arrivedAt = clock.now()
    arrived = arrived.filter((time) => time > arrivedAt - 1000)
    const isPermitted = arrived.length < perSecond
    if (isPermitted) {
      arrived.push(arrivedAt)
      remaining -= 1
    }
    const stated = statesBudget ? remaining : null
    await clock.sleep((isPermitted ? server : 0) + down)
    const receivedAt = clock.now()
    limiter.recordResponse({ operation: 'Deploy', sentAt, receivedAt, remaining: stated })
    if (isPermitted) return
    refused += 1
    limiter.blockUntil(receivedAt + 1000, 'api')
    limiter.slowDown()
    await request()
  }
  await Promise.all(Array.from({ length: count }, request))
  return { refused, share: ((count - 1) * 1000) / (lastSentAt - start) / perSecond }
}

/** The times at which so many requests pass, in milliseconds from the start. */
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
  it('lets two requests pass together before the first response, and is conservative then', async () => {
    const clock = new TestClock()
    expect(await pass(new RateLimiter(clock), clock, 5)).toEqual([0, 0, 200, 400, 600])
  })

  it('applies the rate of a response while requests wait for their turn', async () => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    const passing = pass(limiter, clock, 4)
    limiter.update({ ...nothing, perSecond: 100 })
    const times = await passing
    expect(times.at(-1)).toBeLessThan(50)
  })

  it('keeps the rate without drift when every timer is late', async () => {
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
  ])('rejects immediately if %s lasts longer than the deadline', async (_, prepare) => {
    const clock = new TestClock()
    const limiter = new RateLimiter(clock)
    prepare(limiter)
    const waiting = limiter.acquire(() => start + 30_000, running)
    await expect(waiting).rejects.toMatchObject({
      problem: { kind: 'rate-limited', resetsAt: start + 60_000 },
    })
    expect(clock.now()).toBe(start)
  })

  it('rejects immediately if a slow rate lasts longer than the deadline', async () => {
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

  it('lets no request pass after the job is cancelled, including waiting ones', async () => {
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

const jitter =
  (milliseconds: number): Network =>
  (random) => ({ up: random() * milliseconds })

describe('on a network that delays some requests more than others', () => {
  it.each<[string, Network, least10: number, least50: number]>([
    ['no jitter', jitter(0), 0.9, 0.9],
    ['100 ms of jitter', jitter(100), 0.89, 0.89],
    ['200 ms of jitter', jitter(200), 0.82, 0.82],
    ['300 ms of jitter', jitter(300), 0.75, 0.76],
    [
      '300 ms of jitter both ways, behind a slow server',
      (random) => ({ up: 100 + random() * 300, server: 150, down: 50 + random() * 300 }),
      0.75,
      0.76,
    ],
    [
      'one request in twenty that is 300 ms late',
      (random) => ({ up: 40 + (random() < 0.05 ? 300 : random() * 20), server: 60 }),
      0.75,
      0.75,
    ],
    [
      'a second path that is 250 ms longer',
      (random) => ({ up: random() < 0.5 ? 30 : 280, server: 90 }),
      0.75,
      0.75,
    ],
    [
      'a server that works on some for two seconds',
      (random) => ({ up: 40, server: 100 + random() * 1900, down: 10 }),
      0.87,
      0.85,
    ],
    [
      'a server that is slow with one in twelve',
      (random) => ({ up: 40, server: random() < 0.08 ? 3000 : 120, down: 10 }),
      0.9,
      0.9,
    ],
  ])('%s causes no 429', async (_, network, least10, least50) => {
    for (const [perSecond, least] of [
      [10, least10],
      [50, least50],
    ] as const) {
      for (const seed of [1, 2]) {
        const sent = await sendOver(network, perSecond, { seed })
        expect(sent.refused).toBe(0)
        expect(sent.share).toBeGreaterThanOrEqual(least)
      }
    }
  })

  it.each([0, 100, 300])('%i ms cause no 429 without a stated budget', async (milliseconds) => {
    for (const perSecond of [10, 50]) {
      const sent = await sendOver(jitter(milliseconds), perSecond, { statesBudget: false })
      expect(sent.refused).toBe(0)
      expect(sent.share).toBeGreaterThanOrEqual(0.75)
    }
  })

  it('a longer jitter than assumed causes few, and the rate recovers from each', async () => {
    const sent = await sendOver(jitter(1000), 10)
    expect(sent.refused).toBeGreaterThan(0)
    expect(sent.refused).toBeLessThanOrEqual(8)
    expect(sent.share).toBeGreaterThanOrEqual(0.55)
  })

  it('the rate returns when the jitter has ended', async () => {
    let sent = 0
    const network: Network = (random) => {
      sent += 1
      return { up: sent > 100 ? 20 : random() * 300 }
    }
    const jittery = await sendOver(jitter(300), 50, { count: 400 })
    const both = await sendOver(network, 50, { count: 400 })
    expect(both.refused).toBe(0)
    expect(both.share).toBeGreaterThan(jittery.share + 0.05)
  })
})

describe('a rate limiter of several shards', () => {
  const all = (clock: TestClock, of: number) =>
    Array.from({ length: of }, (_, index) => new RateLimiter(clock, { part: index + 1, of }))

  it.each([2, 5, 16])('keeps one rate together, in %i parts', async (of) => {
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

  it('is as conservative together as one, before a response states a rate', async () => {
    const clock = new TestClock()
    const times = await Promise.all(all(clock, 5).map((limiter) => pass(limiter, clock, 2)))
    expect(times.flat().sort((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, index) => index * 200),
    )
  })

  it('continues one after the other when a limit ends', async () => {
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
  ])('of %i has its part of the rest', (of, headers, expected) => {
    const limiter = new RateLimiter(new TestClock(), { part: 1, of })
    limiter.update({ ...nothing, ...headers })
    expect(limiter.share).toMatchObject({ ...expected, shards: of })
    expect(limiter.budget).toMatchObject(headers)
  })
})
