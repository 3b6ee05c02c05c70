import type { ReadableStream } from 'node:stream/web'
import type { z } from 'zod'
import type { Failure } from '../../errors/codes.ts'
import type { Redactor } from '../../redactor.ts'
import type { Operation } from '../operations/operation.ts'
import { ApiError, type ApiProblem, hasNoCause, mayHaveTakenEffect } from './api-error.ts'
import { type Answer, askGraphql, parseOrThrow } from './graphql-answer.ts'
import type { HttpAnswer } from './http.ts'
import type { Budget, BudgetShare } from './rate-limiter.ts'
import { decideRetry, defaultRetryBudget, type Retryable } from './retry.ts'
import type { TokenRecheck } from './token-recheck.ts'
import type { Transport } from './transport.ts'

export type { Answer }

/** The two ways to present a token: as an API token, or as a project token. */
export type Authentication = 'bearer' | 'project-access-token'

/** A file as the body of a request. */
export interface FileBody {
  readonly bytes: number
  readonly type: string
  /** The time limit of one attempt, in milliseconds. */
  readonly timeLimit: number
  /** Opens it at its beginning. `sent` returns the number of bytes handed over so far. */
  open(): { body: ReadableStream<Uint8Array>; sent: () => number }
}

/** The time limit of one plain request. */
const getTimeLimit = 30_000

/**
 * The user agent, and the `source` of every URL. Railway's edge blocks default agents, and limits requests without a
 * query string more strictly.
 */
const agent = 'railway-workspace-deploy'

const commonHeaders: Readonly<Record<string, string>> = {
  'user-agent': agent,
  accept: 'application/json',
}

/** The settings of one request that differ from the usual ones. */
export interface CallOptions {
  /** The milliseconds that retries may take. */
  readonly retryBudget?: number
  /** The number of attempts after rejections without a cause, for what may be repeated; by default 3. */
  readonly vagueAttempts?: number
  /** The time after which the request is not sent, in milliseconds since the epoch. */
  readonly notAfter?: number
}

/**
 * A client that sends requests to Railway's API, with the token in one form. Clients of one run share their {@link
 * Transport}. {@link decideRetry} decides what is sent again.
 *
 * If it is not certain whether a change took effect, `unavailable` with `sent: true` is thrown and the caller has to
 * look it up. So `cancelled` and limits mean that nothing was changed.
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
   * Returns a client that sends the token in this form. With `recheck`, the token is probed again after a rejection.
   */
  as(authentication: Authentication, recheck: TokenRecheck | null = null): RailwayClient {
    return new RailwayClient(this.#transport, authentication, recheck)
  }

  /** Returns the time by the clock of the run. */
  now(): number {
    return this.#transport.options.clock.now()
  }

  /**
   * Waits before the same is requested again. Resolves with `false`, at once, if the end would be after the deadline,
   * or if the job is cancelled meanwhile.
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
   * Returns the error to report in place of an error: "not authorized" may mean that the token is not valid any more.
   */
  async lookInto(error: unknown, kind: Operation<never, unknown>['kind']): Promise<unknown> {
    const isRefused =
      error instanceof ApiError &&
      error.problem.kind === 'refused' &&
      error.problem.reason === 'not-authorized'
    return isRefused && this.#recheck ? this.#recheck.explain(error, error.problem, kind) : error
  }

  get redactor(): Redactor {
    return this.#transport.options.redactor
  }

  /** The failure that the token is not valid any more; `null` as far as is known. */
  get invalidToken(): Failure | null {
    return this.#recheck?.invalid ?? null
  }

  get budget(): Budget {
    return this.#transport.limiter.budget
  }

  /** Resolves when a request would be sent at once, or would not be sent at all. */
  whenFree(): Promise<void> {
    const { deadline, signal } = this.#transport.options
    return this.#transport.limiter.whenFree(deadline, signal)
  }

  /** The part of the budget that is this job's. */
  get share(): BudgetShare {
    return this.#transport.limiter.share
  }

  /**
   * Sends an operation and parses its answer. Throws {@link ApiError}. `notAfter`: a change that depends on a value
   * that was read is not sent after that time, because the value may have changed.
   */
  async call<Variables extends object, Data>(
    operation: Operation<Variables, Data>,
    variables: NoInfer<Variables>,
    options: CallOptions = {},
  ): Promise<Answer<Data>> {
    const { pageLimit } = this.#transport
    const { kind, document } = operation
    this.#recheck?.throwIfInvalid()
    for (;;) {
      const fitting = pageLimit.apply(document, variables)
      const request = { ...operation, document: fitting.document }
      try {
        const answer = await this.#call(request, fitting.variables, options)
        this.#recheck?.worked()
        return answer
      } catch (error) {
        if (pageLimit.lower(error, { kind, document }, variables)) continue
        throw await this.lookInto(error, kind)
      }
    }
  }

  async #call<Data>(
    operation: Operation<never, Data>,
    variables: Readonly<Record<string, unknown>>,
    { retryBudget, vagueAttempts, notAfter = Infinity }: CallOptions,
  ): Promise<Answer<Data>> {
    const { name, timeLimit, document } = operation
    const headers = { ...this.#headers(), 'content-type': 'application/json' }
    const body = JSON.stringify({ query: document, variables })
    return this.#withRetries({ ...operation, vagueAttempts }, retryBudget, async (attempt) => {
      if (this.#transport.options.clock.now() > notAfter) throw new ApiError(tooLate)
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
        transmit: async () => (await this.#transport.transmit(request)).json,
      })
    })
  }

  /**
   * Sends a GraphQL document once, before a time, and returns whatever came. Without an answer, or with a limit, it
   * throws {@link ApiError}. `anonymous`: without the token.
   */
  async once(
    name: string,
    body: string,
    { until, timeLimit, anonymous }: { until: number; timeLimit: number; anonymous: boolean },
  ): Promise<HttpAnswer> {
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

  /** Sends a plain HTTP request to the API's host with the token, with the same rate limit and retries. */
  async get<Data>(
    path: string,
    answer: z.ZodType<Data>,
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
        timeLimit: getTimeLimit,
        url,
        init,
        expects: 'plain',
      } as const
      const { status, json } = await this.#transport.transmit(request)
      return { status, data: parseOrThrow(name, answer, json) }
    })
  }

  /**
   * Sends a file to the API's host. It is sent again only if it certainly had no effect: a limit rejected it, or the
   * connection ended before its last byte was sent.
   */
  async upload(name: string, path: string, file: FileBody): Promise<HttpAnswer> {
    this.#recheck?.throwIfInvalid()
    const url = withSource(new URL(path, this.#transport.options.url).href)
    const { timeLimit } = file
    const headers = {
      ...this.#headers(),
      'content-type': file.type,
      'content-length': String(file.bytes),
    }
    const sending = { name, kind: 'mutation', repeatable: false } as const
    return this.#withRetries(sending, undefined, async (attempt) => {
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

  /** Sends a request until it is answered, must not be sent again, or time is up. */
  async #withRetries<Result>(
    operation: Retryable & { readonly name: string },
    retryBudget = defaultRetryBudget,
    send: (attempt: number) => Promise<Result>,
  ): Promise<Result> {
    const { clock, signal, deadline, random, onWait } = this.#transport.options
    let spent = 0
    // The error of an attempt that may have changed something: nothing that comes after it takes that back.
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
        if (decision.announced && problem.kind === 'refused') {
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
  detail: 'no turn for it in time',
  sent: false,
  final: true,
}

/** Adds the query string. Requests without one fall under a stricter limit of Railway's edge. */
function withSource(url: string): string {
  const target = new URL(url)
  if (!target.searchParams.has('source')) target.searchParams.set('source', agent)
  return target.href
}
