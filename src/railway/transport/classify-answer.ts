import type { HttpAnswer } from './http.ts'
import { readRetryAfter } from './rate-limit-headers.ts'

/**
 * Statuses that GraphQL answers come with. Railway says 200 to most refusals; something in front of it
 * may say 401 or 403, and what counts is in the body.
 */
const graphqlStatuses: ReadonlySet<number> = new Set([200, 400, 401, 403])

/** The kinds of HTTP answers, before GraphQL is looked at. `wait` is what `Retry-After` asks for, in milliseconds. */
export type AnswerKind =
  | { readonly kind: 'graphql' }
  | { readonly kind: 'rate-limited'; readonly by: 'api' | 'edge'; readonly wait: number | null }
  /** The token is not accepted, and will not be the next time. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  | {
      readonly kind: 'broken'
      readonly detail: string
      readonly final: boolean
      readonly wait: number | null
    }

/** Characters of a page that are looked at. */
const recognizable = 10_000

/**
 * Tells a GraphQL answer (which may come with 200 or 400) from a limit, and from everything that is no answer:
 * server errors, pages of HTML, redirects, bodies cut short.
 */
export function classifyAnswer(
  { status, header, body, json }: HttpAnswer,
  now: number,
): AnswerKind {
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
    body === '' ? 'an empty body' : isJson ? 'no GraphQL answer' : 'a body that is no JSON'
  return { kind: 'broken', detail: status === 200 ? shape : `HTTP ${status}`, final: false, wait }
}

/** Recognizes the page of the network in front of the API that blocks an address for a while. */
function isEdgeBlock(body: string): boolean {
  const page = body.slice(0, recognizable).toLowerCase()
  return (
    page.includes('error 1015') || (page.includes('access denied') && page.includes('cloudflare'))
  )
}
