import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { type Answer, edgeLimited, json } from './answer.ts'
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
import { type Ending, rateLimited, undergo } from './inject.ts'
import { type LimitsOption, RateLimiter, toLimits } from './limits.ts'
import { type LoggedRequest, withoutTokens } from './request-log.ts'
import { acceptArchive, receiveArchive, type UploadTarget, uploadTarget } from './upload.ts'
import type { World } from './world.ts'

export interface LocalRailwayOptions {
  world: World
  clock: Clock
  /** Rules, which `inject` adds to, or a source of one's own such as `seededFaults`. */
  faults?: FaultRule[] | FaultSource
  /** By default those of the plan Pro. */
  limits?: LimitsOption
  /** Sizes of pages. Those left out are as the world's behaviour has them. */
  pages?: Partial<PageLimits>
  /** Most fields, root fields and listed objects of a document; else as the world's behaviour has it, or any number. */
  documents?: Partial<DocumentLimits>
  /** How long the network delays a request by its number, in milliseconds, before Railway counts it. */
  networkDelay?: (request: number) => number
  /** Sees every request that is going to be served, once its operation is known. */
  onRequest?: (request: LoggedRequest) => void
  /** Largest archive, in bytes. */
  maxUploadBytes?: number
  /** By default any free port. */
  port?: number
}

export interface LocalRailway {
  /** The GraphQL endpoint. */
  url: string
  /** Every request in order of arrival. */
  requests: LoggedRequest[]
  /** Faults that happened so far. */
  injected: InjectedFault[]
  inject(rule: FaultRule): void
  close(): Promise<void>
}

/** Starts Railway on loopback: GraphQL, the upload endpoint and the OAuth userinfo endpoint. */
export async function startLocalRailway(options: LocalRailwayOptions): Promise<LocalRailway> {
  const service = new RailwayService(options)
  const server = createServer((request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      if (!request.destroyed || request.complete) console.error('the local Railway failed:', error)
      response.destroy()
    })
  })
  // Simulated time may stand still while real time passes, so nothing here ends by itself.
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

/** One request on its way through the server. */
interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  caller: Caller
  entry: LoggedRequest
  /** Headers that every answer carries. */
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
    const usual = { default: pageDefault, max: pageMaximum, tooMany: pageTooLarge }
    this.#pages = { ...usual, ...pages }
    if (Array.isArray(faults)) for (const rule of faults) this.#scripted.add(rule)
    this.#faults = Array.isArray(faults) ? this.#scripted : both(this.#scripted, faults)
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
    this.#world.arrive()
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
    this.#note(exchange, { kind, operationName: name, roots, variables })
    await this.#travel(exchange)
    if (!this.#limiter.passesEdge(url.search !== '')) return this.#send(exchange, edgeLimited())
    const holder = caller.token?.value ?? ''
    const perRoot = this.#world.behaviour.rateLimitUnit === 'root-field'
    const verdict = this.#limiter.take(holder, perRoot ? Math.max(1, roots.length) : 1)
    exchange.headers = verdict.headers
    if (verdict.retryAfter !== null) {
      return this.#send(exchange, this.#rateLimited(entry, verdict.retryAfter))
    }
    await this.#serve(exchange, async ({ lagSeconds }) => {
      this.#world.settle()
      const caller = identify(this.#world, exchange.request.headers)
      const effects: string[] = []
      const answer = await run(operation, {
        limits: { ...this.#documentLimits(), ...this.#options.documents },
        traceId: (index) => this.#traceId(entry, index),
        context: {
          world: this.#world,
          caller,
          origin: { request: entry.index, lagSeconds },
          pages: this.#pages,
          budget: () => this.#limiter.budget(holder),
          wait: (until) => this.#waitUntil(exchange, until),
          effects,
        },
      })
      entry.effect = effects.length > 0
      return answer
    })
  }

  /** Delays a request as the network would. */
  async #travel(exchange: Exchange): Promise<void> {
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

  #rateLimited(entry: LoggedRequest, seconds: number): Answer {
    const { behaviour } = this.#world
    const traceId = this.#traceId(entry, 0)
    return rateLimited(seconds, { behaviour, now: this.#clock.now(), traceId })
  }

  async #upload(exchange: Exchange, target: UploadTarget): Promise<void> {
    const { entry, request } = exchange
    this.#note(exchange, { kind: 'upload', roots: ['up'], variables: { ...target } })
    const archive = await receiveArchive(request)
    await this.#serve(exchange, async ({ lagSeconds }) => {
      this.#world.settle()
      const caller = identify(this.#world, request.headers)
      const maxBytes = this.#options.maxUploadBytes ?? Infinity
      const origin = { request: entry.index, lagSeconds }
      const answer = acceptArchive(this.#world, caller, target, archive, { origin, maxBytes })
      entry.effect = answer.status === 200
      return answer
    })
  }

  /** Knows OAuth access tokens only. */
  async #userInfo(exchange: Exchange): Promise<void> {
    const { caller } = exchange
    this.#note(exchange, { kind: 'oauth', roots: [] })
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

  #note({ entry, request }: Exchange, facts: Partial<LoggedRequest>): void {
    const { authorization = '', 'project-access-token': projectAccess = '' } = request.headers
    const sent = [authorization.replace(/^bearer\s+/i, ''), String(projectAccess)]
    Object.assign(entry, withoutTokens(this.#world, facts, sent))
    entry.url = withoutTokens(this.#world, entry.url, sent)
    this.#world.count(entry.roots)
  }

  /** Does what was asked for, with the fault that this request meets, if any. */
  async #serve(
    exchange: Exchange,
    perform: (options: { lagSeconds: number }) => Promise<Answer>,
  ): Promise<void> {
    const { entry } = exchange
    const { index, kind, operationName, roots, variables } = entry
    const facts = { index, operationName, roots, variables }
    const met =
      kind === 'other' ? undefined : this.#faults.next({ ...facts, kind } satisfies RequestFacts)
    entry.fault = met?.name ?? null
    this.#options.onRequest?.(entry)
    const ending = await undergo(met?.fault, {
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
      case 'answer':
        this.#send(exchange, ending.answer)
        return
      case 'reset':
        request.socket.resetAndDestroy()
        return
      case 'silence':
        if (!response.destroyed) response.once('close', this.#hold(exchange))
        return
      case 'cut': {
        const { answer } = ending
        const body = Buffer.from(answer.body)
        const headers = { ...exchange.headers, ...answer.headers }
        response.writeHead(answer.status, { ...headers, 'content-length': body.length })
        response.write(body.subarray(0, Math.floor(body.length / 2)), () =>
          request.socket.destroy(),
        )
      }
    }
  }

  #send({ entry, headers, response }: Exchange, answer: Answer): void {
    if (response.destroyed) return
    entry.status = answer.status
    entry.answeredAt = this.#clock.now()
    // The network in front of Railway does not know its limits.
    const isRailways = answer.headers['content-type']?.startsWith('application/json') ?? false
    response.writeHead(answer.status, { ...(isRailways && headers), ...answer.headers })
    response.end(answer.body)
  }

  async #waitUntil(exchange: Exchange, time: number): Promise<void> {
    const release = this.#hold(exchange)
    try {
      await this.#clock.sleepUntil(time)
    } finally {
      release()
    }
    this.#world.settle()
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

/** Scripted faults first, then those of the other source. */
function both(first: FaultSource, second: FaultSource): FaultSource {
  return {
    next: (request) => first.next(request) ?? second.next(request),
    get injected() {
      return [...first.injected, ...second.injected].sort((a, b) => a.request - b.request)
    },
  }
}
