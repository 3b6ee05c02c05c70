import type { Clock } from '../../clock.ts'
import type { Shard } from '../../inputs/fields.ts'
import type { Redactor } from '../../redactor.ts'
import type { Secret } from '../../secret.ts'
import { ApiError } from './api-error.ts'
import { type AnswerKind, classifyAnswer } from './classify-answer.ts'
import { type Fetch, type HttpAnswer, type HttpRequest, send } from './http.ts'
import { PageLimit } from './page-limit.ts'
import { readRateHeaders } from './rate-limit-headers.ts'
import { waitAfterLimit } from './rate-limit-wait.ts'
import { RateLimiter } from './rate-limiter.ts'

/** A finished attempt at a request, for the debug log. It contains no headers, variables or bodies. */
export interface RequestEvent {
  readonly operation: string
  /** The number of the attempt, from 1 on. */
  readonly attempt: number
  /** The duration of the attempt. */
  readonly milliseconds: number
  /** The HTTP status; `null` without an answer. */
  readonly status: number | null
  /** The result in words, such as `answered` or the cause of the error. */
  readonly result: string
  readonly traceId: string | null
  /** The number of requests left in the hourly limit; `null` if no answer has stated it. */
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
  /** Aborts the requests that have been sent and have no answer yet. */
  readonly abandon: AbortSignal
  /** Returns the deadline of the run, in milliseconds since the epoch. A wait that would end after it is not started. */
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

/** The maximum number of characters that are read of a message. */
const maxMessage = 10_000

/** An answer that is not GraphQL. */
type UnusableAnswer = Exclude<AnswerKind, { kind: 'graphql' }>

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
  /** The number of the attempt, from 1 on. */
  readonly attempt: number
  /** The time limit of the attempt, in milliseconds. */
  readonly timeLimit: number
  readonly url: string
  readonly init: HttpRequest
  /** The expected answer: GraphQL, or any answer without a server error (`plain`). */
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
   * Sends one attempt, updates the rate limiter with the answer, and reports the attempt. Throws {@link ApiError} if there
   * is no answer or a rate limit, or if the answer is not of the expected kind. GraphQL errors are not read here.
   */
  async transmit(attempt: Attempt): Promise<HttpAnswer> {
    const { clock, fetch, abandon } = this.options
    const { name, timeLimit, url, init } = attempt
    const sentAt = clock.now()
    this.#requests += 1
    let answer: HttpAnswer
    try {
      answer = await send(url, init, { fetch, clock, timeLimit, signal: abandon })
    } catch (error) {
      if (error instanceof ApiError && error.problem.kind === 'unavailable') {
        this.#report(attempt, sentAt, { result: error.problem.detail, answer: null })
      }
      throw error
    }
    const answeredAt = clock.now()
    const headers = readRateHeaders(answer.header, answeredAt)
    const { remaining } = headers
    this.limiter.recordAnswer({ operation: name, sentAt, answeredAt, remaining })
    this.limiter.update(headers)
    const classified = classifyAnswer(answer, answeredAt)
    if (classified.kind === 'graphql' || isPlain(classified, attempt, answer)) {
      this.#report(attempt, sentAt, { result: 'answered', answer })
      return answer
    }
    this.#report(attempt, sentAt, { result: describe(classified), answer })
    throw this.#reject(attempt, classified, answeredAt)
  }

  /** Returns the error of an answer that is not accepted. Blocks all requests if the answer requires a wait. */
  #reject({ name, attempt }: Attempt, answer: UnusableAnswer, now: number): ApiError {
    switch (answer.kind) {
      case 'rate-limited': {
        const { by, wait: retryAfter } = answer
        return this.#block(by, now + waitAfterLimit({ by, retryAfter, attempt }))
      }
      case 'unauthorized': {
        const message = answer.message.slice(0, maxMessage)
        return notAuthorized(name, this.options.redactor.redact(message))
      }
      case 'broken': {
        const { detail, final, wait } = answer
        if (wait !== null) this.limiter.blockUntil(now + wait, 'api')
        return new ApiError({ kind: 'unavailable', detail, final, sent: true })
      }
    }
  }

  /** Calls `onRequest` for an attempt. `answer` is `null` if there is none. */
  #report(
    { name, attempt }: Attempt,
    sentAt: number,
    { result, answer }: { result: string; answer: HttpAnswer | null },
  ): void {
    const { clock, onRequest } = this.options
    onRequest({
      operation: name,
      attempt,
      milliseconds: clock.now() - sentAt,
      status: answer?.status ?? null,
      result,
      traceId: answer && readTraceId(answer.body),
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

/** Returns whether the attempt accepts an answer that is not GraphQL. */
const isPlain = ({ kind }: UnusableAnswer, { expects }: Attempt, { status }: HttpAnswer): boolean =>
  expects === 'plain' && (kind === 'unauthorized' || (kind === 'broken' && status < 500))

/** Returns the result of an answer that is not usable, for the debug log. */
function describe(answer: UnusableAnswer): string {
  switch (answer.kind) {
    case 'rate-limited':
      return `rate limit of the ${answer.by}`
    case 'unauthorized':
      return 'not authorized'
    case 'broken':
      return answer.detail
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
