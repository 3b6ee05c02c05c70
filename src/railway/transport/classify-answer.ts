import type { HttpAnswer } from './http.ts'
import { readRetryAfter } from './rate-limit-headers.ts'

/**
 * The statuses that GraphQL answers come with. Railway sends 200 with most rejections. A server in front of it may send
 * 401 or 403. The body decides.
 */
const graphqlStatuses: ReadonlySet<number> = new Set([200, 400, 401, 403])

/** The kinds of HTTP answers, before GraphQL is parsed. `wait` is the value of `Retry-After`, in milliseconds. */
export type AnswerKind =
  | { readonly kind: 'graphql' }
  | { readonly kind: 'rate-limited'; readonly by: 'api' | 'edge'; readonly wait: number | null }
  /** The token is not accepted, and a repetition would not change that. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  | {
      readonly kind: 'broken'
      readonly detail: string
      readonly final: boolean
      readonly wait: number | null
    }

/** The number of characters of a page that are searched. */
const recognizable = 10_000

/**
 * Classifies an answer: GraphQL (which may come with 200 or 400), a limit, or no usable answer, such as server errors,
 * pages of HTML, redirects, and incomplete bodies.
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
