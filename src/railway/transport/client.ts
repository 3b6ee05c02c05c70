import type { ReadableStream } from 'node:stream/web'
import type { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Redactor } from '../../redactor.ts'
import type { Secret } from '../../secret.ts'
import type { Operation } from '../operations/operation.ts'
import { ApiError, type ApiProblem, hasNoCause, mayHaveTakenEffect } from './api-error.ts'
import { classifyAnswer } from './classify-answer.ts'
import { type Answer, askGraphql, parseOrThrow } from './graphql-answer.ts'
import { type Fetch, type HttpAnswer, type HttpRequest, send } from './http.ts'
import { readRateHeaders } from './rate-limit-headers.ts'
import { type Budget, RateLimiter } from './rate-limiter.ts'
import { decideRetry, defaultRetryBudget, type Retryable } from './retry.ts'

export type { Answer }

/** How the token is presented: what Railway calls an API token, or a project token. */
export type Authentication = 'bearer' | 'project-access-token'

/** What became of one attempt; for the debug log. It has no headers, variables or bodies. */
export interface RequestEvent {
  readonly operation: string
  readonly attempt: number
  readonly milliseconds: number
  readonly status: number | null
  readonly result: string
  readonly traceId: string | null
  readonly remaining: number | null
}

/** A file as the body of a request. */
export interface FileBody {
  readonly bytes: number
  readonly type: string
  /** How long one attempt may take, in milliseconds. */
  readonly timeLimit: number
  /** Reads it from its beginning; `sent` is how many bytes of it have been handed over. */
  open(): { body: ReadableStream<Uint8Array>; sent: () => number }
}

export interface ClientOptions {
  readonly url: string
  readonly token: Secret
  readonly fetch: Fetch
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
  /** Nothing more is sent, and no wait goes on, once this aborts. */
  readonly signal: AbortSignal
  /** What is under way is given up once this aborts. */
  readonly abandon: AbortSignal
  /** Until when being told to wait is obeyed, in milliseconds since the epoch. */
  readonly deadline: () => number
  /** Replaces the secrets that the run knows in what Railway says. */
  readonly redactor: Redactor
  readonly onRequest: (event: RequestEvent) => void
  readonly onWait: (wait: { until: number; because: string }) => void
}

/** A limit that says "now" is given a moment all the same, or requests would be sent without end. */
const minLimitWait = 1_000

/** Without a `Retry-After`, the edge's block is waited out this long. */
const edgeWait = 60_000

/** The time limit of one plain request. */
const getTimeLimit = 30_000

/** So much of a message is enough to redact and to show it. */
const maxMessage = 10_000

/** A trace id stands near the beginning of an answer, if there is one. */
const traceIdWithin = 10_000

/** The name we go by: Railway's edge refuses default agents and wants a query string on every request. */
const agent = 'railway-workspace-deploy'

/** How one request is sent, if not as usual. */
export interface CallOptions {
  /** How the token is presented. */
  readonly as?: Authentication
  /** How many milliseconds of retries it is worth. */
  readonly retryBudget?: number
  /** The request is not sent after that time, in milliseconds since the epoch. */
  readonly notAfter?: number
}

/**
 * The one way to Railway's API for a whole run: pace, budget, time limits, retries and the request count are shared
 * by everything that goes through it.
 *
 * {@link decideRetry} says what is sent again. If it is not certain whether a change took effect, `unavailable` with
 * `sent: true` is thrown and the caller has to look. So `cancelled` and limits mean that nothing was changed.
 */
export class RailwayClient {
  readonly #options: ClientOptions
  readonly #limiter: RateLimiter
  readonly #url: string
  #authentication: Authentication = 'bearer'
  #requests = 0

  constructor(options: ClientOptions) {
    this.#options = options
    this.#limiter = new RateLimiter(options.clock)
    this.#url = withSource(options.url)
  }

  /** Requests sent so far, every attempt counted. */
  get requests(): number {
    return this.#requests
  }

  get redactor(): Redactor {
    return this.#options.redactor
  }

  get budget(): Budget {
    return this.#limiter.budget
  }

  /** From now on every request presents the token this way. */
  authenticateAs(authentication: Authentication): void {
    this.#authentication = authentication
  }

  /**
   * Sends an operation and parses its answer. Throws {@link ApiError}. A change that rests on something that was
   * read is not sent `notAfter` a time: waiting for its turn, or for a limit, may have made that old.
   */
  async call<Data>(
    operation: Operation<Data>,
    variables: Record<string, unknown> = {},
    { as = this.#authentication, retryBudget, notAfter = Infinity }: CallOptions = {},
  ): Promise<Answer<Data>> {
    const { name, timeLimit, document } = operation
    const headers = { ...this.#headers(as), 'content-type': 'application/json' }
    const body = JSON.stringify({ query: document, variables })
    return this.#withRetries(operation, retryBudget, async (attempt) => {
      if (this.#options.clock.now() > notAfter) throw new ApiError(tooLate)
      const init = { method: 'POST', headers, body }
      const request = {
        name,
        attempt,
        timeLimit,
        url: this.#url,
        init,
        expects: 'graphql',
      } as const
      return askGraphql(operation, variables, {
        url: this.#url,
        redactor: this.redactor,
        transmit: async () => (await this.#transmit(request)).json,
      })
    })
  }

  /** Sends a plain HTTP request to the API's host with the token, with the same pace and retries. */
  async get<Data>(
    path: string,
    answer: z.ZodType<Data>,
    retryBudget?: number,
  ): Promise<{ status: number; data: Data }> {
    const url = withSource(new URL(path, this.#options.url).href)
    const name = `GET ${path}`
    const reading = { name, kind: 'query', repeatable: true } as const
    const init = { method: 'GET', headers: this.#headers('bearer') }
    return this.#withRetries(reading, retryBudget, async (attempt) => {
      const request = {
        name,
        attempt,
        timeLimit: getTimeLimit,
        url,
        init,
        expects: 'plain',
      } as const
      const { status, json } = await this.#transmit(request)
      return { status, data: parseOrThrow(name, answer, json) }
    })
  }

  /**
   * Sends a file to the API's host. It is sent again only if it certainly had no effect: a limit refused it, or the
   * connection ended before its last byte had left.
   */
  async upload(name: string, path: string, file: FileBody): Promise<HttpAnswer> {
    const url = withSource(new URL(path, this.#options.url).href)
    const { timeLimit } = file
    const headers = {
      ...this.#headers(this.#authentication),
      'content-type': file.type,
      'content-length': String(file.bytes),
    }
    const sending = { name, kind: 'mutation', repeatable: false } as const
    return this.#withRetries(sending, undefined, async (attempt) => {
      const { body, sent } = file.open()
      const init = { method: 'POST', headers, body, duplex: 'half' } as const
      try {
        return await this.#transmit({ name, attempt, timeLimit, url, init, expects: 'plain' })
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.kind !== 'unavailable') throw error
        if (sent() >= file.bytes) throw error
        throw new ApiError({ ...error.problem, sent: false }, { cause: error })
      }
    })
  }

  /** Sends a request until it is answered, must not be sent again, or time is up. */
  async #withRetries<Result>(
    operation: Retryable & { readonly name: string },
    retryBudget = defaultRetryBudget,
    send: (attempt: number) => Promise<Result>,
  ): Promise<Result> {
    const { clock, signal, deadline, random, onWait } = this.#options
    let spent = 0
    // The error of an attempt that may have changed something: nothing that comes after it takes that back.
    let lost: ApiError | null = null
    for (let attempt = 1; ; attempt += 1) {
      await this.#limiter.acquire(deadline, signal).catch((error: unknown) => {
        throw lost ?? error
      })
      const startedAt = clock.now()
      try {
        return await send(attempt)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        const { problem } = error
        const isChange = operation.kind === 'mutation'
        if (isChange && mayHaveTakenEffect(problem)) lost = error
        else if (isChange && hasNoCause(problem)) lost ??= error
        const now = clock.now()
        if (problem.kind === 'unavailable') spent += now - startedAt
        const untilDeadline = deadline() - now
        const stopped = signal.aborted
        const state = { attempt, spent, retryBudget, untilDeadline, stopped, random: random() }
        const decision = decideRetry(problem, operation, state)
        if (decision.kind === 'stop') {
          throw problem.kind === 'refused' && !hasNoCause(problem) ? error : (lost ?? error)
        }
        if (decision.kind === 'cancel') {
          throw lost ?? new ApiError({ kind: 'cancelled' }, { cause: error })
        }
        if (decision.kind === 'queue') continue
        if (problem.kind === 'unavailable') spent += decision.milliseconds
        if (decision.announced && problem.kind === 'refused') {
          const because = `${operation.name}: ${problem.said}`
          onWait({ until: now + decision.milliseconds, because })
        }
        await clock.sleep(decision.milliseconds, signal)
      }
    }
  }

  /** Sends one attempt: counted, timed, and read as far as HTTP goes. */
  async #transmit({ name, attempt, timeLimit, url, init, expects }: Attempt): Promise<HttpAnswer> {
    const { clock, fetch, abandon, onRequest } = this.#options
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
        remaining: this.budget.remaining,
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
    this.#limiter.update(readRateHeaders(answer.header, now))
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
        throw notAuthorized(name, this.redactor.redact(reading.message.slice(0, maxMessage)))
      }
      case 'broken': {
        if (expects === 'plain' && answer.status < 500) break
        report(answer.status, reading.detail, traceId)
        if (reading.wait !== null) this.#limiter.blockUntil(now + reading.wait, 'api')
        const { detail, final } = reading
        throw new ApiError({ kind: 'unavailable', detail, final, sent: true })
      }
    }
    report(answer.status, 'answered', traceId)
    return answer
  }

  /** Holds all requests after a 429, and returns the error of the one that got it. */
  #block(by: 'api' | 'edge', requestedUntil: number): ApiError {
    const { clock, deadline, onWait } = this.#options
    const until = Math.max(requestedUntil, clock.now() + minLimitWait)
    this.#limiter.blockUntil(until, by)
    this.#limiter.slowDown()
    if (until <= deadline()) onWait({ until, because: `Railway's ${by} limit` })
    return new ApiError({ kind: 'rate-limited', by, resetsAt: until })
  }

  #headers(as: Authentication): Record<string, string> {
    const token = this.#options.token.reveal()
    return {
      'user-agent': agent,
      accept: 'application/json',
      ...(as === 'bearer'
        ? { authorization: `Bearer ${token}` }
        : { 'project-access-token': token }),
    }
  }
}

const tooLate: ApiProblem = {
  kind: 'unavailable',
  detail: 'no turn for it in time',
  sent: false,
  final: true,
}

/** One attempt at a request. */
interface Attempt {
  readonly name: string
  readonly attempt: number
  readonly timeLimit: number
  readonly url: string
  readonly init: HttpRequest
  readonly expects: 'graphql' | 'plain'
}

const unknownWait = (by: 'api' | 'edge', attempt: number) =>
  by === 'edge' ? edgeWait : Math.min(60_000, 1000 * 2 ** attempt)

const readTraceId = (body: string) =>
  /"traceId"\s*:\s*"(\d{1,40})"/.exec(body.slice(0, traceIdWithin))?.[1] ?? null

const notAuthorized = (operation: string, message: string) =>
  new ApiError({
    kind: 'refused',
    operation,
    meaning: 'not-authorized',
    said: message.slice(0, 500),
    path: [],
    traceId: null,
    workspace: null,
  })

/** Requests without a query string fall under a stricter limit of Railway's edge. */
function withSource(url: string): string {
  const target = new URL(url)
  if (!target.searchParams.has('source')) target.searchParams.set('source', agent)
  return target.href
}
