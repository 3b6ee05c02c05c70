import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { SIMULATED_START, SimulatedClock } from '../../local/simulated-clock.ts'
import type { Participant } from '../../local/simulated-clock-participant.ts'
import { startServer, type TestServer } from './runner-fixture.ts'

let clock: SimulatedClock
let server: TestServer

beforeEach(async () => {
  clock = new SimulatedClock()
  server = await startServer(clock)
})

afterEach(() => server.close())

describe('a clock without participants', () => {
  it('does not advance while a server waits', async () => {
    let woken = false
    void clock.sleepUntil(clock.now() + 1000).then(() => {
      woken = true
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(woken).toBe(false)
    expect(clock.now()).toBe(SIMULATED_START)
  })

  it('resolves a wait for the current time immediately', async () => {
    await clock.sleepUntil(clock.now())
    await clock.sleepUntil(clock.now() - 1)
  })
})

describe('a participant', () => {
  it('sleeps for a simulated day without real time', async () => {
    const me = clock.participant()
    const before = performance.now()
    await me.sleep(86_400_000)
    expect(me.now()).toBe(SIMULATED_START + 86_400_000)
    expect(performance.now() - before).toBeLessThan(5000)
  })

  it('is woken in the order of times, and in the order of joining at the same time', async () => {
    const order: string[] = []
    const sleep = (name: string, ms: number) =>
      clock
        .participant()
        .sleep(ms)
        .then(() => order.push(`${name} ${clock.elapsedSeconds}`))
    const server = clock.sleepUntil(clock.now() + 2000).then(() => order.push('server'))
    await Promise.all([
      sleep('c', 3000),
      sleep('a', 2000),
      sleep('b', 2000),
      sleep('d', 500),
      server,
    ])
    expect(order).toEqual(['d 0.5', 'server', 'a 2', 'b 2', 'c 3'])
  })

  it('wakes immediately when its signal aborts', async () => {
    const controller = new AbortController()
    const me = clock.participant()
    clock.at(clock.now() + 1000, () => controller.abort())
    await me.sleep(5000, controller.signal)
    expect(clock.elapsedSeconds).toBe(1)
    await me.sleep(5000, controller.signal)
    expect(clock.elapsedSeconds).toBe(1)
  })

  it('notices that time advances while a server holds its request', async () => {
    const me = clock.participant()
    const answer = await me.fetch(`${server.url}/hold/90`)
    expect(await answer.text()).toBe('answered at 90')
    expect(clock.elapsedSeconds).toBe(90)
  })

  it('notices no advance of time while a request is in flight', async () => {
    const me = clock.participant()
    const other = clock.participant()
    const sleeping = other.sleep(10)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        me.fetch(`${server.url}/now`).then((answer) => answer.text()),
      ),
    )
    await sleeping
    expect(new Set(answers)).toEqual(new Set(['answered at 0']))
    expect(clock.elapsedSeconds).toBe(0.01)
  })

  it('can abort a request that a server holds', async () => {
    const me = clock.participant()
    const controller = new AbortController()
    clock.at(clock.now() + 30_000, () => controller.abort())
    const request = me.fetch(`${server.url}/hold/90`, { signal: controller.signal })
    await expect(request).rejects.toThrow('aborted')
    expect(clock.elapsedSeconds).toBe(30)
  })

  it('receives a response when its body is complete', async () => {
    const me = clock.participant()
    const answer = await me.fetch(`${server.url}/slow/10`)
    expect(clock.elapsedSeconds).toBe(20)
    expect(await answer.text()).toBe('first,answered at 20')
  })

  it('receives the part of a body that was sent before the connection ended', async () => {
    const me = clock.participant()
    const answer = await me.fetch(`${server.url}/part/5`)
    expect([answer.status, clock.elapsedSeconds]).toEqual([200, 5])
    const reader = answer.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first,')
    await expect(reader?.read()).rejects.toThrow('terminated')
  })

  it('sends requests of the same moment one after the other, in order', async () => {
    const me = clock.participant()
    const paths = ['hold/30', 'now', 'hold/10', 'cut/5', 'now/2']
    await Promise.allSettled(paths.map((path) => me.fetch(`${server.url}/${path}`)))
    expect(server.seen).toEqual(paths.map((path) => `0 /${path}`))
    expect(clock.elapsedSeconds).toBe(30)
  })

  it('ends all sleeps that are due at the same time before the next event', async () => {
    const me = clock.participant()
    const order: string[] = []
    clock.at(clock.now() + 1000, () => clock.at(clock.now(), () => order.push('server')))
    const ask = async (name: string) => {
      await me.sleep(1000)
      order.push(name)
      await me.fetch(`${server.url}/now`)
    }
    await Promise.all([ask('a'), ask('b')])
    expect(order).toEqual(['server', 'a', 'b'])
    expect(clock.elapsedSeconds).toBe(1)
  })

  it('keeps time from advancing while it works', async () => {
    const me = clock.participant()
    let compressed = 0
    const working = me.work(async () => {
      compressed = (await promisify(gzip)(Buffer.alloc(5_000_000))).length
      expect(clock.elapsedSeconds).toBe(0)
    })
    await me.sleep(60_000)
    expect(compressed).toBeGreaterThan(0)
    await working
  })

  it('receives no response and no wake-up after it has left', async () => {
    const me = clock.participant()
    const finished: string[] = []
    void me.fetch(`${server.url}/hold/90`).finally(() => finished.push('answer'))
    void me.sleep(10).finally(() => finished.push('sleep'))
    clock.at(clock.now() + 5, me.close)
    await clock.participant().sleep(200_000)
    expect(finished).toEqual([])
  })

  it('does not hold up the clock if it is idle or has left', async () => {
    const gone = clock.participant()
    clock.participant()
    void gone.sleep(10)
    gone.close()
    await clock.participant().sleep(1000)
    expect(clock.elapsedSeconds).toBe(1)
  })
})

/** Returns the error message of the clock that fails while this participant waits. */
const failureOf = (participant: Participant) =>
  new Promise<string>((resolve) => participant.onFailure((error) => resolve(String(error))))

describe('a deadlock', () => {
  it('fails every participant, and the error names the waits of each', async () => {
    const me = clock.participant('me')
    me.fetch(`${server.url}/never`).catch(() => {})
    const failure = await failureOf(me)
    expect(failure).toContain('Deadlock: every participant waits, and no event is due.')
    expect(failure).toContain('in flight: me-1 (held by the server)')
    expect(await failureOf(clock.participant())).toBe(failure)
  })

  it('fails a participant that waits for nothing and does not end', async () => {
    const me = clock.participant('me')
    me.start()
    expect(await failureOf(me)).toContain('me is not waiting for anything')
  })
})

describe('a request without a response that no server holds', () => {
  it('fails the clock after some real seconds, and the error names the request', async () => {
    clock = new SimulatedClock({ stallAfterSeconds: 0.2 })
    await server.close()
    server = await startServer({
      now: () => clock.now(),
      sleepUntil: () => new Promise(() => {}),
      hold: () => () => {},
    })
    const me = clock.participant('me')
    me.fetch(`${server.url}/hold/1`).catch(() => {})
    const failure = await failureOf(me)
    expect(failure).toContain('Nothing has happened for 0.2 real seconds')
    expect(failure).toContain('me-1 (not yet answered)')
  })
})

describe('a callback at a set time', () => {
  it('can be cancelled', async () => {
    const called: string[] = []
    clock.at(clock.now() + 100, () => called.push('kept'))
    const cancel = clock.at(clock.now() + 100, () => called.push('called off'))
    cancel()
    await clock.participant().sleep(1000)
    expect(called).toEqual(['kept'])
  })
})
