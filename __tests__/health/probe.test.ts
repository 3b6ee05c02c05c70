import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Clock } from '../../src/clock.ts'
import { systemClock } from '../../src/clock.ts'
import { addressOf } from '../../src/execute/health-check.ts'
import { healthProbe } from '../../src/health/probe.ts'

const open: Server[] = []

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Starts a server on loopback and returns its address. */
async function serve(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler)
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
}

const never = new AbortController().signal
const soon = () => systemClock.now() + 60_000
const probe = healthProbe({ fetch: globalThis.fetch, clock: systemClock })

/** A clock whose sleeps end when the test ends them. */
function heldClock(): Clock & { pass(milliseconds: number): void } {
  let now = 0
  let sleeps: { at: number; wake: () => void }[] = []
  return {
    now: () => now,
    sleep: (milliseconds) =>
      new Promise((resolve) => sleeps.push({ at: now + milliseconds, wake: resolve })),
    pass(milliseconds) {
      now += milliseconds
      const due = sleeps.filter(({ at }) => at <= now)
      sleeps = sleeps.filter(({ at }) => at > now)
      for (const { wake } of due) wake()
    },
  }
}

/** A fetch that never responds, and counts requests and aborts. */
function silent() {
  const seen = { requested: 0, aborted: 0 }
  const fetch: typeof globalThis.fetch = (_, init) => {
    seen.requested += 1
    return new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => {
        seen.aborted += 1
        reject(new Error('aborted'))
      })
    })
  }
  return { seen, fetch }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the probe of a health check', () => {
  it('needs only the headers of a response: a body without end is not read', async () => {
    let sent = 0
    let closed: () => void = () => {}
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve
    })
    const url = await serve((_, response) => {
      response.writeHead(200)
      const chunk = Buffer.alloc(64 * 1024)
      const more = () => {
        while (response.writable && response.write(chunk)) sent += chunk.length
      }
      response.on('drain', more)
      response.on('close', closed)
      more()
    })
    expect(await probe(url, soon(), never)).toEqual({ kind: 'status', status: 200 })
    await isClosed
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  it('does not follow a redirect', async () => {
    const requested: string[] = []
    const url = await serve((request, response) => {
      requested.push(request.url ?? '')
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    expect(await probe(url, soon(), never)).toEqual({ kind: 'status', status: 307 })
    expect(requested).toEqual(['/'])
  })

  it('sends no cookie that an earlier response set', async () => {
    const cookies: (string | undefined)[] = []
    const url = await serve((request, response) => {
      cookies.push(request.headers.cookie)
      response.writeHead(200, { 'set-cookie': 'session=1' }).end()
    })
    await probe(url, soon(), never)
    await probe(url, soon(), never)
    expect(cookies).toEqual([undefined, undefined])
  })

  it('has the code of a network error', async () => {
    const url = await serve((request) => request.socket.destroy())
    expect(await probe(url, soon(), never)).toEqual({
      kind: 'no-response',
      detail: expect.stringMatching(/^a network error/),
    })
  })

  it.each([
    ['ten seconds', 60_000, 10_000, 'no response within 10 s'],
    ['the time that is left', 4_000, 4_000, 'no response within 4 s'],
  ])('waits for a response %s', async (_, until, passed, detail) => {
    const clock = heldClock()
    const { fetch, seen } = silent()
    const answer = healthProbe({ fetch, clock })('https://x.example/', until, never)
    await turn()
    clock.pass(passed - 1)
    await turn()
    expect(seen).toEqual({ requested: 1, aborted: 0 })
    clock.pass(1)
    expect(await answer).toEqual({ kind: 'no-response', detail })
    expect(seen.aborted).toBe(1)
  })

  it('stops immediately when the job is cancelled, and sends no request afterwards', async () => {
    const clock = heldClock()
    const stop = new AbortController()
    const { fetch, seen } = silent()
    const ask = healthProbe({ fetch, clock })
    const answer = ask('https://x.example/', 60_000, stop.signal)
    await turn()
    stop.abort()
    expect((await answer).kind).toBe('no-response')
    expect((await ask('https://x.example/', 60_000, stop.signal)).kind).toBe('no-response')
    expect(seen).toEqual({ requested: 1, aborted: 1 })
  })

  it('requests at most two hundred addresses at once; those that wait until their time is over are not requested', async () => {
    const clock = heldClock()
    const { fetch, seen } = silent()
    const ask = healthProbe({ fetch, clock })
    const answers = Array.from({ length: 450 }, () => ask('https://x.example/', 15_000, never))
    await turn()
    expect(seen.requested).toBe(200)
    clock.pass(10_000)
    await turn()
    expect(seen.requested).toBe(400)
    clock.pass(5_000)
    const details = (await Promise.all(answers)).flatMap((one) => 'detail' in one && one.detail)
    expect(seen.requested).toBe(400)
    expect(details.filter((detail) => detail === 'it was not requested in time')).toHaveLength(50)
  })
})

describe('the address of a health check', () => {
  it.each<[string | undefined, string, string | null]>([
    ['shop.example.com', '/healthz?full=1', 'https://shop.example.com/healthz?full=1'],
    ['Shop.Example.com', '/', 'https://shop.example.com/'],
    ['xn--bcher-kva.example', '/', 'https://xn--bcher-kva.example/'],
    ['shop.example.com', '/@evil.example', 'https://shop.example.com/@evil.example'],
    ['shop.example.com', '/..//evil.example', 'https://shop.example.com//evil.example'],
    ['shop.example.com', '/ä', 'https://shop.example.com/%C3%A4'],
    [undefined, '/', null],
    ['', '/', null],
    ['localhost', '/', null],
    ['shop.example.com:8080', '/', null],
    ['user@shop.example.com', '/', null],
    ['user:word@shop.example.com', '/', null],
    ['shop.example.com/x', '/', null],
    ['shop.example.com?', '/', null],
    ['shop.example.com#', '/', null],
    ['shop.example.com\\', '/', null],
    ['https://shop.example.com', '/', null],
    ['shop example.com', '/', null],
    ['[::1]', '/', null],
    ['127.0.0.1', '/', null],
    ['2130706433.0', '/', null],
    ['169.254.169.254', '/latest/meta-data', null],
    ['0x7f.1', '/', null],
  ])('of %s with %s is %s', (host, path, expected) => {
    expect(addressOf(host, path)).toBe(expected)
  })
})
