import type { Clock } from '../../clock.ts'
import { ApiError } from './api-error.ts'
import { type ReadHeader, readRetryAfter } from './rate-limit-headers.ts'

/** The `fetch` that requests go through. */
export type Fetch = typeof globalThis.fetch

/** What is sent: a body where the method has one. */
export interface HttpRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: NonNullable<RequestInit['body']>
  /** Demanded by `fetch` for a body that is a stream. */
  readonly duplex?: 'half'
}

/** An answer as it came, its body read to the end. */
export interface HttpAnswer {
  readonly status: number
  readonly header: ReadHeader
  readonly body: string
}

/** Errors of `fetch` after which the request has certainly not reached the server. */
const neverSent =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT|SELF_SIGNED|UNABLE_TO_VERIFY/

/** The server's certificate is not trusted here, and will not be the next time. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/

const manual = { redirect: 'manual' } as const

/**
 * Sends one request and reads its answer. Redirects are not followed: a token goes to no other host.
 * Throws `unavailable` when there is no whole answer within `timeLimit` milliseconds.
 */
export async function send(
  url: string,
  init: HttpRequest,
  edges: { fetch: Fetch; clock: Clock; timeLimit: number; signal: AbortSignal },
): Promise<HttpAnswer> {
  const abort = new AbortController()
  const settled = new AbortController()
  const onCancel = () => abort.abort()
  edges.signal.addEventListener('abort', onCancel, { once: true })
  let late = false
  void edges.clock.sleep(edges.timeLimit, settled.signal).then(() => {
    if (settled.signal.aborted) return
    late = true
    abort.abort()
  })
  try {
    // `fetch` keeps all of a body for a second sending, and a stream only goes by if there can be none:
    // redirects are errors, and there is no window (the fetch standard, HTTP-network-or-cache fetch, step 3).
    const asIs = init.duplex ? ({ redirect: 'error', window: null } as const) : manual
    const answer = await edges.fetch(url, { ...init, ...asIs, signal: abort.signal })
    const body = await answer.text()
    return { status: answer.status, header: (name) => answer.headers.get(name), body }
  } catch (error) {
    const detail = edges.signal.aborted
      ? 'the job being cancelled'
      : late
        ? `no answer within ${Math.round(edges.timeLimit / 1000)} s`
        : describeNetworkError(error)
    throw new ApiError(
      {
        kind: 'unavailable',
        detail,
        sent: !neverSent.test(detail),
        final: untrusted.test(detail),
      },
      { cause: error },
    )
  } finally {
    settled.abort()
    edges.signal.removeEventListener('abort', onCancel)
  }
}

/** The code of a network error (`ECONNRESET`), which has no addresses or headers in it. */
function describeNetworkError(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    if ('code' in cause && typeof cause.code === 'string') return `a network error (${cause.code})`
    cause = cause.cause
  }
  return 'a network error'
}

/**
 * Statuses that GraphQL answers come with. Railway says 200 to most refusals; something in front of it
 * may say 401 or 403, and what counts is in the body.
 */
const graphqlStatuses: ReadonlySet<number> = new Set([200, 400, 401, 403])

/** What one answer is, before GraphQL is looked at. */
export type HttpReading =
  | { readonly kind: 'graphql' }
  | { readonly kind: 'rate-limited'; readonly by: 'api' | 'edge'; readonly wait: number | null }
  | {
      readonly kind: 'broken'
      readonly detail: string
      readonly final: boolean
      readonly wait: number | null
    }

/**
 * Tells a GraphQL answer (which may come with 200 or 400), a limit, and everything that is no answer:
 * server errors, pages of HTML, redirects, bodies cut short. `wait` is what `Retry-After` asks for.
 */
export function readHttpAnswer({ status, header, body }: HttpAnswer, now: number): HttpReading {
  const wait = readRetryAfter(header('retry-after'), now)
  const isJson = parses(body)
  if (status === 429 || (!isJson && /error 1015|access denied.*cloudflare/is.test(body))) {
    return { kind: 'rate-limited', by: isJson ? 'api' : 'edge', wait }
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'broken',
      detail: `a redirect (HTTP ${status}), which is not followed with a token`,
      final: true,
      wait,
    }
  }
  const isGraphql = isJson && /^\s*\{/.test(body) && /"(data|errors)"\s*:/.test(body)
  if (isGraphql && graphqlStatuses.has(status)) return { kind: 'graphql' }
  const shape =
    body === '' ? 'an empty body' : isJson ? 'no GraphQL answer' : 'a body that is no JSON'
  return { kind: 'broken', detail: status === 200 ? shape : `HTTP ${status}`, final: false, wait }
}

function parses(body: string): boolean {
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}
