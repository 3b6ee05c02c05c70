import type { Clock } from '../../clock.ts'
import type { Shard } from '../../inputs/fields.ts'
import type { Redactor } from '../../redactor.ts'
import type { Secret } from '../../secret.ts'
import { ApiError } from './api-error.ts'
import { classifyAnswer } from './classify-answer.ts'
import { type Fetch, type HttpAnswer, type HttpRequest, send } from './http.ts'
import { PageLimit } from './page-limit.ts'
import { readRateHeaders } from './rate-limit-headers.ts'
import { RateLimiter } from './rate-limiter.ts'

/** One attempt at a request and its end; for the debug log. It has no headers, variables or bodies. */
export interface RequestEvent {
  readonly operation: string
  readonly attempt: number
  readonly milliseconds: number
  readonly status: number | null
  readonly result: string
  readonly traceId: string | null
  readonly remaining: number | null
}

/** Everything that requests need of the run. */
export interface TransportOptions {
  readonly url: string
  readonly token: Secret
  readonly fetch: Fetch
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
  /** Nothing more is sent, and no wait goes on, once this aborts. */
  readonly signal: AbortSignal
  /** Requests under way are given up once this aborts. */
  readonly abandon: AbortSignal
  /** Until when being told to wait is obeyed, in milliseconds since the epoch. */
  readonly deadline: () => number
  /** Replaces the secrets that the run knows in what Railway says. */
  readonly redactor: Redactor
  readonly onRequest: (event: RequestEvent) => void
  readonly onWait: (wait: { until: number; because: string }) => void
  /** The part that this job is of several that send requests at the same time; by default it is alone. */
  readonly shard?: Shard | null
}

/** A limit that says "now" is given a moment all the same, or requests would be sent without end. */
const minLimitWait = 1_000

/** Without a `Retry-After`, the edge's block is waited out this long. */
const edgeWait = 60_000

/** Characters of a message that are redacted and shown. */
const maxMessage = 10_000

/** A trace id stands near the beginning of an answer, if there is one. */
const traceIdWithin = 10_000

/** One attempt at a request. `plain` takes any answer that is no server error. */
export interface Attempt {
  readonly name: string
  readonly attempt: number
  readonly timeLimit: number
  readonly url: string
  readonly init: HttpRequest
  readonly expects: 'graphql' | 'plain'
}

/**
 * The part of the way to Railway that all clients of a run share: pace, budget, the largest page and the count of
 * requests.
 */
export class Transport {
  readonly pageLimit = new PageLimit()
  readonly options: TransportOptions
  readonly limiter: RateLimiter
  #requests = 0

  constructor(options: TransportOptions) {
    this.options = options
    this.limiter = new RateLimiter(options.clock, options.shard ?? undefined)
  }

  /** Requests sent so far, every attempt counted. */
  get requests(): number {
    return this.#requests
  }

  /** Sends one attempt: counted, timed, and read as far as HTTP goes. */
  async transmit({ name, attempt, timeLimit, url, init, expects }: Attempt): Promise<HttpAnswer> {
    const { clock, fetch, abandon, onRequest } = this.options
    const startedAt = clock.now()
    this.#requests += 1
    const report = (status: number | null, result: string, traceId: string | null) =>
      onRequest({
        operation: name,
        attempt,
        milliseconds: clock.now() - startedAt,
        status,
        result,
        traceId,
        remaining: this.limiter.budget.remaining,
      })
    let answer: HttpAnswer
    try {
      answer = await send(url, init, { fetch, clock, timeLimit, signal: abandon })
    } catch (error) {
      if (error instanceof ApiError && error.problem.kind === 'unavailable') {
        report(null, error.problem.detail, null)
      }
      throw error
    }
    const now = clock.now()
    this.limiter.update(readRateHeaders(answer.header, now))
    const traceId = readTraceId(answer.body)
    const reading = classifyAnswer(answer, now)
    switch (reading.kind) {
      case 'rate-limited': {
        report(answer.status, `limited by the ${reading.by}`, traceId)
        throw this.#block(reading.by, now + (reading.wait ?? unknownWait(reading.by, attempt)))
      }
      case 'unauthorized': {
        if (expects === 'plain') break
        report(answer.status, 'not authorized', traceId)
        throw notAuthorized(
          name,
          this.options.redactor.redact(reading.message.slice(0, maxMessage)),
        )
      }
      case 'broken': {
        if (expects === 'plain' && answer.status < 500) break
        report(answer.status, reading.detail, traceId)
        if (reading.wait !== null) this.limiter.blockUntil(now + reading.wait, 'api')
        const { detail, final } = reading
        throw new ApiError({ kind: 'unavailable', detail, final, sent: true })
      }
    }
    report(answer.status, 'answered', traceId)
    return answer
  }

  /** Holds all requests after a 429, and returns the error of the one that got it. */
  #block(by: 'api' | 'edge', requestedUntil: number): ApiError {
    const { clock, deadline, onWait } = this.options
    const until = Math.max(requestedUntil, clock.now() + minLimitWait)
    this.limiter.blockUntil(until, by)
    this.limiter.slowDown()
    if (until <= deadline()) onWait({ until, because: `Railway's ${by} limit` })
    return new ApiError({ kind: 'rate-limited', by, resetsAt: until })
  }
}

const unknownWait = (by: 'api' | 'edge', attempt: number) =>
  by === 'edge' ? edgeWait : Math.min(60_000, 1000 * 2 ** attempt)

const readTraceId = (body: string) =>
  /"traceId"\s*:\s*"(\d{1,40})"/.exec(body.slice(0, traceIdWithin))?.[1] ?? null

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
