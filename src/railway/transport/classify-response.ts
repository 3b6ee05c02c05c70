import type { HttpResponse } from './http.ts'
import { readRetryAfter } from './rate-limit-headers.ts'

/**
 * The HTTP statuses with which a GraphQL body is accepted. Railway sends most rejections with 200. A server in front of
 * Railway may send 401 or 403.
 */
const graphqlStatuses: ReadonlySet<number> = new Set([200, 400, 401, 403])

/** The kind of an HTTP response, before GraphQL is parsed. `wait` is the value of `Retry-After`, in milliseconds. */
export type ResponseKind =
  | { readonly kind: 'graphql' }
  | { readonly kind: 'rate-limited'; readonly by: 'api' | 'edge'; readonly wait: number | null }
  /** The token is rejected. A retry would have the same result. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** The response is not usable. */
  | {
      readonly kind: 'broken'
      /** The cause as a noun phrase, such as `HTTP 502`. */
      readonly detail: string
      /** Whether a retry would have the same result. */
      readonly final: boolean
      readonly wait: number | null
    }

/** The maximum number of characters of a body that are searched for the text of Cloudflare's block page. */
const maxSearched = 10_000

/**
 * Classifies an HTTP response: GraphQL, a rate limit, a rejected token, or a response that is not usable. Not usable
 * are server errors, HTML pages, redirects, and incomplete bodies. `now` is in milliseconds since the epoch.
 */
export function classifyResponse(
  { status, header, body, json }: HttpResponse,
  now: number,
): ResponseKind {
  const wait = readRetryAfter(header('retry-after'), now)
  const isJson = json !== undefined
  if (status === 429 || (!isJson && isEdgeBlock(body))) {
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
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
  const isGraphql = isObject && ('data' in json || 'errors' in json)
  if (isGraphql && graphqlStatuses.has(status)) return { kind: 'graphql' }
  if (status === 401 || (status === 403 && isJson)) {
    const message = isObject && 'message' in json ? json.message : null
    return {
      kind: 'unauthorized',
      message: typeof message === 'string' ? message : `HTTP ${status}`,
    }
  }
  const shape =
    body === '' ? 'an empty body' : isJson ? 'no GraphQL response' : 'a body that is not JSON'
  return { kind: 'broken', detail: status === 200 ? shape : `HTTP ${status}`, final: false, wait }
}

/** Returns whether a body is the page with which Cloudflare blocks an IP address in front of Railway's API. */
function isEdgeBlock(body: string): boolean {
  const page = body.slice(0, maxSearched).toLowerCase()
  return (
    page.includes('error 1015') || (page.includes('access denied') && page.includes('cloudflare'))
  )
}
