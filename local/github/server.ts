import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { type GitHubFault, type GitHubFaultName, gitHubFaults } from './faults.ts'
import { type Route, type RouteResult, routes } from './routes.ts'
import type { GitHubWorld } from './world.ts'

/** An entry of the request log. Headers are not recorded, because one of them is the token. */
export interface GitHubRequest {
  index: number
  /** Time of the request, in milliseconds since the epoch. */
  at: number
  /** Name of the route. `null`: this server does not have the route. */
  route: string | null
  method: string
  /** Path and query string. */
  url: string
  /** The parsed JSON, the text if it is not JSON, or `null` if it is empty. */
  body: unknown
  /** Status of the response; `null` until a response is sent. */
  status: number | null
  /** The name of the injected fault, or the kind of a fault without a name. */
  fault: string | null
}

/** A fault and the requests in which it occurs. */
export interface GitHubFaultRule {
  /** Name of the route; every route by default. */
  route?: string
  /** The first matching request with the fault, counted from 1; 1 by default. */
  nth?: number
  /** Number of consecutive matching requests with the fault; 1 by default. */
  times?: number
  fault: GitHubFaultName | GitHubFault
}

/** A running local GitHub. */
export interface LocalGitHub {
  /** The value of `GITHUB_API_URL`. */
  url: string
  /** The request log, oldest first. */
  requests: GitHubRequest[]
  inject(rule: GitHubFaultRule): void
  close(): Promise<void>
}

/** Starts GitHub's REST API on loopback, for one repository. */
export async function startLocalGitHub(options: {
  world: GitHubWorld
  clock: Clock
  /** Use the paths of GitHub Enterprise Server: REST below `/api/v3`, GraphQL at `/api/graphql`. */
  enterprise?: boolean
}): Promise<LocalGitHub> {
  const { enterprise = false } = options
  const service = new GitHubService(options.world, options.clock, enterprise)
  const server = createServer((request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      console.error('The local GitHub failed:', error)
      response.destroy()
    })
  })
  // A request may take long in real time while simulated time does not advance, so real timeouts are off.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.headersTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  service.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  return {
    url: enterprise ? `${service.url}/api/v3` : service.url,
    requests: service.requests,
    inject: (rule) => service.inject(rule),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

class GitHubService {
  url = ''
  readonly requests: GitHubRequest[] = []
  readonly #world: GitHubWorld
  readonly #clock: Clock
  readonly #rules: { rule: GitHubFaultRule; seen: number }[] = []

  readonly #enterprise: boolean

  constructor(world: GitHubWorld, clock: Clock, enterprise: boolean) {
    this.#world = world
    this.#clock = clock
    this.#enterprise = enterprise
  }

  inject(rule: GitHubFaultRule): void {
    this.#rules.push({ rule, seen: 0 })
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    const method = request.method ?? ''
    const prefix = `/repos/${this.#world.repository}`
    const apiPath = this.#enterprise ? pathBelowApi(url.pathname) : url.pathname
    const path = apiPath.startsWith(prefix) ? apiPath.slice(prefix.length) : ''
    const route = routes.find(
      (one) => one.method === method && one.path.test(one.isOutsideRepository ? apiPath : path),
    )
    const entry: GitHubRequest = {
      index: this.requests.length,
      at: this.#clock.now(),
      route: route?.name ?? null,
      method,
      url: `${url.pathname}${url.search}`,
      body: null,
      status: null,
      fault: null,
    }
    this.requests.push(entry)
    entry.body = await readBody(request)
    const rule = route ? this.#nextFault(route.name) : null
    entry.fault = typeof rule === 'string' ? rule : (rule?.kind ?? null)
    const authorized = /^(token|bearer) \S+$/i.test(request.headers.authorization ?? '')
    const perform = () =>
      authorized
        ? this.#handleRoute(route, path, url, entry.body)
        : json(401, { message: 'Bad credentials' })
    const fault = typeof rule === 'string' ? gitHubFaults[rule] : rule
    await this.#respond(fault ?? { kind: 'none' }, perform, { request, response, entry })
  }

  #nextFault(route: string): GitHubFaultName | GitHubFault | null {
    let chosen: GitHubFaultName | GitHubFault | null = null
    for (const entry of this.#rules) {
      if (entry.rule.route !== undefined && entry.rule.route !== route) continue
      entry.seen += 1
      const { nth = 1, times = 1, fault } = entry.rule
      if (entry.seen >= nth && entry.seen < nth + times) chosen ??= fault
    }
    return chosen
  }

  #handleRoute(route: Route | undefined, path: string, url: URL, body: unknown): HttpResponse {
    if (!route) return json(404, { message: 'Not Found' })
    const { permissions } = route
    const isAllowed =
      permissions.length === 0 ||
      permissions.some(([permission, level]) => this.#world.allows(permission, level))
    if (!isAllowed) return json(403, { message: 'Resource not accessible by integration' })
    const parameters = route.path.exec(path)?.slice(1) ?? []
    const result = route.handle({ world: this.#world, parameters, query: url.searchParams, body })
    return this.#toResponse(result, url)
  }

  #toResponse(result: RouteResult, url: URL): HttpResponse {
    if (result.kind === 'empty') return { status: 204, headers: {}, body: '' }
    if (result.kind === 'one') return json(result.status, result.body)
    const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
    const page = Number(url.searchParams.get('page') ?? 1)
    const response = json(200, result.items.slice((page - 1) * size, page * size))
    if (page * size < result.items.length) {
      const next = new URL(url)
      next.searchParams.set('page', String(page + 1))
      response.headers.link = `<${next.href}>; rel="next"`
    }
    return response
  }

  /** Performs the request and sends its response. A fault may prevent both, or change the response. */
  async #respond(
    fault: GitHubFault | { kind: 'none' },
    perform: () => HttpResponse,
    exchange: { request: IncomingMessage; response: ServerResponse; entry: GitHubRequest },
  ): Promise<void> {
    const { request, response, entry } = exchange
    const send = ({ status, headers, body }: HttpResponse) => {
      if (response.destroyed) return
      entry.status = status
      response.writeHead(status, headers)
      response.end(body)
    }
    switch (fault.kind) {
      case 'none':
        return send(perform())
      case 'reset':
        if (fault.effect) perform()
        request.socket.resetAndDestroy()
        return
      case 'silence':
        if (fault.effect) perform()
        response.once('close', this.#hold(request))
        return
      case 'status':
        if (fault.effect) perform()
        return send({ ...json(fault.status, fault.body), headers: { ...fault.headers } })
      case 'truncated': {
        const whole = perform()
        return send({ ...whole, body: whole.body.slice(0, Math.floor(whole.body.length / 2)) })
      }
      case 'slow': {
        const late = perform()
        const release = this.#hold(request)
        await this.#clock.sleepUntil(this.#clock.now() + fault.seconds * 1000)
        release()
        return send(late)
      }
      case 'shape':
        perform()
        return send(json(200, { surprise: true }))
    }
  }

  #hold(request: IncomingMessage): () => void {
    const id = request.headers['x-simulated-request']
    return this.#clock.hold(typeof id === 'string' ? id : undefined)
  }
}

/** Converts a path of GitHub Enterprise Server to the path on github.com. Empty: the path is not part of the API. */
function pathBelowApi(path: string): string {
  if (path === '/api/graphql') return '/graphql'
  const rest = /^\/api\/v3(\/.*)$/.exec(path)?.[1] ?? ''
  return rest === '/graphql' ? '' : rest
}

interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: string
}

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString()
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
