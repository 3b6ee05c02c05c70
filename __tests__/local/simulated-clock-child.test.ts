import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { SimulatedClock } from '../../local/simulated-clock.ts'
import { runScript, startServer, type TestServer } from './runner-fixture.ts'

let clock: SimulatedClock
let server: TestServer

beforeEach(async () => {
  clock = new SimulatedClock()
  server = await startServer(clock)
})

afterEach(() => server.close())

const PRELUDE = `
  const start = Date.now()
  const say = (what) => console.log((Date.now() - start) / 1000, what)
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const url = process.env.URL_
  const get = (path, init) => fetch(url + path, init).then((answer) => answer.text(), (error) => error.name)
`

const run = (script: string, options: Parameters<typeof runScript>[1] = {}) =>
  runScript(PRELUDE + script, { clock, env: { URL_: server.url }, ...options })

describe('time in a child process', () => {
  it('is the clock’s, wherever the child looks', async () => {
    const { lines } = await run(`
      const before = [process.hrtime(), process.hrtime.bigint(), performance.now()]
      console.log(new Date().toISOString(), new Date(0).getTime(), new Date(2020, 0).getFullYear())
      await sleep(90_000)
      console.log(new Date().toISOString(), Date.now(), new Date() instanceof Date, Date() === String(new Date()))
      console.log(process.hrtime(before[0]), process.hrtime.bigint() - before[1], performance.now() - before[2])
    `)
    expect(lines).toEqual([
      '2026-01-05T09:00:00.000Z 0 2020',
      '2026-01-05T09:01:30.000Z 1767603690000 true true',
      '[ 90, 0 ] 90000000000n 90000',
    ])
  })

  it('takes twenty minutes in less than a second', async () => {
    const { lines, seconds, realMilliseconds } = await run(`
      for (let i = 0; i < 20; i += 1) await sleep(60_000)
      say('done')
    `)
    expect(lines).toEqual(['1200 done'])
    expect(seconds).toBe(1200)
    expect(realMilliseconds).toBeLessThan(5000)
  })

  it('fires timers in the order of their time, and promises settle in between', async () => {
    const { lines } = await run(`
      setTimeout((a, b) => say(a + b), 20, 'third', '!')
      setTimeout(() => { say('first'); Promise.resolve().then(() => say('its promise')) }, 10)
      setTimeout(() => { say('second'); setTimeout(() => say('nested'), 10) }, 10)
      setTimeout(() => say('soonest'), 0)
      setTimeout(() => say('far'), 2 ** 30)
    `)
    expect(lines).toEqual([
      '0.001 soonest',
      '0.01 first',
      '0.01 its promise',
      '0.01 second',
      '0.02 third!',
      '0.02 nested',
      '1073741.824 far',
    ])
  })

  it('repeats intervals until they are cleared', async () => {
    const { lines } = await run(`
      let left = 3
      const interval = setInterval(() => { say('tick'); if (--left === 0) clearInterval(interval) }, 100)
    `)
    expect(lines).toEqual(['0.1 tick', '0.2 tick', '0.3 tick'])
  })

  it('knows every way to stop a timer', async () => {
    const { lines } = await run(`
      const fail = () => say('must not happen')
      clearTimeout(setTimeout(fail, 10))
      clearTimeout(+setTimeout(fail, 10))
      clearInterval(String(+setInterval(fail, 10)))
      setTimeout(fail, 10).close()
      { using timer = setTimeout(fail, 10) }
      clearTimeout(undefined); clearTimeout(null); clearTimeout(12345)
      const refreshed = setTimeout(() => say('refreshed'), 100)
      setTimeout(() => refreshed.refresh(), 50)
      console.log(refreshed.hasRef(), refreshed.unref().hasRef(), refreshed.ref().hasRef())
      try { setTimeout('code', 1) } catch (error) { console.log(error.code) }
    `)
    expect(lines).toEqual(['true false true', 'ERR_INVALID_ARG_TYPE', '0.15 refreshed'])
  })

  it('is also that of promised timers and of AbortSignal.timeout', async () => {
    const { lines } = await run(`
      import { setTimeout as later } from 'node:timers/promises'
      import { promisify } from 'node:util'
      say(await later(1000, 'later'))
      say(await promisify(setTimeout)(1000, 'promisified'))
      say(await later(5000, '', { signal: AbortSignal.timeout(1000) }).catch((error) => error.name))
      say(await get('/hold/90', { signal: AbortSignal.timeout(10_000) }))
    `)
    expect(lines).toEqual(['1 later', '2 promisified', '3 AbortError', '13 TimeoutError'])
  })

  it('carries asynchronous context into timers', async () => {
    const { lines } = await run(`
      import { AsyncLocalStorage } from 'node:async_hooks'
      const storage = new AsyncLocalStorage()
      storage.run('inside', () => setTimeout(() => say(storage.getStore()), 10))
    `)
    expect(lines).toEqual(['0.01 inside'])
  })
})

describe('time on the Node at hand', () => {
  it('is simulated too', async () => {
    const { lines } = await run(`await sleep(5000); say(await get('/hold/10'))`, {
      node: 'current',
    })
    expect(lines).toEqual(['15 answered at 15'])
  })
})

describe('the end of a child process', () => {
  it('does not wait for timers without a ref', async () => {
    const { lines, seconds } = await run(`
      setTimeout(() => say('must not happen'), 1000).unref()
      setInterval(() => say('tick'), 400).unref()
      setTimeout(() => say('last'), 900)
    `)
    expect(lines).toEqual(['0.4 tick', '0.8 tick', '0.9 last'])
    expect(seconds).toBe(0.9)
  })

  it('comes at once when there is nothing to wait for', async () => {
    const { seconds, exitCode } = await run(`setTimeout(() => {}, 1000).unref()`)
    expect([seconds, exitCode]).toEqual([0, 0])
  })

  it('is Node’s own when an await can never end', async () => {
    const { exitCode } = await run(`await new Promise(() => {})`)
    expect(exitCode).toBe(13)
  })

  it('is Node’s own when nobody catches an error', async () => {
    const { exitCode, stderr, seconds } = await run(`
      setTimeout(() => { throw new Error('out of a timer') }, 1000)
      setTimeout(() => say('must not happen'), 1000)
    `)
    expect([exitCode, seconds]).toEqual([1, 1])
    expect(stderr).toContain('Error: out of a timer')
  })

  it('leaves the other timers alone when the child catches it', async () => {
    const { lines } = await run(`
      process.on('uncaughtException', (error) => say(error.message))
      setTimeout(() => { throw new Error('caught') }, 1000)
      setTimeout(() => say('still here'), 1000)
    `)
    expect(lines).toEqual(['1 caught', '1 still here'])
  })

  it('tells how much memory was used', async () => {
    const { peakRss } = await run('')
    expect(peakRss).toBeGreaterThan(10_000_000)
  })
})

describe('requests of a child process', () => {
  it('let time go by while a server holds them', async () => {
    const { lines } = await run(`say(await get('/hold/90'))`)
    expect(lines).toEqual(['90 answered at 90'])
  })

  it('can be given up after 30 of 90 seconds', async () => {
    const { lines, seconds } = await run(`
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 30_000)
      say(await get('/hold/90', { signal: controller.signal }))
      say(await get('/now'))
    `)
    expect(lines).toEqual(['30 AbortError', '30 answered at 30'])
    expect(seconds).toBe(30)
  })

  it('are told apart from each other', async () => {
    const { lines } = await run(`
      await Promise.all([30, 10, 20].map(async (s) => say(await get('/hold/' + s))))
      await Promise.all([1, 2, 3].map(async (s) => say(await get('/now'))))
    `)
    expect(lines).toEqual([
      '10 answered at 10',
      '20 answered at 20',
      '30 answered at 30',
      ...Array(3).fill('30 answered at 30'),
    ])
  })

  it('arrive in the order in which they were made, though they are made at the same moment', async () => {
    const { lines } = await run(`
      await get('/warm-up')
      const worker = async (n) => { for (let i = 0; i < 3; i += 1) { await get('/' + n + i); await sleep(1000) } }
      await Promise.all([1, 2, 3, 4, 5].map(worker))
      say('done')
    `)
    const each = (i: number) => [1, 2, 3, 4, 5].map((n) => `${i} /${n}${i}`)
    expect(server.seen).toEqual(['0 /warm-up', ...each(0), ...each(1), ...each(2)])
    expect(lines).toEqual(['3 done'])
  })

  it('overlap in simulated time all the same', async () => {
    const { lines } = await run(`
      await Promise.all(Array.from({ length: 50 }, () => get('/hold/10')))
      say('done')
    `)
    expect(lines).toEqual(['10 done'])
  })

  it('may be answered in parts', async () => {
    const { lines } = await run(`
      const answer = await fetch(url + '/slow/10')
      say('headers')
      const timer = setTimeout(() => say('between'), 5_000)
      say(await answer.text())
    `)
    expect(lines).toEqual(['10 headers', '15 between', '20 first,answered at 20'])
  })

  it('time out by undici’s own rules when they are held for ever', async () => {
    const { lines } = await run(`
      const error = await fetch(url + '/never').catch((error) => error)
      say(error.cause.code)
    `)
    expect(lines[0]).toMatch(/^30\d\.\d+ UND_ERR_HEADERS_TIMEOUT$/)
  })

  it('count when they go through node:http', async () => {
    const { lines } = await run(`
      import http from 'node:http'
      const request = (path) => new Promise((resolve) => {
        http.get(url + path, async (answer) => resolve((await answer.toArray()).join('')))
      })
      say(await request('/hold/10'))
      say(await request('/slow/10'))
    `)
    expect(lines).toEqual(['10 answered at 10', '30 first,answered at 30'])
  })

  it('count when they go through an undici of the action’s own', async () => {
    const undici = import.meta.resolve('undici')
    const { lines } = await run(`
      import * as undici from '${undici}'
      say(await undici.fetch(url + '/hold/10').then((answer) => answer.text()))
      say(await undici.request(url + '/hold/10').then(({ body }) => body.text()))
    `)
    expect(lines).toEqual(['10 answered at 10', '20 answered at 20'])
  })

  it('may be refused a connection', async () => {
    const { lines } = await run(`
      say(await fetch('http://127.0.0.1:1/').catch((error) => error.message))
    `)
    expect(lines).toEqual(['0 fetch failed'])
  })
})

describe('a run with everything at once', () => {
  it('takes the same course every time', async () => {
    const script = `
      let seed = 42
      const random = (n) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n
      const worker = async (n) => {
        for (let i = 0; i < 5; i += 1) {
          const path = ['/now', '/hold/0.05', '/hold/45', '/slow/1', '/cut/0.2'][random(5)]
          const controller = new AbortController()
          const timer = setTimeout(() => controller.abort(), 30_000)
          say(path + ' ' + await get(path + '/' + process.env.NAME + n + i, { signal: controller.signal }))
          clearTimeout(timer)
          await sleep(random(5) * 1000)
        }
      }
      process.on('SIGINT', () => say('SIGINT'))
      setInterval(() => say('heartbeat'), 10_000).unref()
      await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(worker))
    `
    const course = async () => {
      clock = new SimulatedClock()
      const own = await startServer(clock)
      const child = (NAME: string) =>
        run(script, {
          clock,
          env: { URL_: own.url, NAME },
          signals: [{ at: 33, signal: 'SIGINT' }],
        })
      const transcripts = await Promise.all([child('a'), child('b')])
      await own.close()
      return [...own.seen, ...transcripts.flatMap(({ lines, seconds }) => [...lines, seconds])]
    }
    const first = await course()
    expect(first.length).toBeGreaterThan(150)
    for (let i = 0; i < 3; i += 1) expect(await course()).toEqual(first)
  })
})

describe('work that takes real time', () => {
  it('takes no simulated time', async () => {
    const { lines } = await run(`
      import { gzip } from 'node:zlib'
      import { promisify } from 'node:util'
      import { readFile } from 'node:fs/promises'
      import { randomBytes } from 'node:crypto'
      setTimeout(() => say('a millisecond later'), 1)
      const packed = await promisify(gzip)(randomBytes(5_000_000))
      say('packed')
      for (let i = 0; i < 50; i += 1) await readFile(process.argv[1])
      say('read')
    `)
    expect(lines).toEqual(['0 packed', '0 read', '0.001 a millisecond later'])
  })
})

describe('signals', () => {
  it('arrive at the simulated second they were sent for', async () => {
    const { lines, exitCode, seconds } = await run(
      `
      process.on('SIGINT', () => { say('SIGINT'); setTimeout(() => process.exit(130), 2000) })
      setInterval(() => {}, 1000)
      say(await get('/hold/500'))
    `,
      { signals: [{ at: 30, signal: 'SIGINT' }] },
    )
    expect(lines).toEqual(['30 SIGINT'])
    expect([exitCode, seconds]).toEqual([130, 32])
  })

  it('end a process that does not listen', async () => {
    const { signal, exitCode, seconds } = await run(`await sleep(60_000)`, {
      signals: [{ at: 30.5, signal: 'SIGTERM' }],
    })
    expect({ signal, exitCode, seconds }).toEqual({
      signal: 'SIGTERM',
      exitCode: null,
      seconds: 30.5,
    })
  })

  it('are not sent to a process that is gone', async () => {
    const { exitCode, seconds } = await run(`await sleep(1000)`, {
      signals: [{ at: 30, signal: 'SIGKILL' }],
    })
    expect([exitCode, seconds]).toEqual([0, 1])
  })
})

describe('several child processes', () => {
  it('share one time, and take turns in a fixed order', async () => {
    const order: string[] = []
    const child = (name: string, script: string) =>
      run(script, { onLine: (line) => order.push(`${name}: ${line}`) })
    const a = child('a', `for (let i = 0; i < 3; i += 1) { await sleep(1000); say('a' + i) }`)
    const b = child(
      'b',
      `await sleep(500); for (let i = 0; i < 2; i += 1) { await sleep(1000); say('b' + i) }`,
    )
    await Promise.all([a, b])
    expect(order).toHaveLength(5)
    expect((await a).lines).toEqual(['1 a0', '2 a1', '3 a2'])
    expect((await b).lines).toEqual(['1.5 b0', '2.5 b1'])
  })

  it('reach a server in the same order every time', async () => {
    const script = (name: string) => `
      for (let i = 0; i < 5; i += 1) { await sleep(100); await get('/${name}' + i); await get('/hold/0.05/${name}') }
    `
    await Promise.all([run(script('a')), run(script('b')), run(script('c'))])
    const time = [0.1, 0.25, 0.4, 0.55, 0.7]
    const each = (i: number) =>
      ['a', 'b', 'c'].flatMap((name) => [`/${name}${i}`, `/hold/0.05/${name}`])
    expect(server.seen).toEqual(time.flatMap((at, i) => each(i).map((path) => `${at} ${path}`)))
  })

  it('know the time when an answer reaches them', async () => {
    const [a, b] = await Promise.all([
      run(`for (let i = 0; i < 20; i += 1) say(await get('/hold/7'))`),
      run(`for (let i = 0; i < 20; i += 1) { await sleep(3000); say(await get('/hold/2')) }`),
    ])
    for (const line of [...a.lines, ...b.lines]) {
      const [, seen, answered] = /^(\S+) answered at (\S+)$/.exec(line) ?? []
      expect(seen).toBe(answered)
    }
    expect(a.seconds).toBe(140)
    expect(b.seconds).toBe(100)
  })
})

describe('a child that waits for what never comes', () => {
  const never = `
    import http from 'node:http'
    http.get(url + '/never')
    say('waiting')
  `

  it('is killed, and the run fails with the reason', async () => {
    await expect(run(never)).rejects.toThrow(
      /Deadlock: everybody waits, and nothing is ever due\.\nSimulated time is 0 s\.\nchild\d is idle; in flight: child\d-1 \(held by the server\)/,
    )
  })

  it('is killed also when the clock cannot tell why it waits', async () => {
    clock = new SimulatedClock({ stallAfterSeconds: 0.5 })
    await expect(run(`import net from 'node:net'; net.createServer().listen(0)`)).rejects.toThrow(
      'Nothing has happened for 0.5 real seconds',
    )
  })

  it('is killed after a set real time at the latest', async () => {
    await expect(run(`console.log('spinning'); for (;;);`, { killAfter: 2 })).rejects.toThrow(
      /Killed after 2 real seconds\.[\s\S]*It said last:\nspinning/,
    )
  })
})
