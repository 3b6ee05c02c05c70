/**
 * The web sites of deployed services. A site has a list of responses, one for each request. The last one is repeated.
 *
 *     const sites = await startLocalSites({ clock })
 *     sites.set('web-production.up.railway.app', [500, 200])
 *     await run({ 'health-check': '/healthz' }, { sites })
 *     sites.requests            // the requests, in order
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'

/** The response of a site to one request. A number is a status. */
export type SiteResponse =
  | number
  /** The response with this status follows after `slow` seconds. */
  | { slow: number; status: number }
  /** A redirect to this address. */
  | { redirect: string }
  /** Status 200 with a body of this size. */
  | { bytes: number }
  /** The site never responds. */
  | 'never'
  /** The site closes the connection. */
  | 'reset'
  /** The site refuses the connection. */
  | 'refused'
  /** The certificate of the site is not valid. */
  | 'untrusted'

/** A request to a site. */
export interface SiteRequest {
  host: string
  /** Path and query string. */
  path: string
  method: string
  headers: Record<string, string | string[] | undefined>
  /** Time of the request, in milliseconds since the epoch. */
  at: number
}

/** The running sites. */
export interface LocalSites {
  /** Every request until now, oldest first. */
  requests: SiteRequest[]
  /** Sets the responses of a host. */
  set(host: string, responses: readonly SiteResponse[]): void
  /** Returns a `fetch` that sends https requests to the sites, and all others to `next`. */
  fetch(next: typeof globalThis.fetch): typeof globalThis.fetch
  close(): Promise<void>
}

/** A `fetch` without any site: https requests fail as for a host that does not exist. */
export const noSites: Pick<LocalSites, 'fetch'> = {
  fetch: (next) => (input, init) =>
    isToSite(input) ? Promise.reject(networkError('ENOTFOUND')) : next(input, init),
}

/** The header with the host of the site that a request is for. */
const hostHeader = 'x-site'

/** The header with the index of the response that the server has to send. */
const responseHeader = 'x-site-response'

/** Returns the response of a host without a list of responses. `undefined`: the host does not exist. */
type ResponseOfHost = (host: string) => SiteResponse | undefined

/** Starts the sites on loopback. A host without a list of responses has the response that `responseOf` returns for it. */
export async function startLocalSites({
  clock,
  responseOf = () => undefined,
}: {
  clock: Clock
  responseOf?: ResponseOfHost
}): Promise<LocalSites> {
  const hosts = new Hosts(clock, responseOf)
  const responses: SiteResponse[] = []
  const server = await startServer(responses, clock)
  return {
    requests: hosts.requests,
    set: (host, list) => hosts.set(host, list),
    fetch: (next) => async (input, init) => {
      if (!isToSite(input)) return next(input, init)
      const request = new Request(input, init)
      const response = hosts.nextResponse(request)
      const { host, pathname, search } = new URL(request.url)
      if (response === undefined) throw networkError('ENOTFOUND')
      if (response === 'refused') throw networkError('ECONNREFUSED')
      if (response === 'untrusted') throw networkError('DEPTH_ZERO_SELF_SIGNED_CERT')
      const index = responses.push(response) - 1
      const { method, redirect, signal } = request
      const headers = { [hostHeader]: host, [responseHeader]: String(index) }
      return next(`${server.origin}${pathname}${search}`, { method, redirect, signal, headers })
    },
    close: server.close,
  }
}

/** The hosts with their lists of responses, and the requests to them. */
class Hosts {
  readonly requests: SiteRequest[] = []
  readonly #lists = new Map<string, SiteResponse[]>()
  readonly #clock: Clock
  readonly #responseOf: ResponseOfHost

  constructor(clock: Clock, responseOf: ResponseOfHost) {
    this.#clock = clock
    this.#responseOf = responseOf
  }

  set(host: string, responses: readonly SiteResponse[]): void {
    this.#lists.set(host, [...responses])
  }

  /** Records the request and returns the next response of its host. `undefined`: the host does not exist. */
  nextResponse(request: Request): SiteResponse | undefined {
    const { host, pathname, search } = new URL(request.url)
    const list = this.#lists.get(host)
    const unlisted = list ? undefined : this.#responseOf(host)
    if (!list && unlisted === undefined) return undefined
    const headers = Object.fromEntries(request.headers)
    const { method } = request
    const at = this.#clock.now()
    this.requests.push({ host, path: `${pathname}${search}`, method, headers, at })
    if (!list) return unlisted
    return list.length > 1 ? list.shift() : list[0]
  }
}

/** Starts the server of all sites. A request without the index of a response has the status 404. */
async function startServer(
  responses: readonly SiteResponse[],
  clock: Clock,
): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const result = responses[Number(request.headers[responseHeader])] ?? 404
    void respond(result, request, response, clock)
  })
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.headersTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Whether the request is for a site. Requests to the other local servers do not use https. */
const isToSite = (input: Parameters<typeof fetch>[0]): boolean =>
  (input instanceof Request ? input.url : String(input)).startsWith('https:')

/** Returns the error that Node's `fetch` throws for an error code of the network. */
const networkError = (code: string): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

async function respond(
  result: SiteResponse,
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const id = request.headers['x-simulated-request']
  const release = clock.hold(typeof id === 'string' ? id : undefined)
  if (result === 'never') return
  if (result === 'reset') {
    request.socket.destroy()
    return release()
  }
  if (typeof result === 'object' && 'slow' in result) {
    await clock.sleepUntil(clock.now() + result.slow * 1000)
  }
  release()
  if (response.destroyed) return
  if (typeof result === 'number') response.writeHead(result).end('a body')
  else if (typeof result === 'string') response.destroy()
  else if ('slow' in result) response.writeHead(result.status).end()
  else if ('redirect' in result) response.writeHead(302, { location: result.redirect }).end()
  else response.writeHead(200).end(Buffer.alloc(result.bytes, 'x'))
}
