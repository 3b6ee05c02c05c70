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

/** An answer as it came, errors included. */
export interface RawAnswer {
  readonly status: number
  readonly header: ReadHeader
  /** `null` if there is none. */
  readonly data: unknown
  readonly error: GraphqlError | null
  /** The units of the limit that it cost; `null` if the headers do not say. */
  readonly cost: number | null
}

export type QueryResult =
  | { readonly ok: true; readonly answer: RawAnswer }
  | { readonly ok: false; readonly reason: Reason }

/** The way a token is presented; `none`: not at all. */
export type Presented = Authentication | 'none'

/** Sends one request, once, and returns its answer. Throws {@link ApiError} if there is none. */
export type SendOnce = (
  name: string,
  body: string,
  as: Presented,
) => Promise<{ readonly status: number; readonly header: ReadHeader; readonly json: unknown }>

const envelope = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({})).nullish(),
})

/** The part of a run that the client needs. */
export interface QueryClientDeps {
  readonly send: SendOnce
  readonly now: () => number
  /** The time after which nothing is sent, in milliseconds since the epoch. */
  readonly until: number
  /** The number of requests that may be sent. */
  readonly requests: number
}

/**
 * A client for a diagnosis. It sends each query once, and never more than a fixed number. After a limit, or a stop, it
 * sends nothing more.
 */
export class QueryClient {
  readonly #deps: QueryClientDeps
  readonly #errors: GraphqlError[] = []
  #left: number
  #ended: Reason | null = null
  #remaining: number | null = null
  #header: ReadHeader | null = null

  constructor(deps: QueryClientDeps) {
    this.#deps = deps
    this.#left = deps.requests
  }

  /** The headers of the last answer to the token. */
  get header(): ReadHeader | null {
    return this.#header
  }

  /** The errors of all answers so far. */
  get errors(): readonly GraphqlError[] {
    return this.#errors
  }

  /** The reason for which nothing is sent any more; `null` if requests may be sent. */
  get ended(): Reason | null {
    if (this.#ended !== null) return this.#ended
    if (this.#left <= 0) return 'no request left'
    return this.#deps.now() >= this.#deps.until ? 'too late' : null
  }

  /** Sends a query. It never throws for an error of Railway. */
  async ask(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    as: Presented = 'bearer',
  ): Promise<QueryResult> {
    const { ended } = this
    if (ended !== null) return { ok: false, reason: ended }
    this.#left -= 1
    const name = /^query (\w+)/.exec(query)?.[1] ?? 'Diagnose'
    try {
      const sent = await this.#deps.send(name, JSON.stringify({ query, variables }), as)
      return this.#read(sent, as)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { kind } = error.problem
      if (kind === 'rate-limited') this.#ended = 'limited'
      if (kind === 'cancelled') this.#ended = 'stopped'
      return { ok: false, reason: this.#ended ?? 'no usable answer' }
    }
  }

  #read({ status, header, json }: Awaited<ReturnType<SendOnce>>, as: Presented): QueryResult {
    const before = this.#remaining
    if (as !== 'none') {
      this.#header = header
      this.#remaining = readRateHeaders(header, this.#deps.now()).remaining
    }
    const after = this.#remaining
    const parsed = envelope.safeParse(json)
    if (!parsed.success) return { ok: false, reason: 'no usable answer' }
    const [first] = parsed.data.errors ?? []
    const error = first === undefined ? null : graphqlErrorSchema.parse(first)
    if (error) this.#errors.push(error)
    const cost = before !== null && after !== null && before > after ? before - after : null
    return {
      ok: true,
      answer: { status, header, data: parsed.data.data ?? null, error, cost },
    }
  }
}

/** Returns the reason of an answer that is a rejection; `null` if it is none. */
export const refusalOf = ({ error }: RawAnswer) => (error ? classifyError(error) : null)

/** Returns whether a document was rejected for its size. */
export function isTooLarge(answer: RawAnswer): boolean {
  const reason = refusalOf(answer)
  const words = /complex|depth|too (?:many|large|deep|big)|limit|cost|at most|maximum/i
  return (
    reason === 'invalid-document' || (reason === 'other' && words.test(answer.error?.message ?? ''))
  )
}
