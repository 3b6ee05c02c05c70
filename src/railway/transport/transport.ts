import type { Clock } from '../../clock.ts'
import type { Shard } from '../../inputs/fields.ts'
import type { Redactor } from '../../redactor.ts'
import type { Secret } from '../../secret.ts'
import { ApiError } from './api-error.ts'
import { classifyResponse, type ResponseKind } from './classify-response.ts'
import { type Fetch, type HttpRequest, type HttpResponse, send } from './http.ts'
import { PageLimit } from './page-limit.ts'
import { readRateHeaders } from './rate-limit-headers.ts'
import { waitAfterLimit } from './rate-limit-wait.ts'
import { RateLimiter } from './rate-limiter.ts'

/** A finished attempt at a request, for the debug log. It contains no headers, variables or bodies. */
export interface RequestEvent {
  readonly operation: string
  /** The number of the attempt, counted from 1. */
  readonly attempt: number
  /** The duration of the attempt. */
  readonly milliseconds: number
  /** The HTTP status; `null` without a response. */
  readonly status: number | null
  /** The result in words, such as `response received` or the cause of the error. */
  readonly result: string
  readonly traceId: string | null
  /** The number of requests left in the hourly limit; `null` if no response has stated it. */
  readonly remaining: number | null
}

/** The dependencies of {@link Transport}. */
export interface TransportOptions {
  /** The URL of Railway's GraphQL API. */
  readonly url: string
  readonly token: Secret
  readonly fetch: Fetch
  readonly clock: Clock
  /** Returns a random number in [0, 1), for jitter. */
  readonly random: () => number
  /** Aborts when no further request may be sent. All waits then end. */
  readonly signal: AbortSignal
  /** Aborts the requests that have been sent and have no response yet. */
  readonly abandon: AbortSignal
  /**
   * Returns the deadline of the run, in milliseconds since the epoch. A wait that would end after it is not started.
   */
  readonly deadline: () => number
  /** Redacts the secrets of the run in Railway's messages. */
  readonly redactor: Redactor
  /** Called after each attempt at a request. */
  readonly onRequest: (event: RequestEvent) => void
  /** Called before a wait. `until` is in milliseconds since the epoch, and `because` is the reason for the log. */
  readonly onWait: (wait: { until: number; because: string }) => void
  /** The number of this job among several jobs that use the same token at the same time; by default it is alone. */
  readonly shard?: Shard | null
}

/** The maximum number of characters of a message that are read. */
const maxMessage = 10_000

/** A response that is not GraphQL. */
type UnusableResponse = Exclude<ResponseKind, { kind: 'graphql' }>

/** The reasons for the waits after HTTP 429, for the log. */
const limitNames = {
  api: "the rate limit of Railway's API",
  edge: "the rate limit of the network in front of Railway's API (Cloudflare)",
} as const

/** The number of characters of a body in which the trace id is searched. */
const maxSearched = 10_000

/** An attempt at a request. */
export interface Attempt {
  /** The name of the request in logs and errors. */
  readonly name: string
  /** The number of the attempt, counted from 1. */
  readonly attempt: number
  /** The time limit of the attempt, in milliseconds. */
  readonly timeLimit: number
  readonly url: string
  readonly init: HttpRequest
  /** The expected response: GraphQL, or any response without a server error (`plain`). */
  readonly expects: 'graphql' | 'plain'
}

/** A sender of requests that all clients of a run share, with its rate limiter, page limit and number of requests. */
export class Transport {
  readonly pageLimit = new PageLimit()
  readonly options: TransportOptions
  readonly limiter: RateLimiter
  #requests = 0

  constructor(options: TransportOptions) {
    this.options = options
    this.limiter = new RateLimiter(options.clock, options.shard ?? undefined)
  }

  /** The number of requests that were sent so far. Each attempt counts. */
  get requests(): number {
    return this.#requests
  }

  /**
   * Sends one attempt, updates the rate limiter with the response, and reports the attempt. Throws {@link ApiError} if
   * there is no response, if a rate limit rejects the request, or if the response is not of the expected kind. GraphQL
   * errors are not read here.
   */
  async transmit(attempt: Attempt): Promise<HttpResponse> {
    const { clock, fetch, abandon } = this.options
    const { name, timeLimit, url, init } = attempt
    const sentAt = clock.now()
    this.#requests += 1
    let response: HttpResponse
    try {
      response = await send(url, init, { fetch, clock, timeLimit, signal: abandon })
    } catch (error) {
      if (error instanceof ApiError && error.problem.kind === 'unavailable') {
        this.#report(attempt, sentAt, { result: error.problem.detail, response: null })
      }
      throw error
    }
    const receivedAt = clock.now()
    const headers = readRateHeaders(response.header, receivedAt)
    const { remaining } = headers
    this.limiter.recordResponse({ operation: name, sentAt, receivedAt, remaining })
    this.limiter.update(headers)
    const classified = classifyResponse(response, receivedAt)
    if (classified.kind === 'graphql' || isPlain(classified, attempt, response)) {
      this.#report(attempt, sentAt, { result: 'response received', response })
      return response
    }
    this.#report(attempt, sentAt, { result: describe(classified), response })
    throw this.#reject(attempt, classified, receivedAt)
  }

  /** Returns the error of a response that is not accepted. Blocks all requests if the response requires a wait. */
  #reject({ name, attempt }: Attempt, response: UnusableResponse, now: number): ApiError {
    switch (response.kind) {
      case 'rate-limited': {
        const { by, wait: retryAfter } = response
        return this.#block(by, now + waitAfterLimit({ by, retryAfter, attempt }))
      }
      case 'unauthorized': {
        const message = response.message.slice(0, maxMessage)
        return notAuthorized(name, this.options.redactor.redact(message))
      }
      case 'broken': {
        const { detail, final, wait } = response
        if (wait !== null) this.limiter.blockUntil(now + wait, 'api')
        return new ApiError({ kind: 'unavailable', detail, final, sent: true })
      }
    }
  }

  /** Calls `onRequest` for an attempt. `response` is `null` if there is none. */
  #report(
    { name, attempt }: Attempt,
    sentAt: number,
    { result, response }: { result: string; response: HttpResponse | null },
  ): void {
    const { clock, onRequest } = this.options
    onRequest({
      operation: name,
      attempt,
      milliseconds: clock.now() - sentAt,
      status: response?.status ?? null,
      result,
      traceId: response && readTraceId(response.body),
      remaining: this.limiter.budget.remaining,
    })
  }

  /** Blocks all requests until a time (milliseconds since the epoch). Returns the error of the rejected request. */
  #block(by: 'api' | 'edge', until: number): ApiError {
    const { deadline, onWait } = this.options
    this.limiter.blockUntil(until, by)
    this.limiter.slowDown()
    if (until <= deadline()) onWait({ until, because: limitNames[by] })
    return new ApiError({ kind: 'rate-limited', by, resetsAt: until })
  }
}

/** Returns whether the attempt accepts a response that is not GraphQL. */
const isPlain = (
  { kind }: UnusableResponse,
  { expects }: Attempt,
  { status }: HttpResponse,
): boolean =>
  expects === 'plain' && (kind === 'unauthorized' || (kind === 'broken' && status < 500))

/** Returns the result of a response that is not usable, for the debug log. */
function describe(response: UnusableResponse): string {
  switch (response.kind) {
    case 'rate-limited':
      return `rate limit of the ${response.by}`
    case 'unauthorized':
      return 'not authorized'
    case 'broken':
      return response.detail
  }
}

const readTraceId = (body: string) =>
  /"traceId"\s*:\s*"(\d{1,40})"/.exec(body.slice(0, maxSearched))?.[1] ?? null

const notAuthorized = (operation: string, message: string) =>
  new ApiError({
    kind: 'refused',
    operation,
    reason: 'not-authorized',
    message: message.slice(0, 500),
    path: [],
    traceId: null,
    workspace: null,
  })
