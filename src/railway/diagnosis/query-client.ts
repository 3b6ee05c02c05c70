import { z } from 'zod'
import type { Reason } from '../../diagnosis.ts'
import { ApiError } from '../transport/api-error.ts'
import {
  classifyError,
  type GraphqlError,
  graphqlErrorSchema,
} from '../transport/classify-error.ts'
import type { Authentication } from '../transport/client.ts'
import { type ReadHeader, readRateHeaders } from '../transport/rate-limit-headers.ts'

/** A response of Railway, which may contain an error. */
export interface RawResponse {
  readonly status: number
  readonly header: ReadHeader
  /** The `data` of the response; `null` if it has none. */
  readonly data: unknown
  /** The first error of the response; `null` if it has none. */
  readonly error: GraphqlError | null
  /**
   * The number by which the response lowered the remaining requests of the rate limit; `null` if the headers do not
   * show it.
   */
  readonly cost: number | null
}

/** The response to a query, or the reason why there is none. */
export type QueryResult =
  | { readonly ok: true; readonly response: RawResponse }
  | { readonly ok: false; readonly reason: Reason }

/** The header in which a request sends the token. `none`: the request is sent without the token. */
export type RequestAuthentication = Authentication | 'none'

/** Sends one request without retries, and returns its response. Throws {@link ApiError} if there is none. */
export type SendOnce = (
  name: string,
  body: string,
  authentication: RequestAuthentication,
) => Promise<{ readonly status: number; readonly header: ReadHeader; readonly json: unknown }>

const envelope = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({})).nullish(),
})

/** The dependencies of the client. */
export interface QueryClientDeps {
  readonly send: SendOnce
  /** Returns the current time, in milliseconds since the epoch. */
  readonly now: () => number
  /** The time from which no request is sent, in milliseconds since the epoch. */
  readonly endsAt: number
  readonly maxRequests: number
}

/**
 * A client for the queries of a diagnosis. It sends each query without retries, and at most `maxRequests` queries. It
 * stops sending queries when Railway's rate limit is reached, when the run is cancelled, or at `endsAt`.
 */
export class QueryClient {
  readonly #deps: QueryClientDeps
  readonly #errors: GraphqlError[] = []
  #requestsLeft: number
  #stoppedBy: Reason | null = null
  #remaining: number | null = null
  #header: ReadHeader | null = null

  constructor(deps: QueryClientDeps) {
    this.#deps = deps
    this.#requestsLeft = deps.maxRequests
  }

  /** Reads a header of the last response to a request with the token; `null` if there was no such response. */
  get header(): ReadHeader | null {
    return this.#header
  }

  /** The first error of each response so far. */
  get errors(): readonly GraphqlError[] {
    return this.#errors
  }

  /** The reason why no more queries are sent; `null` while queries may be sent. */
  get stopReason(): Reason | null {
    if (this.#stoppedBy !== null) return this.#stoppedBy
    if (this.#requestsLeft <= 0) return 'no request left'
    return this.#deps.now() >= this.#deps.endsAt ? 'too late' : null
  }

  /** Sends a GraphQL query. An error of Railway becomes a result and is not thrown. */
  async send(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    authentication: RequestAuthentication = 'bearer',
  ): Promise<QueryResult> {
    const { stopReason } = this
    if (stopReason !== null) return { ok: false, reason: stopReason }
    this.#requestsLeft -= 1
    const name = /^query (\w+)/.exec(query)?.[1] ?? 'Diagnose'
    try {
      const sent = await this.#deps.send(name, JSON.stringify({ query, variables }), authentication)
      return this.#toResult(sent, authentication)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { kind } = error.problem
      if (kind === 'rate-limited') this.#stoppedBy = 'limited'
      if (kind === 'cancelled') this.#stoppedBy = 'stopped'
      return { ok: false, reason: this.#stoppedBy ?? 'no usable response' }
    }
  }

  #toResult(
    { status, header, json }: Awaited<ReturnType<SendOnce>>,
    authentication: RequestAuthentication,
  ): QueryResult {
    const before = this.#remaining
    if (authentication !== 'none') {
      this.#header = header
      this.#remaining = readRateHeaders(header, this.#deps.now()).remaining
    }
    const after = this.#remaining
    const parsed = envelope.safeParse(json)
    if (!parsed.success) return { ok: false, reason: 'no usable response' }
    const [first] = parsed.data.errors ?? []
    const error = first === undefined ? null : graphqlErrorSchema.parse(first)
    if (error) this.#errors.push(error)
    const cost = before !== null && after !== null && before > after ? before - after : null
    return {
      ok: true,
      response: { status, header, data: parsed.data.data ?? null, error, cost },
    }
  }
}

/** Returns the reason of the error in a response; `null` if the response has no error. */
export const rejectionReason = ({ error }: RawResponse) => (error ? classifyError(error) : null)

/** Returns whether Railway rejected a query because of its size or complexity. */
export function isTooLarge(response: RawResponse): boolean {
  const reason = rejectionReason(response)
  const words = /complex|depth|too (?:many|large|deep|big)|limit|cost|at most|maximum/i
  return (
    reason === 'invalid-document' ||
    (reason === 'other' && words.test(response.error?.message ?? ''))
  )
}
