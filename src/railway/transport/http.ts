import type { Clock } from '../../clock.ts'
import { describeNetworkError } from '../../network-error.ts'
import { withTimeLimit } from '../../time-limit.ts'
import { ApiError } from './api-error.ts'
import type { ReadHeader } from './rate-limit-headers.ts'

/** The `fetch` that requests go through. */
export type Fetch = typeof globalThis.fetch

/** A request: a body if the method has one. */
export interface HttpRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: NonNullable<RequestInit['body']>
  /** The setting that `fetch` requires for a body that is a stream. */
  readonly duplex?: 'half'
}

/** An answer, its body read to the end. */
export interface HttpAnswer {
  readonly status: number
  readonly header: ReadHeader
  readonly body: string
  /** The body as JSON, parsed once; `undefined` if it is none. */
  readonly json: unknown
}

/** The maximum size of an answer in bytes, after decompression. */
export const maxAnswerBytes = 64 * 1024 * 1024

const manual = { redirect: 'manual' } as const

/** The part of a run that sending a request needs. */
export interface HttpDeps {
  readonly fetch: Fetch
  readonly clock: Clock
  /** Milliseconds for the whole answer. */
  readonly timeLimit: number
  readonly signal: AbortSignal
  readonly maxBytes?: number
}

/**
 * Sends one request and reads its answer. Redirects are not followed: a token goes to no other host. Throws
 * `unavailable` if there is no whole answer within the time limit, or if it is too large.
 */
export async function send(url: string, init: HttpRequest, deps: HttpDeps): Promise<HttpAnswer> {
  const { fetch, clock, timeLimit, signal, maxBytes = maxAnswerBytes } = deps
  if (signal.aborted) throw unavailable(cancelled, { sent: false })
  return withTimeLimit(clock, timeLimit, signal, async (limit) => {
    try {
      // `fetch` keeps all of a body for a second sending, and a stream only goes by if there can be none:
      // redirects are errors, and there is no window (the fetch standard, HTTP-network-or-cache fetch, step 3).
      const asIs = init.duplex ? ({ redirect: 'error', window: null } as const) : manual
      const answer = await fetch(url, { ...init, ...asIs, signal: limit.signal })
      const body = await readBody(answer, maxBytes)
      const header = (name: string) => answer.headers.get(name)
      return { status: answer.status, header, body, json: parseJson(body) }
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (signal.aborted) throw unavailable(cancelled, { cause: error })
      if (limit.passed())
        throw unavailable(`no answer within ${Math.round(timeLimit / 1000)} s`, { cause: error })
      const { detail, ...more } = describeNetworkError(error)
      throw unavailable(detail, { ...more, cause: error })
    }
  })
}

const cancelled = 'the job being cancelled'

function unavailable(
  detail: string,
  {
    sent = true,
    cause,
    ...more
  }: {
    sent?: boolean
    final?: boolean
    tooLarge?: boolean
    untrusted?: boolean
    cause?: unknown
  },
): ApiError {
  return new ApiError({ kind: 'unavailable', detail, sent, ...more }, { cause })
}

/**
 * Reads a body piece by piece, so that no more of it than the limit is ever in memory. Each piece is decoded as it
 * comes: the bytes of a page of the inventory are several megabytes, and would be in memory beside its text.
 */
async function readBody({ body }: Response, maxBytes: number): Promise<string> {
  if (body === null) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maxBytes) {
      void reader.cancel().catch(() => {})
      const detail = `an answer of more than ${Math.floor(maxBytes / 1024 / 1024)} MB`
      throw unavailable(detail, { final: true, tooLarge: true })
    }
    text += decoder.decode(value, { stream: true })
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
