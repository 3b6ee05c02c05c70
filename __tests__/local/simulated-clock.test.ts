import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { SIMULATED_START, SimulatedClock } from '../../local/simulated-clock.ts'
import { startServer, type TestServer } from './runner-fixture.ts'

let clock: SimulatedClock
let server: TestServer

beforeEach(async () => {
  clock = new SimulatedClock()
  server = await startServer(clock)
})

afterEach(() => server.close())

describe('nobody takes part', () => {
  it('stands still, whatever a server waits for', async () => {
    let woken = false
    void clock.sleepUntil(clock.now() + 1000).then(() => {
      woken = true
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(woken).toBe(false)
    expect(clock.now()).toBe(SIMULATED_START)
  })

  it('does not make anyone wait for the present', async () => {
    await clock.sleepUntil(clock.now())
    await clock.sleepUntil(clock.now() - 1)
  })
})

describe('code in this process', () => {
  it('sleeps for a day in no time', async () => {
    const me = clock.participant()
    const before = performance.now()
    await me.sleep(86_400_000)
    expect(me.now()).toBe(SIMULATED_START + 86_400_000)
    expect(performance.now() - before).toBeLessThan(5000)
  })

  it('is woken in order of time, and of arrival where the time is the same', async () => {
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

  it('wakes at once when its signal says so, with the reason', async () => {
    const controller = new AbortController()
    const me = clock.participant()
    clock.at(clock.now() + 1000, () => controller.abort(new Error('enough')))
    await expect(me.sleep(5000, controller.signal)).rejects.toThrow('enough')
    expect(clock.elapsedSeconds).toBe(1)
    await expect(me.sleep(5000, controller.signal)).rejects.toThrow('enough')
  })

  it('sees time go by while a server holds its request', async () => {
    const me = clock.participant()
    const answer = await me.fetch(`${server.url}/hold/90`)
    expect(await answer.text()).toBe('answered at 90')
    expect(clock.elapsedSeconds).toBe(90)
  })

  it('sees none go by while a request is on its way', async () => {
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

  it('gives up a request in time, and the server keeps its own time', async () => {
    const me = clock.participant()
    const controller = new AbortController()
    clock.at(clock.now() + 30_000, () => controller.abort())
    const request = me.fetch(`${server.url}/hold/90`, { signal: controller.signal })
    await expect(request).rejects.toThrow('aborted')
    expect(clock.elapsedSeconds).toBe(30)
  })

  it('has read the first part of an answer before time goes on to the second', async () => {
    const me = clock.participant()
    const answer = await me.fetch(`${server.url}/slow/10`)
    expect(clock.elapsedSeconds).toBe(10)
    expect(await answer.text()).toBe('first,answered at 20')
  })

  it('is not waited for when it has nothing to wait for, or has left', async () => {
    const gone = clock.participant()
    clock.participant()
    void gone.sleep(10)
    gone.close()
    await clock.participant().sleep(1000)
    expect(clock.elapsedSeconds).toBe(1)
  })
})

describe('nothing is ever due', () => {
  it('fails everybody who waits, and says for what', async () => {
    const me = clock.participant('me')
    const error = await me.fetch(`${server.url}/never`).catch((error: Error) => error)
    expect(String(error)).toContain('Deadlock: everybody waits, and nothing is ever due.')
    expect(String(error)).toContain('in flight: me-1 (held by the server)')
    await expect(me.sleep(1)).rejects.toThrow('Deadlock')
    await expect(clock.participant().sleep(1)).rejects.toThrow('Deadlock')
  })
})

describe('a request that is neither answered nor held', () => {
  it('fails after some real seconds, and names the request', async () => {
    clock = new SimulatedClock({ stallAfterSeconds: 0.2 })
    await server.close()
    server = await startServer({
      ...clock,
      now: () => clock.now(),
      sleepUntil: () => new Promise(() => {}),
      hold: () => () => {},
    })
    const error = await clock
      .participant('me')
      .fetch(`${server.url}/hold/1`)
      .catch((error: Error) => error)
    expect(String(error)).toContain('Nothing has happened for 0.2 real seconds')
    expect(String(error)).toContain('me-1 (not yet answered)')
  })
})

describe('a callback at a set time', () => {
  it('can be called off', async () => {
    const called: string[] = []
    clock.at(clock.now() + 100, () => called.push('kept'))
    const cancel = clock.at(clock.now() + 100, () => called.push('called off'))
    cancel()
    await clock.participant().sleep(1000)
    expect(called).toEqual(['kept'])
  })
})
