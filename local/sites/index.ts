/**
 * The web sites of deployed services. A site answers by a script, one answer a request; the last one is repeated.
 *
 *     const sites = await startLocalSites({ clock })
 *     sites.set('web-production.up.railway.app', [500, 200])
 *     await run({ 'health-check': '/healthz' }, { sites })
 *     sites.requests            // what was asked, in order
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'

/** How a site answers one request. A number is a status. */
export type SiteAnswer =
  | number
  /** After so many seconds. */
  | { slow: number; status: number }
  | { redirect: string }
  /** A body of so many bytes. */
  | { bytes: number }
  /** The answer never comes. */
  | 'never'
  | 'reset'
  /** Nobody listens. */
  | 'refused'
  /** The certificate is not valid. */
  | 'untrusted'

export interface SiteRequest {
  host: string
  /** With its query. */
  path: string
  method: string
  headers: Record<string, string | string[] | undefined>
  at: number
}

export interface LocalSites {
  requests: SiteRequest[]
  /** Scripts a site. A site without a script does not exist. */
  set(host: string, answers: readonly SiteAnswer[]): void
  /** Sends requests over https to the sites, and every other one on. */
  fetch(next: typeof globalThis.fetch): typeof globalThis.fetch
  close(): Promise<void>
}

/** No sites at all: nothing that a test forgot to set up leaves the machine. */
export const noSites: Pick<LocalSites, 'fetch'> = {
  fetch: (next) => (input, init) =>
    isToSite(input) ? Promise.reject(networkError('ENOTFOUND')) : next(input, init),
}

/** The header that says which site a request is for. */
const hostHeader = 'x-site'

/** Starts the sites on loopback. `answer` is for sites without a script; one that it does not answer does not exist. */
export async function startLocalSites({
  clock,
  answer: answerOf = () => undefined,
}: {
  clock: Clock
  answer?: (host: string) => SiteAnswer | undefined
}): Promise<LocalSites> {
  const scripts = new Map<string, SiteAnswer[]>()
  const requests: SiteRequest[] = []
  const server = createServer((request, response) => {
    const answer = toAnswer(request)
    void respond(answer, request, response, clock)
  })
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.headersTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`

  function toAnswer({ headers }: IncomingMessage): SiteAnswer {
    const answer = headers['x-answer']
    return JSON.parse(typeof answer === 'string' ? answer : '404')
  }

  function take(request: Request): SiteAnswer | undefined {
    const { host, pathname, search } = new URL(request.url)
    const answers = scripts.get(host)
    const unscripted = answers ? undefined : answerOf(host)
    if (!answers && unscripted === undefined) return undefined
    const headers = Object.fromEntries(request.headers)
    const { method } = request
    requests.push({ host, path: `${pathname}${search}`, method, headers, at: clock.now() })
    if (!answers) return unscripted
    return answers.length > 1 ? answers.shift() : answers[0]
  }

  return {
    requests,
    set: (host, answers) => void scripts.set(host, [...answers]),
    fetch: (next) => async (input, init) => {
      if (!isToSite(input)) return next(input, init)
      const request = new Request(input, init)
      const answer = take(request)
      const { host, pathname, search } = new URL(request.url)
      if (answer === undefined) throw networkError('ENOTFOUND')
      if (answer === 'refused') throw networkError('ECONNREFUSED')
      if (answer === 'untrusted') throw networkError('DEPTH_ZERO_SELF_SIGNED_CERT')
      const { method, redirect, signal } = request
      const headers = { [hostHeader]: host, 'x-answer': JSON.stringify(answer) }
      return next(`${origin}${pathname}${search}`, { method, redirect, signal, headers })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The local servers are requested without encryption. */
const isToSite = (input: Parameters<typeof fetch>[0]): boolean =>
  (input instanceof Request ? input.url : String(input)).startsWith('https:')

/** The error that Node's `fetch` throws for a code. */
const networkError = (code: string): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

async function respond(
  answer: SiteAnswer,
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const id = request.headers['x-simulated-request']
  const release = clock.hold(typeof id === 'string' ? id : undefined)
  if (answer === 'never') return
  if (answer === 'reset') {
    request.socket.destroy()
    return release()
  }
  if (typeof answer === 'object' && 'slow' in answer) {
    await clock.sleepUntil(clock.now() + answer.slow * 1000)
  }
  release()
  if (response.destroyed) return
  if (typeof answer === 'number') response.writeHead(answer).end('an answer')
  else if (typeof answer === 'string') response.destroy()
  else if ('slow' in answer) response.writeHead(answer.status).end()
  else if ('redirect' in answer) response.writeHead(302, { location: answer.redirect }).end()
  else response.writeHead(200).end(Buffer.alloc(answer.bytes, 'x'))
}
