import type { Clock } from '../../clock.ts'
import { describeNetworkError } from '../../network-error.ts'
import { withTimeLimit } from '../../time-limit.ts'
import { ApiError } from './api-error.ts'
import type { ReadHeader } from './rate-limit-headers.ts'

/** A function with the signature of the global `fetch`. */
export type Fetch = typeof globalThis.fetch

/** The method, headers and body of an HTTP request. */
export interface HttpRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: NonNullable<RequestInit['body']>
  /** Required by `fetch` if the body is a stream. */
  readonly duplex?: 'half'
}

/** An HTTP response with its whole body. */
export interface HttpResponse {
  readonly status: number
  readonly header: ReadHeader
  readonly body: string
  /** The body, parsed as JSON; `undefined` if it is not JSON. */
  readonly json: unknown
}

/** The maximum size of a response in bytes, after decompression. */
export const maxResponseBytes = 64 * 1024 * 1024

const manual = { redirect: 'manual' } as const

/** The dependencies of {@link send}. */
export interface HttpDeps {
  readonly fetch: Fetch
  readonly clock: Clock
  /** The time limit for the whole response, in milliseconds. */
  readonly timeLimit: number
  /** Aborts the request. */
  readonly signal: AbortSignal
  /** The maximum size of the response in bytes; by default {@link maxResponseBytes}. */
  readonly maxBytes?: number
}

/**
 * Sends one HTTP request and reads the whole response. Throws {@link ApiError} `unavailable` if the request fails, or
 * if the response is not complete within the time limit or exceeds the size limit. Redirects are not followed, because
 * the token must not be sent to another host.
 */
export async function send(url: string, init: HttpRequest, deps: HttpDeps): Promise<HttpResponse> {
  const { fetch, clock, timeLimit, signal, maxBytes = maxResponseBytes } = deps
  if (signal.aborted) throw unavailable(cancelled, { sent: false })
  return withTimeLimit(clock, timeLimit, signal, async (limit) => {
    try {
      // `fetch` keeps a copy of a streamed body in memory in case it has to be sent again. It keeps none if redirects
      // are errors and `window` is null (the fetch standard, HTTP-network-or-cache fetch, step 3).
      const asIs = init.duplex ? ({ redirect: 'error', window: null } as const) : manual
      const response = await fetch(url, { ...init, ...asIs, signal: limit.signal })
      const body = await readBody(response, maxBytes)
      const header = (name: string) => response.headers.get(name)
      return { status: response.status, header, body, json: parseJson(body) }
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (signal.aborted) throw unavailable(cancelled, { cause: error })
      if (limit.passed())
        throw unavailable(`no response within ${Math.round(timeLimit / 1000)} s`, { cause: error })
      const { detail, ...more } = describeNetworkError(error)
      throw unavailable(detail, { ...more, cause: error })
    }
  })
}

const cancelled = 'the cancellation of the job'

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
 * Reads a body in chunks, and throws `unavailable` as soon as it exceeds `maxBytes`. Each chunk is decoded at once. The
 * bytes of the whole body, which may be several megabytes, are therefore never in memory together with its text.
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
      const detail = `a response of more than ${Math.floor(maxBytes / 1024 / 1024)} MB`
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
