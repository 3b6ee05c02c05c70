import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { type Caller, identify } from './caller.ts'
import type { PageLimits } from './connection.ts'
import type { DocumentLimits } from './cost.ts'
import { readOperation, run } from './execute.ts'
import {
  type FaultRule,
  type FaultSource,
  type InjectedFault,
  type RequestFacts,
  scriptedFaults,
} from './faults.ts'
import { edgeLimited, type HttpResponse, json } from './http-response.ts'
import { type Ending, performWithFault, rateLimited } from './inject.ts'
import { type LimitsOption, RateLimiter, toLimits } from './limits.ts'
import { type LoggedRequest, type RequestTexts, withoutTokens } from './request-log.ts'
import { acceptArchive, receiveArchive, type UploadTarget, uploadTarget } from './upload.ts'
import type { World } from './world.ts'

export interface LocalRailwayOptions {
  world: World
  clock: Clock
  /** Rules, or another source such as `seededFaults`. Rules of `inject` apply before another source. */
  faults?: FaultRule[] | FaultSource
  /** Rate limits; by default those of the plan Pro. */
  limits?: LimitsOption
  /** Sizes of pages. The world's behaviour decides about a property that is missing. */
  pages?: Partial<PageLimits>
  /** Limits of a GraphQL document. The world's behaviour decides about a property that is missing. */
  documents?: Partial<DocumentLimits>
  /** Returns the milliseconds between the arrival of the request with this index and its rate limit check. */
  networkDelay?: (request: number) => number
  /** Called for each request before it is executed, when its operation and its fault are known. */
  onRequest?: (request: LoggedRequest) => void
  /** Largest accepted archive, in bytes. */
  maxUploadBytes?: number
  /** The port on loopback; by default any free one. */
  port?: number
}

/** A running local Railway. */
export interface LocalRailway {
  /** The address of the GraphQL endpoint. */
  url: string
  /** The request log, in the order of arrival. */
  requests: LoggedRequest[]
  /** The faults that occurred until now. */
  injected: InjectedFault[]
  inject(rule: FaultRule): void
  close(): Promise<void>
}

/** Starts Railway on loopback: GraphQL, the upload endpoint and the OAuth userinfo endpoint. */
export async function startLocalRailway(options: LocalRailwayOptions): Promise<LocalRailway> {
  const service = new RailwayService(options)
  const server = createServer((request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      if (!request.destroyed || request.complete) console.error('The local Railway failed:', error)
      response.destroy()
    })
  })
  // A request may take long in real time while simulated time does not advance, so real timeouts are off.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.headersTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/graphql/v2`,
    requests: service.requests,
    injected: service.injected,
    inject: (rule) => service.inject(rule),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A request that is being handled, with its response. */
interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  caller: Caller
  entry: LoggedRequest
  /** Rate limit headers, which every JSON response has. */
  headers: Record<string, string>
}

class RailwayService {
  readonly requests: LoggedRequest[] = []
  readonly #options: LocalRailwayOptions
  readonly #world: World
  readonly #clock: Clock
  readonly #limiter: RateLimiter
  readonly #pages: PageLimits
  readonly #scripted = scriptedFaults([])
  readonly #faults: FaultSource

  constructor(options: LocalRailwayOptions) {
    const { world, clock, faults = [], limits = 'pro', pages = {} } = options
    this.#options = options
    this.#world = world
    this.#clock = clock
    this.#limiter = new RateLimiter(toLimits(limits), clock, world.behaviour)
    const { pageDefault, pageMaximum, pageTooLarge } = world.behaviour
    const defaults = { default: pageDefault, max: pageMaximum, tooMany: pageTooLarge }
    this.#pages = { ...defaults, ...pages }
    if (Array.isArray(faults)) for (const rule of faults) this.#scripted.add(rule)
    this.#faults = Array.isArray(faults) ? this.#scripted : withFallback(this.#scripted, faults)
  }

  get injected(): InjectedFault[] {
    return this.#faults.injected
  }

  inject(rule: FaultRule): void {
    this.#scripted.add(rule)
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = this.#begin(request, response)
    const { url } = exchange
    const target = uploadTarget(request.method, url)
    if (target) return this.#upload(exchange, target)
    if (url.pathname === '/oauth/me' && request.method === 'GET') return this.#userInfo(exchange)
    if (url.pathname === '/graphql/v2' && request.method === 'POST') return this.#graphql(exchange)
    await this.#drain(exchange)
    const requestId = this.#world.ids.uuid('request', String(exchange.entry.index))
    this.#send(exchange, json(404, { message: 'Not Found', requestId }))
  }

  #begin(request: IncomingMessage, response: ServerResponse): Exchange {
    this.#world.events.runBeforeRequest()
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const caller = identify(this.#world, request.headers)
    const entry: LoggedRequest = {
      index: this.requests.length,
      at: this.#clock.now(),
      operationName: null,
      kind: 'other',
      roots: [],
      variables: {},
      authentication: caller.authentication,
      method: request.method ?? '',
      url: `${url.pathname}${url.search}`,
      userAgent: request.headers['user-agent'] ?? null,
      status: null,
      answeredAt: null,
      fault: null,
      effect: false,
    }
    this.requests.push(entry)
    return { request, response, url, caller, entry, headers: {} }
  }

  async #graphql(exchange: Exchange): Promise<void> {
    const { entry, caller, url } = exchange
    const operation = readOperation(await this.#body(exchange))
    const { kind, name, roots, variables } = operation
    this.#record(exchange, { kind, operationName: name, roots, variables })
    await this.#delay(exchange)
    if (!this.#limiter.passesEdge(url.search !== '')) return this.#send(exchange, edgeLimited())
    const token = caller.token?.value ?? ''
    const perRoot = this.#world.behaviour.rateLimitUnit === 'root-field'
    const limit = this.#limiter.count(token, perRoot ? Math.max(1, roots.length) : 1)
    exchange.headers = limit.headers
    if (limit.retryAfter !== null) {
      return this.#send(exchange, this.#rateLimited(entry, limit.retryAfter))
    }
    await this.#serve(exchange, async ({ lagSeconds }) => {
      this.#world.runDueEvents()
      const caller = identify(this.#world, exchange.request.headers)
      const effects: string[] = []
      const result = await run(operation, {
        limits: { ...this.#documentLimits(), ...this.#options.documents },
        traceId: (index) => this.#traceId(entry, index),
        context: {
          world: this.#world,
          caller,
          origin: { request: entry.index, lagSeconds },
          pages: this.#pages,
          budget: () => this.#limiter.budget(token),
          wait: (until) => this.#waitUntil(exchange, until),
          effects,
        },
      })
      entry.effect = effects.length > 0
      return result
    })
  }

  /** Delays the request by the `networkDelay` of the options. */
  async #delay(exchange: Exchange): Promise<void> {
    const { entry } = exchange
    const delay = this.#options.networkDelay?.(entry.index) ?? 0
    if (delay === 0) return
    await this.#waitUntil(exchange, this.#clock.now() + delay)
    entry.at = this.#clock.now()
  }

  #documentLimits(): DocumentLimits {
    const { fieldsMaximum, objectsMaximum, rootFieldsMaximum } = this.#world.behaviour
    return {
      fields: fieldsMaximum ?? Infinity,
      objects: objectsMaximum ?? Infinity,
      roots: rootFieldsMaximum ?? Infinity,
    }
  }

  #rateLimited(entry: LoggedRequest, seconds: number): HttpResponse {
    const { behaviour } = this.#world
    const traceId = this.#traceId(entry, 0)
    return rateLimited(seconds, { behaviour, now: this.#clock.now(), traceId })
  }

  async #upload(exchange: Exchange, target: UploadTarget): Promise<void> {
    const { entry, request } = exchange
    this.#record(exchange, { kind: 'upload', roots: ['up'], variables: { ...target } })
    const archive = await receiveArchive(request)
    await this.#serve(exchange, async ({ lagSeconds }) => {
      this.#world.runDueEvents()
      const caller = identify(this.#world, request.headers)
      const maxBytes = this.#options.maxUploadBytes ?? Infinity
      const origin = { request: entry.index, lagSeconds }
      const result = acceptArchive(this.#world, caller, target, archive, { origin, maxBytes })
      entry.effect = result.status === 200
      return result
    })
  }

  /** Handles the OAuth userinfo endpoint. It refuses every token that is not an OAuth access token. */
  async #userInfo(exchange: Exchange): Promise<void> {
    const { caller } = exchange
    this.#record(exchange, { kind: 'oauth', roots: [] })
    await this.#serve(exchange, async () => {
      const { token } = caller
      if (token?.kind !== 'oauth' || !token.user) return json(401, { error: 'invalid_token' })
      const { id, email, name } = token.user
      return json(200, {
        sub: id,
        ...(token.scopes.includes('email') && { email }),
        ...(token.scopes.includes('profile') && { name }),
      })
    })
  }

  /** Writes the operation to the request log, without tokens, and counts the request for events that wait for it. */
  #record(
    { entry, request }: Exchange,
    { kind, ...texts }: Pick<LoggedRequest, 'kind'> & Partial<RequestTexts>,
  ): void {
    const { authorization = '', 'project-access-token': projectAccess = '' } = request.headers
    const sent = [authorization.replace(/^bearer\s+/i, ''), String(projectAccess)]
    entry.kind = kind
    Object.assign(entry, withoutTokens(this.#world, { ...entry, ...texts }, sent))
    this.#world.events.countRequest(entry.roots)
  }

  /** Executes the request with its fault, if it has one, and sends the response. */
  async #serve(
    exchange: Exchange,
    perform: (options: { lagSeconds: number }) => Promise<HttpResponse>,
  ): Promise<void> {
    const { entry } = exchange
    const { index, kind, operationName, roots, variables } = entry
    const facts = { index, operationName, roots, variables }
    const injected =
      kind === 'other' ? undefined : this.#faults.next({ ...facts, kind } satisfies RequestFacts)
    entry.fault = injected?.name ?? null
    this.#options.onRequest?.(entry)
    const ending = await performWithFault(injected?.fault, {
      perform,
      wait: (seconds) => this.#waitUntil(exchange, this.#clock.now() + seconds * 1000),
      rateLimited: (seconds) => this.#rateLimited(entry, seconds),
      traceId: this.#traceId(entry, 0),
      root: roots[0] ?? null,
    })
    this.#end(exchange, ending)
  }

  #end(exchange: Exchange, ending: Ending): void {
    const { request, response } = exchange
    switch (ending.kind) {
      case 'response':
        this.#send(exchange, ending.response)
        return
      case 'reset':
        request.socket.resetAndDestroy()
        return
      case 'silence':
        if (!response.destroyed) response.once('close', this.#hold(exchange))
        return
      case 'cut': {
        const whole = ending.response
        const body = Buffer.from(whole.body)
        const headers = { ...exchange.headers, ...whole.headers }
        response.writeHead(whole.status, { ...headers, 'content-length': body.length })
        response.write(body.subarray(0, Math.floor(body.length / 2)), () =>
          request.socket.destroy(),
        )
      }
    }
  }

  #send({ entry, headers, response }: Exchange, result: HttpResponse): void {
    if (response.destroyed) return
    entry.status = result.status
    entry.answeredAt = this.#clock.now()
    // A response that is not JSON is from the network in front of Railway, which does not send rate limit headers.
    const isFromRailway = result.headers['content-type']?.startsWith('application/json') ?? false
    response.writeHead(result.status, { ...(isFromRailway && headers), ...result.headers })
    response.end(result.body)
  }

  async #waitUntil(exchange: Exchange, time: number): Promise<void> {
    const release = this.#hold(exchange)
    try {
      await this.#clock.sleepUntil(time)
    } finally {
      release()
    }
    this.#world.runDueEvents()
  }

  #hold({ request }: Exchange): () => void {
    const id = request.headers['x-simulated-request']
    return this.#clock.hold(typeof id === 'string' ? id : undefined)
  }

  async #body({ request }: Exchange): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks).toString()
  }

  async #drain({ request }: Exchange): Promise<void> {
    for await (const _ of request);
  }

  #traceId(entry: LoggedRequest, index: number): string {
    return this.#world.ids.trace(String(entry.index), String(index))
  }
}

/** Returns a source that uses `second` for the requests in which `first` has no fault. */
function withFallback(first: FaultSource, second: FaultSource): FaultSource {
  return {
    next: (request) => first.next(request) ?? second.next(request),
    get injected() {
      return [...first.injected, ...second.injected].sort((a, b) => a.request - b.request)
    },
  }
}
