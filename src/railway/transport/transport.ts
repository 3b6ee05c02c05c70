import type { Clock } from '../../clock.ts'
import type { Shard } from '../../inputs/fields.ts'
import type { Redactor } from '../../redactor.ts'
import type { Secret } from '../../secret.ts'
import { ApiError } from './api-error.ts'
import { classifyAnswer } from './classify-answer.ts'
import { type Fetch, type HttpAnswer, type HttpRequest, send } from './http.ts'
import { PageLimit } from './page-limit.ts'
import { readRateHeaders } from './rate-limit-headers.ts'
import { waitAfterLimit } from './rate-limit-wait.ts'
import { RateLimiter } from './rate-limiter.ts'

/** An attempt at a request and its result, for the debug log. It has no headers, variables or bodies. */
export interface RequestEvent {
  readonly operation: string
  readonly attempt: number
  readonly milliseconds: number
  readonly status: number | null
  readonly result: string
  readonly traceId: string | null
  readonly remaining: number | null
}

/** The dependencies of requests. */
export interface TransportOptions {
  readonly url: string
  readonly token: Secret
  readonly fetch: Fetch
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
  /** Aborts when nothing more may be sent and every wait has to end. */
  readonly signal: AbortSignal
  /** Aborts when requests under way are to be abandoned. */
  readonly abandon: AbortSignal
  /** Returns the end of the time in which required waits are made, in milliseconds since the epoch. */
  readonly deadline: () => number
  /** The redactor of the secrets that the run knows, for Railway's messages. */
  readonly redactor: Redactor
  readonly onRequest: (event: RequestEvent) => void
  readonly onWait: (wait: { until: number; because: string }) => void
  /** The shard that this job is of several that send requests at the same time; by default it is alone. */
  readonly shard?: Shard | null
}

/** The number of characters of a message that are redacted and shown. */
const maxMessage = 10_000

/** The number of characters of an answer that are searched for a trace id. */
const traceIdWithin = 10_000

/** An attempt at a request. `plain` accepts any answer that is no server error. */
export interface Attempt {
  readonly name: string
  readonly attempt: number
  readonly timeLimit: number
  readonly url: string
  readonly init: HttpRequest
  readonly expects: 'graphql' | 'plain'
}

/** The state that all clients of a run share: rate limiter, budget, page limit and the count of requests. */
export class Transport {
  readonly pageLimit = new PageLimit()
  readonly options: TransportOptions
  readonly limiter: RateLimiter
  #requests = 0

  constructor(options: TransportOptions) {
    this.options = options
    this.limiter = new RateLimiter(options.clock, options.shard ?? undefined)
  }

  /** The number of requests so far, every attempt counted. */
  get requests(): number {
    return this.#requests
  }

  /** Sends one attempt. It counts, times and classifies the answer as far as HTTP goes. */
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
    const headers = readRateHeaders(answer.header, now)
    const { remaining } = headers
    this.limiter.answered({ operation: name, sentAt: startedAt, answeredAt: now, remaining })
    this.limiter.update(headers)
    const traceId = readTraceId(answer.body)
    const reading = classifyAnswer(answer, now)
    switch (reading.kind) {
      case 'rate-limited': {
        report(answer.status, `limited by the ${reading.by}`, traceId)
        const { by, wait: announced } = reading
        throw this.#block(by, now + waitAfterLimit({ by, announced, attempt }))
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
  #block(by: 'api' | 'edge', until: number): ApiError {
    const { deadline, onWait } = this.options
    this.limiter.blockUntil(until, by)
    this.limiter.slowDown()
    if (until <= deadline()) onWait({ until, because: `Railway's ${by} limit` })
    return new ApiError({ kind: 'rate-limited', by, resetsAt: until })
  }
}

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
