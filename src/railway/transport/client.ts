import type { ReadableStream } from 'node:stream/web'
import { GraphqlResponseError, graphql } from '@octokit/graphql'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Redactor } from '../../redactor.ts'
import type { Secret } from '../../secret.ts'
import type { Operation } from '../operations/operation.ts'
import { ApiError, type ApiProblem, type ErrorReason, mayHaveTakenEffect } from './api-error.ts'
import { type GraphqlError, graphqlErrorSchema, toApiError } from './classify-error.ts'
import { type Fetch, type HttpAnswer, type HttpRequest, readHttpAnswer, send } from './http.ts'
import { readRateHeaders } from './rate-limit-headers.ts'
import { type Budget, RateLimiter } from './rate-limiter.ts'
import { redactError } from './redact.ts'

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

/** An answer with the errors of the nullable fields that are missing from it. */
export interface Answer<Data> {
  readonly data: Data
  readonly gaps: readonly GraphqlError[]
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

/** A read is given up after two minutes of retries, as the contract says. */
export const patience = 120_000

/** A limit that says "now" is given a moment all the same, or it would be asked without end. */
const leastWait = 1_000

/** Without a `Retry-After`, the edge's block is waited out this long. */
const edgeWait = 60_000

/** Creating environments is allowed once in 30 s per workspace. */
const cooldownWait = 33_000

const throttleWait = 10_000

/** The name we go by: Railway's edge refuses default agents and wants a query string on every request. */
const agent = 'railway-workspace-deploy'

/**
 * The one way to Railway's API for a whole run: pace, budget, time limits, retries and the request
 * count are shared by everything that goes through it.
 *
 * Reads, and mutations that are repeatable by nature, are retried on everything that is no answer. Any
 * other mutation is sent again only where it certainly did not take effect: it never left, or the API
 * refused it cleanly (a limit, a throttle, a cooldown). Where that is not certain, `unavailable` with
 * `sent: true` is thrown and the caller has to look. So `cancelled` and limits mean that nothing was changed.
 */
export class RailwayClient {
  readonly #options: ClientOptions
  readonly #pace: RateLimiter
  readonly #url: string
  #authentication: Authentication = 'bearer'
  #requests = 0

  constructor(options: ClientOptions) {
    this.#options = options
    this.#pace = new RateLimiter(options.clock)
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
    return this.#pace.budget
  }

  /** From now on every request presents the token this way. */
  authenticateAs(authentication: Authentication): void {
    this.#authentication = authentication
  }

  /**
   * Sends an operation and parses its answer. Throws {@link ApiError}. What rests on something that was
   * looked at is not sent `notAfter` a time: waiting for its turn, or for a limit, may have made that old.
   */
  async call<Data>(
    operation: Operation<Data>,
    variables: Record<string, unknown> = {},
    options: { as?: Authentication; patience?: number; notAfter?: number } = {},
  ): Promise<Answer<Data>> {
    const { as = this.#authentication, notAfter = Infinity } = options
    return this.#insist(operation, options.patience ?? patience, async (attempt) => {
      if (this.#options.clock.now() > notAfter) throw new ApiError(tooLate)
      return this.#ask(operation, variables, as, attempt)
    })
  }

  /** Sends a plain HTTP request to the API's host with the token, with the same pace and retries. */
  async get<Data>(
    path: string,
    answer: z.ZodType<Data>,
    patienceLeft = patience,
  ): Promise<{ status: number; data: Data }> {
    const url = withSource(new URL(path, this.#options.url).href)
    const reading = { name: `GET ${path}`, kind: 'query', repeatable: true } as const
    return this.#insist(reading, patienceLeft, async (attempt) => {
      const init = { method: 'GET', headers: this.#headers('bearer') }
      const got = await this.#transmit(`GET ${path}`, attempt, 30_000, url, init, 'plain')
      const { status, body } = got
      return { status, data: parseOrThrow(`GET ${path}`, answer, jsonOf(body)) }
    })
  }

  /**
   * Sends a file to the API's host. It is sent again only where it certainly had no effect: a limit
   * refused it, or the connection ended before its last byte had left.
   */
  async upload(name: string, path: string, file: FileBody): Promise<HttpAnswer> {
    const url = withSource(new URL(path, this.#options.url).href)
    const sending = { name, kind: 'mutation', repeatable: false } as const
    return this.#insist(sending, patience, async (attempt) => {
      const { body, sent } = file.open()
      const headers = {
        ...this.#headers(this.#authentication),
        'content-type': file.type,
        'content-length': String(file.bytes),
      }
      const init = { method: 'POST', headers, body, duplex: 'half' } as const
      try {
        return await this.#transmit(name, attempt, file.timeLimit, url, init, 'plain')
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.kind !== 'unavailable') throw error
        if (sent() >= file.bytes) throw error
        throw new ApiError({ ...error.problem, sent: false }, { cause: error })
      }
    })
  }

  /** Repeats `ask` by the rules at the class, until it answers, must not be repeated, or time is up. */
  async #insist<Result>(
    { name, kind, repeatable }: Pick<Operation<unknown>, 'name' | 'kind' | 'repeatable'>,
    patienceLeft: number,
    ask: (attempt: number) => Promise<Result>,
  ): Promise<Result> {
    const { clock, signal } = this.#options
    let spent = 0
    // An attempt that may have changed something: nothing that comes after it takes that back.
    let lost: ApiError | null = null
    for (let attempt = 1; ; attempt += 1) {
      await this.#pace.turn(this.#options.deadline, signal).catch((error: unknown) => {
        throw lost ?? error
      })
      const startedAt = clock.now()
      try {
        return await ask(attempt)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        const { problem } = error
        if (kind === 'mutation' && mayHaveTakenEffect(problem)) lost = error
        if (kind === 'mutation' && isVague(problem)) lost ??= error
        if (problem.kind === 'rate-limited') continue
        if (problem.kind === 'refused') {
          const wait = this.#politeWait(problem.meaning, attempt, repeatable)
          if (wait === null) throw isVague(problem) ? (lost ?? error) : error
          const until = clock.now() + wait
          if (until > this.#options.deadline()) throw lost ?? error
          await this.#waitAsTold(until, `${name}: ${problem.said}`)
          continue
        }
        if (problem.kind !== 'unavailable') throw error
        if (problem.final || (problem.sent && !repeatable)) throw lost ?? error
        if (signal.aborted) {
          throw lost ?? new ApiError({ kind: 'cancelled' }, { cause: error })
        }
        const backoff = this.#backoff(attempt)
        spent += clock.now() - startedAt + backoff
        const isOver = spent > patienceLeft || clock.now() + backoff > this.#options.deadline()
        if (isOver) throw lost ?? error
        await clock.sleep(backoff, signal)
      }
    }
  }

  /** How long to wait before asking again after a refusal that changed nothing; `null` for never. */
  #politeWait(meaning: ErrorReason, attempt: number, mayRepeat: boolean): number | null {
    if (meaning === 'other') return mayRepeat && attempt < 3 ? this.#backoff(attempt + 1) : null
    if (meaning === 'cooldown') return cooldownWait + this.#options.random() * 5_000
    if (meaning === 'throttled') return Math.min(60_000, throttleWait * attempt)
    return null
  }

  async #waitAsTold(until: number, because: string): Promise<void> {
    this.#options.onWait({ until, because })
    await this.#options.clock.sleep(until - this.#options.clock.now(), this.#options.signal)
  }

  /** Full jitter below 1, 2, 4, … at most 20 seconds. */
  #backoff(attempt: number): number {
    return Math.max(200, this.#options.random() * Math.min(20_000, 1000 * 2 ** (attempt - 1)))
  }

  async #ask<Data>(
    operation: Operation<Data>,
    variables: Record<string, unknown>,
    as: Authentication,
    attempt: number,
  ): Promise<Answer<Data>> {
    const transport: Fetch = async (_url, init) => {
      const { body } = await this.#transmit(
        operation.name,
        attempt,
        operation.timeLimit,
        this.#url,
        {
          method: 'POST',
          headers: { ...this.#headers(as), 'content-type': 'application/json' },
          body: init?.body ?? '',
        },
        'graphql',
      )
      checkEnvelope(operation.name, body)
      return new Response(body, { headers: { 'content-type': 'application/json' } })
    }
    try {
      const request = graphql.defaults({ url: this.#url, request: { fetch: transport } })
      const data: unknown = await request(operation.document, variables)
      return { data: parseOrThrow(operation.name, operation.answer, data), gaps: [] }
    } catch (error) {
      const ours = causeOf(error)
      if (ours) throw ours
      if (!(error instanceof GraphqlResponseError)) throw error
      return readPartial(operation, error, this.redactor)
    }
  }

  /** One attempt over the wire: counted, timed, and read as far as HTTP goes. */
  async #transmit(
    name: string,
    attempt: number,
    timeLimit: number,
    url: string,
    init: HttpRequest,
    expects: 'graphql' | 'plain',
  ): Promise<HttpAnswer> {
    const { clock, fetch, abandon } = this.#options
    const startedAt = clock.now()
    this.#requests += 1
    const tell = (status: number | null, result: string, traceId: string | null) =>
      this.#options.onRequest({
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
        tell(null, error.problem.detail, null)
      }
      throw error
    }
    this.#pace.learn(readRateHeaders(answer.header, clock.now()))
    const reading = readHttpAnswer(answer, clock.now())
    const traceId = /"traceId"\s*:\s*"(\d+)"/.exec(answer.body)?.[1] ?? null
    if (reading.kind === 'rate-limited') {
      tell(answer.status, `limited by the ${reading.by}`, traceId)
      const until =
        clock.now() + Math.max(leastWait, reading.wait ?? this.#unknownWait(reading.by, attempt))
      this.#pace.pause(until, reading.by, true)
      if (until <= this.#options.deadline()) {
        this.#options.onWait({ until, because: `Railway's ${reading.by} limit` })
      }
      throw new ApiError({ kind: 'rate-limited', by: reading.by, resetsAt: until })
    }
    if (reading.kind === 'broken' && (expects === 'graphql' || answer.status >= 500)) {
      tell(answer.status, reading.detail, traceId)
      if (reading.wait !== null) this.#pace.pause(clock.now() + reading.wait, 'api')
      const { detail, final } = reading
      throw new ApiError({ kind: 'unavailable', detail, final, sent: true })
    }
    tell(answer.status, 'answered', traceId)
    return answer
  }

  #unknownWait(by: 'api' | 'edge', attempt: number): number {
    return by === 'edge' ? edgeWait : Math.min(60_000, 1000 * 2 ** attempt)
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

/** `Problem processing request` names no cause: it often passes, and may have come after the change. */
const isVague = (problem: ApiProblem) => problem.kind === 'refused' && problem.meaning === 'other'

/** Requests without a query string fall under a stricter limit of Railway's edge. */
function withSource(url: string): string {
  const target = new URL(url)
  if (!target.searchParams.has('source')) target.searchParams.set('source', agent)
  return target.href
}

/** Errors that our transport threw come back wrapped by the GraphQL library. */
function causeOf(error: unknown): ApiError | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    if (cause instanceof ApiError) return cause
    cause = cause.cause
  }
  return null
}

/**
 * Data with errors: a refusal, unless only nullable fields are missing and the operation takes that. What is
 * missing must never be taken for what is not there.
 */
function readPartial<Data>(
  operation: Operation<Data>,
  error: GraphqlResponseError<unknown>,
  redactor: Redactor,
): Answer<Data> {
  const errors = (error.errors ?? [])
    .map((entry) => graphqlErrorSchema.parse(entry))
    .map((entry) => ({ ...entry, message: redactor.redact(entry.message.slice(0, 10_000)) }))
  const data = operation.partial ? operation.answer.safeParse(error.data) : null
  if (data?.success) return { data: data.data, gaps: errors }
  const [first] = errors
  const refusal = first && toApiError(operation.name, first)
  if (refusal) throw operation.confidential ? redactError(refusal) : refusal
  throw new ApiError({ kind: 'unavailable', detail: 'an empty list of errors', sent: true })
}

/** Parses what came back, or says which field of which operation is not as expected. */
function parseOrThrow<Data>(operation: string, answer: z.ZodType<Data>, data: unknown): Data {
  const parsed = answer.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ApiError({
    kind: 'incompatible',
    operation,
    field: issue?.path.join('.') || 'data',
    detail: issue?.message ?? 'unexpected',
  })
}

/** The outermost shape of every GraphQL answer; what lies in it is parsed by the operation. */
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({})).optional(),
})

function checkEnvelope(operation: string, body: string): void {
  parseOrThrow(operation, envelope, jsonOf(body))
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
