import type { ReadableStream } from 'node:stream/web'
import type { z } from 'zod'
import type { Failure } from '../../errors/codes.ts'
import type { Redactor } from '../../redactor.ts'
import type { Operation } from '../operations/operation.ts'
import { ApiError, type ApiProblem, hasNoCause, mayHaveTakenEffect } from './api-error.ts'
import { type GraphqlResponse, parseOrThrow, requestGraphql } from './graphql-response.ts'
import type { HttpResponse } from './http.ts'
import type { Budget, BudgetShare } from './rate-limiter.ts'
import { decideRetry, defaultRetryBudget, type Retryable } from './retry.ts'
import type { TokenRecheck } from './token-recheck.ts'
import type { Transport } from './transport.ts'

export type { GraphqlResponse }

/**
 * The header that carries the token: `Authorization: Bearer …`, or `Project-Access-Token` for a project token.
 */
export type Authentication = 'bearer' | 'project-access-token'

/** A file that is sent as the body of a request. */
export interface FileBody {
  /** The size of the file. */
  readonly bytes: number
  /** The value of the header `Content-Type`. */
  readonly type: string
  /** The time limit of one attempt, in milliseconds. */
  readonly timeLimit: number
  /** Opens the file at its start. `sent` returns the number of bytes that have been read from `body` so far. */
  open(): { body: ReadableStream<Uint8Array>; sent: () => number }
}

/** The minimum time limit of a query that is sent near the deadline of the run or after it, in milliseconds. */
const minQueryTimeLimit = 10_000

/** The time limit of one HTTP request other than GraphQL, in milliseconds. */
const plainTimeLimit = 30_000

/**
 * The value of `User-Agent`, and of the query parameter `source` of every URL. The network in front of Railway's API
 * blocks the user agents of HTTP libraries, and has a lower rate limit for URLs without a query string.
 */
const agent = 'railway-workspace-deploy'

const commonHeaders: Readonly<Record<string, string>> = {
  'user-agent': agent,
  accept: 'application/json',
}

/** The options of one call of an operation. */
export interface CallOptions {
  /** The maximum time for retries, in milliseconds; by default {@link defaultRetryBudget}. */
  readonly retryBudget?: number
  /** The number of attempts at a repeatable request that is rejected without a cause; by default 3. */
  readonly unexplainedAttempts?: number
  /**
   * The time after which the request is not sent, in milliseconds since the epoch. A change that depends on a value
   * read before is not sent later, because the value may have changed.
   */
  readonly notAfter?: number
}

/**
 * A client for Railway's API. It waits for the rate limiter, sends requests with the token, and retries them as {@link
 * decideRetry} decides. All clients of a run share one {@link Transport}.
 *
 * A request that fails throws {@link ApiError}. `unavailable` with `sent: true` means that a change may have taken
 * effect, so the caller has to read its state. `cancelled` and `rate-limited` mean that nothing was changed.
 */
export class RailwayClient {
  readonly #transport: Transport
  readonly #authentication: Authentication
  readonly #url: string
  readonly #recheck: TokenRecheck | null

  constructor(
    transport: Transport,
    authentication: Authentication = 'bearer',
    recheck: TokenRecheck | null = null,
  ) {
    this.#transport = transport
    this.#authentication = authentication
    this.#recheck = recheck
    this.#url = withSource(transport.options.url)
  }

  /**
   * Returns a client that sends the token in the header of `authentication`. With `recheck`, it probes the token again
   * after a rejection.
   */
  as(authentication: Authentication, recheck: TokenRecheck | null = null): RailwayClient {
    return new RailwayClient(this.#transport, authentication, recheck)
  }

  /** Returns the time of the run's clock, in milliseconds since the epoch. */
  now(): number {
    return this.#transport.options.clock.now()
  }

  /**
   * Waits before a retry, and logs the wait with its reason. Returns `false` if the retry must not be sent: the wait
   * would end after the deadline (then it does not start), or the job was cancelled.
   */
  async pause(milliseconds: number, because: string): Promise<boolean> {
    const { clock, signal, deadline, onWait } = this.#transport.options
    const until = clock.now() + milliseconds
    if (signal.aborted || until > deadline()) return false
    onWait({ until, because })
    await clock.sleep(milliseconds, signal)
    return !signal.aborted
  }

  /**
   * Returns the error to report for an error of a request. After a rejection as "not authorized", it may probe the
   * token again and return `token-invalid` (see {@link TokenRecheck.explain}). Any other error is returned unchanged.
   */
  async explainRejection(
    error: unknown,
    kind: Operation<never, unknown>['kind'],
  ): Promise<unknown> {
    const isRefused =
      error instanceof ApiError &&
      error.problem.kind === 'refused' &&
      error.problem.reason === 'not-authorized'
    return isRefused && this.#recheck ? this.#recheck.explain(error, error.problem, kind) : error
  }

  /** The redactor of the run. */
  get redactor(): Redactor {
    return this.#transport.options.redactor
  }

  /** The failure of a token that is no longer valid; `null` if no probe has found that. */
  get invalidToken(): Failure | null {
    return this.#recheck?.invalid ?? null
  }

  /** The rate limit that permits no further request before the deadline; `null` if there is none. */
  get spentLimit(): Extract<ApiProblem, { kind: 'rate-limited' }> | null {
    const { limiter, options } = this.#transport
    const block = limiter.blockBeyond(options.deadline())
    return block && { kind: 'rate-limited', by: block.by, resetsAt: block.until }
  }

  /** The request budget of the token. */
  get budget(): Budget {
    return this.#transport.limiter.budget
  }

  /** Waits until a request could be sent at once. Resolves earlier if a request would fail without being sent. */
  whenFree(): Promise<void> {
    const { deadline, signal } = this.#transport.options
    return this.#transport.limiter.whenFree(deadline, signal)
  }

  /** The part of the request budget that this job may use. */
  get share(): BudgetShare {
    return this.#transport.limiter.share
  }

  /**
   * Sends an operation and parses its response. Throws {@link ApiError}. If Railway rejects the page size, the
   * operation is sent again with smaller pages.
   */
  async call<Variables extends object, Data>(
    operation: Operation<Variables, Data>,
    variables: NoInfer<Variables>,
    options: CallOptions = {},
  ): Promise<GraphqlResponse<Data>> {
    const { pageLimit } = this.#transport
    const { kind, document } = operation
    this.#recheck?.throwIfInvalid()
    for (;;) {
      const fitting = pageLimit.apply(document, variables)
      const request = { ...operation, document: fitting.document }
      try {
        const response = await this.#call(request, fitting.variables, options)
        this.#recheck?.recordAccepted()
        return response
      } catch (error) {
        if (pageLimit.lower(error, { kind, document }, variables)) continue
        throw await this.explainRejection(error, kind)
      }
    }
  }

  async #call<Data>(
    operation: Operation<never, Data>,
    variables: Readonly<Record<string, unknown>>,
    { retryBudget, unexplainedAttempts, notAfter = Infinity }: CallOptions,
  ): Promise<GraphqlResponse<Data>> {
    const { name, document } = operation
    const headers = { ...this.#headers(), 'content-type': 'application/json' }
    const body = JSON.stringify({ query: document, variables })
    return this.#withRetries(
      { ...operation, unexplainedAttempts },
      retryBudget,
      async (attempt) => {
        if (this.#transport.options.clock.now() > notAfter) throw new ApiError(tooLate)
        const init = { method: 'POST', headers, body }
        const request = {
          name,
          attempt,
          timeLimit: this.#timeLimitOf(operation),
          url: this.#url,
          init,
          expects: 'graphql',
        } as const
        return requestGraphql(operation, variables, {
          url: this.#url,
          redactor: this.redactor,
          transmit: async () => (await this.#transport.transmit(request)).json,
        })
      },
    )
  }

  /**
   * Returns the time limit of an attempt in milliseconds. A query ends at the deadline of the run, but has at least {@link
   * minQueryTimeLimit}. A mutation keeps its whole time limit, because it may take effect although its response is lost.
   */
  #timeLimitOf({ kind, timeLimit }: Pick<Operation<never, unknown>, 'kind' | 'timeLimit'>): number {
    if (kind === 'mutation') return timeLimit
    const { clock, deadline } = this.#transport.options
    return Math.min(timeLimit, Math.max(minQueryTimeLimit, deadline() - clock.now()))
  }

  /**
   * Sends a GraphQL request without retries, and returns its HTTP response even if Railway rejects the request. Throws
   * {@link ApiError} if there is no response, or because of a rate limit. `body` is JSON. `until` is the end of the
   * wait for the rate limiter, in milliseconds since the epoch. `timeLimit` is in milliseconds. `anonymous` sends no
   * token.
   */
  async once(
    name: string,
    body: string,
    { until, timeLimit, anonymous }: { until: number; timeLimit: number; anonymous: boolean },
  ): Promise<HttpResponse> {
    const { limiter, options } = this.#transport
    await limiter.acquire(() => until, options.signal)
    const own = anonymous ? commonHeaders : this.#headers()
    const headers = { ...own, 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body }
    return this.#transport.transmit({
      name,
      attempt: 1,
      timeLimit,
      url: this.#url,
      init,
      expects: 'plain',
    })
  }

  /**
   * Sends an HTTP GET request with the token to a path of the API's host, with the same rate limit and retries as an
   * operation. Returns the status and the parsed JSON. Throws {@link ApiError}. `retryBudget` is in milliseconds.
   */
  async get<Data>(
    path: string,
    response: z.ZodType<Data>,
    retryBudget?: number,
  ): Promise<{ status: number; data: Data }> {
    const url = withSource(new URL(path, this.#transport.options.url).href)
    const name = `GET ${path}`
    const reading = { name, kind: 'query', repeatable: true } as const
    const init = { method: 'GET', headers: this.#headers() }
    return this.#withRetries(reading, retryBudget, async (attempt) => {
      const request = {
        name,
        attempt,
        timeLimit: plainTimeLimit,
        url,
        init,
        expects: 'plain',
      } as const
      const { status, json } = await this.#transport.transmit(request)
      return { status, data: parseOrThrow(name, response, json) }
    })
  }

  /**
   * Sends a file with the token to a path of the API's host. Throws {@link ApiError}. The file is sent again only if
   * the attempt certainly had no effect: a rate limit rejected it, or the connection ended before the last byte was
   * sent. An attempt ends at the deadline of the run, but has at least 30 seconds.
   */
  async upload(name: string, path: string, file: FileBody): Promise<HttpResponse> {
    this.#recheck?.throwIfInvalid()
    const { clock, deadline, url: apiUrl } = this.#transport.options
    const url = withSource(new URL(path, apiUrl).href)
    const headers = {
      ...this.#headers(),
      'content-type': file.type,
      'content-length': String(file.bytes),
    }
    const sending = { name, kind: 'mutation', repeatable: false } as const
    return this.#withRetries(sending, undefined, async (attempt) => {
      const untilDeadline = deadline() - clock.now()
      const timeLimit = Math.min(file.timeLimit, Math.max(plainTimeLimit, untilDeadline))
      const { body, sent } = file.open()
      const init = { method: 'POST', headers, body, duplex: 'half' } as const
      try {
        return await this.#transport.transmit({
          name,
          attempt,
          timeLimit,
          url,
          init,
          expects: 'plain',
        })
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.kind !== 'unavailable') throw error
        if (sent() >= file.bytes) throw error
        throw new ApiError({ ...error.problem, sent: false }, { cause: error })
      }
    })
  }

  /**
   * Sends a request, and retries it as {@link decideRetry} decides. Throws the error of the last attempt, or that of an
   * earlier attempt that may have changed something.
   */
  async #withRetries<Result>(
    operation: Retryable & { readonly name: string },
    retryBudget = defaultRetryBudget,
    send: (attempt: number) => Promise<Result>,
  ): Promise<Result> {
    const { clock, signal, deadline, random, onWait } = this.#transport.options
    let spent = 0
    // The error of an attempt that may have changed something. A later error does not show that it changed nothing.
    let lost: ApiError | null = null
    for (let attempt = 1; ; attempt += 1) {
      await this.#transport.limiter.acquire(deadline, signal).catch((error: unknown) => {
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
        if (problem.kind === 'refused') {
          const because = `${operation.name}: ${problem.message}`
          onWait({ until: now + decision.milliseconds, because })
        }
        await clock.sleep(decision.milliseconds, signal)
      }
    }
  }

  #headers(): Record<string, string> {
    const token = this.#transport.options.token.reveal()
    return {
      ...commonHeaders,
      ...(this.#authentication === 'bearer'
        ? { authorization: `Bearer ${token}` }
        : { 'project-access-token': token }),
    }
  }
}

const tooLate: ApiProblem = {
  kind: 'unavailable',
  detail: 'a wait for the rate limit that took too long',
  sent: false,
  final: true,
}

/** Adds the query parameter `source` to a URL (see {@link agent}). */
function withSource(url: string): string {
  const target = new URL(url)
  if (!target.searchParams.has('source')) target.searchParams.set('source', agent)
  return target.href
}
