import { createServer, type RequestListener, type Server } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { send } from '../../../src/railway/transport/http.ts'
import { TestClock } from '../fixture.ts'

const open: Server[] = []

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}/`
}

/** A clock that never advances, so that only the tested code ends a request. */
const never = { now: () => 0, sleep: () => new Promise<void>(() => {}) }

const deps = {
  fetch,
  clock: never,
  timeLimit: 30_000,
  signal: new AbortController().signal,
}
const get = { method: 'GET', headers: {} }

describe('a response', () => {
  it('is read with its JSON', async () => {
    const url = await serve((_, response) => response.end('{"data":{"a":"ü"}}'))
    expect(await send(url, get, deps)).toMatchObject({ status: 200, json: { data: { a: 'ü' } } })
  })

  it.each([
    ['a letter of two bytes', 'zür'],
    ['a sign of three bytes', 'a € b'],
    ['an emoji of four bytes', 'go 🚀!'],
    ['letters of several scripts', 'Ωж漢🇪🇺'],
  ])('that is divided within %s is read as it was sent', async (_, text) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ data: text }))
    const pieces = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
          controller.close()
        },
      })
    const divided = { ...deps, fetch: async () => new Response(pieces()) }
    expect(await send('http://railway.test/', get, divided)).toMatchObject({ json: { data: text } })
  })

  it('that ends within a letter is no JSON, and shows that a letter is missing', async () => {
    const cut = { ...deps, fetch: async () => new Response(Uint8Array.of(0x22, 0xc3)) }
    const { body, json } = await send('http://railway.test/', get, cut)
    expect(body).toBe('"\ufffd')
    expect(json).toBeUndefined()
  })

  it('without JSON has none', async () => {
    const url = await serve((_, response) => response.end('<html>'))
    expect(await send(url, get, deps)).toMatchObject({ body: '<html>', json: undefined })
  })

  it.each<[string, (bytes: number) => RequestListener]>([
    ['without compression', (bytes) => (_, response) => response.end(Buffer.alloc(bytes, ' '))],
    [
      'after it is decompressed',
      (bytes) => (_, response) => {
        response.setHeader('content-encoding', 'gzip')
        response.end(gzipSync(Buffer.alloc(bytes, ' ')))
      },
    ],
    [
      'without an end',
      () => (_, response) => {
        const piece = Buffer.alloc(65_536, ' ')
        const more = () => {
          while (!response.destroyed && response.write(piece));
          response.once('drain', more)
        }
        more()
      },
    ],
  ])('that is too large %s is aborted', async (_, listener) => {
    const url = await serve(listener(3_000_000))
    const maxBytes = 1024 * 1024
    await expect(send(url, get, { ...deps, maxBytes })).rejects.toMatchObject({
      problem: {
        kind: 'unavailable',
        detail: 'a response of more than 1 MB',
        sent: true,
        final: true,
        tooLarge: true,
      },
    })
  })

  it('of 600 kB that decompress to 600 MB does not fill the memory', async () => {
    // A gzip file may consist of several members. One member for all of it would take seconds to compress.
    const member = gzipSync(Buffer.alloc(6_000_000), { level: 9 })
    const bomb = Buffer.concat(Array.from({ length: 100 }, () => member))
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(bomb)
    })
    const before = process.memoryUsage().rss
    await expect(send(url, get, deps)).rejects.toHaveProperty('problem.tooLarge', true)
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
  })

  it('with a slow body ends with the time limit', async () => {
    const url = await serve((_, response) => {
      response.write('{')
    })
    const limited = { ...deps, clock: new TestClock() }
    await expect(send(url, get, limited)).rejects.toMatchObject({
      problem: { kind: 'unavailable', detail: 'no response within 30 s', sent: true },
    })
  })

  it('with a slow body ends with the job', async () => {
    const job = new AbortController()
    const url = await serve((_, response) => {
      response.write('{')
      setImmediate(() => job.abort())
    })
    await expect(send(url, get, { ...deps, signal: job.signal })).rejects.toHaveProperty(
      'problem.detail',
      'the cancellation of the job',
    )
  })
})

describe('a request', () => {
  it('of a cancelled job is not sent', async () => {
    const requests: string[] = []
    const url = await serve((request, response) => {
      requests.push(request.url ?? '')
      response.end()
    })
    const signal = AbortSignal.abort()
    await expect(send(url, get, { ...deps, signal })).rejects.toMatchObject({
      problem: { kind: 'unavailable', sent: false },
    })
    expect(requests).toEqual([])
  })

  it('that no server accepts was certainly not sent', async () => {
    const url = await serve(() => {})
    for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve))
    await expect(send(url, get, deps)).rejects.toMatchObject({
      problem: { kind: 'unavailable', detail: 'a network error (ECONNREFUSED)', sent: false },
    })
  })
})
