import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { type GitHubFault, type GitHubFaultName, gitHubFaults } from './faults.ts'
import { type Reply, type Route, routes } from './routes.ts'
import type { GitHubWorld } from './world.ts'

/** A request as tests look back on it. It never holds a token. */
export interface GitHubRequest {
  index: number
  at: number
  /** Name of the route, `null` for one that this server does not have. */
  route: string | null
  method: string
  /** Path and query string. */
  url: string
  body: unknown
  status: number | null
  /** The name of the fault, or the kind of one without a name. */
  fault: string | null
}

export interface GitHubFaultRule {
  route?: string
  /** The first of the matching requests that it happens to, counted from 1. */
  nth?: number
  /** To how many in a row, by default one. */
  times?: number
  fault: GitHubFaultName | GitHubFault
}

export interface LocalGitHub {
  /** What `GITHUB_API_URL` is. */
  url: string
  requests: GitHubRequest[]
  inject(rule: GitHubFaultRule): void
  close(): Promise<void>
}

/** Starts GitHub's REST API on loopback, for one repository. */
export async function startLocalGitHub(options: {
  world: GitHubWorld
  clock: Clock
  /** As GitHub Enterprise Server: REST below `/api/v3`, GraphQL at `/api/graphql`, and nothing else. */
  enterprise?: boolean
}): Promise<LocalGitHub> {
  const { enterprise = false } = options
  const service = new GitHubService(options.world, options.clock, enterprise)
  const server = createServer((request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      console.error('the local GitHub failed:', error)
      response.destroy()
    })
  })
  // Simulated time may stand still while real time passes, so nothing here ends by itself.
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
    const below = this.#enterprise ? belowApi(url.pathname) : url.pathname
    const path = below.startsWith(prefix) ? below.slice(prefix.length) : ''
    const route = routes.find(
      (one) => one.method === method && one.path.test(one.top ? below : path),
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
        ? this.#answer(route, path, url, entry.body)
        : json(401, { message: 'Bad credentials' })
    const fault = typeof rule === 'string' ? gitHubFaults[rule] : rule
    await this.#undergo(fault ?? { kind: 'none' }, perform, { request, response, entry })
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

  #answer(route: Route | undefined, path: string, url: URL, body: unknown): Answer {
    if (!route) return json(404, { message: 'Not Found' })
    const isFree = route.needs.length === 0
    if (!isFree && !route.needs.some(([permission, level]) => this.#world.may(permission, level))) {
      return json(403, { message: 'Resource not accessible by integration' })
    }
    const parameters = route.path.exec(path)?.slice(1) ?? []
    const reply = route.answer({ world: this.#world, parameters, query: url.searchParams, body })
    return this.#toAnswer(reply, url)
  }

  #toAnswer(reply: Reply, url: URL): Answer {
    if (reply.kind === 'empty') return { status: 204, headers: {}, body: '' }
    if (reply.kind === 'one') return json(reply.status, reply.body)
    const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
    const page = Number(url.searchParams.get('page') ?? 1)
    const answer = json(200, reply.items.slice((page - 1) * size, page * size))
    if (page * size < reply.items.length) {
      const next = new URL(url)
      next.searchParams.set('page', String(page + 1))
      answer.headers.link = `<${next.href}>; rel="next"`
    }
    return answer
  }

  async #undergo(
    fault: GitHubFault | { kind: 'none' },
    perform: () => Answer,
    exchange: { request: IncomingMessage; response: ServerResponse; entry: GitHubRequest },
  ): Promise<void> {
    const { request, response, entry } = exchange
    const send = (answer: Answer) => {
      if (response.destroyed) return
      entry.status = answer.status
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
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
        const answer = perform()
        return send({ ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) })
      }
      case 'slow': {
        const answer = perform()
        const release = this.#hold(request)
        await this.#clock.sleepUntil(this.#clock.now() + fault.seconds * 1000)
        release()
        return send(answer)
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

/** The path of a route on GitHub Enterprise Server, as it is on github.com; empty for one that is not there. */
function belowApi(path: string): string {
  if (path === '/api/graphql') return '/graphql'
  const rest = /^\/api\/v3(\/.*)$/.exec(path)?.[1] ?? ''
  return rest === '/graphql' ? '' : rest
}

interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

const json = (status: number, body: unknown): Answer => ({
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
