import { z } from 'zod'

/** The reason why GitHub rejects a request. */
export type RejectionCause =
  /** The token lacks a permission for the request. */
  | { readonly kind: 'missing-permission' }
  | { readonly kind: 'not-found' }
  /** GitHub rejects the request for another reason. `detail` is text from outside if it quotes GitHub. */
  | { readonly kind: 'refused'; readonly detail: string }

/** A rejection of a request by GitHub. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | undefined>>
  readonly data: unknown
}

/** The maximum wait for a rate limit in seconds, even if GitHub requires a longer one. */
const maxWait = 3_600

const bodySchema = z.object({ message: z.string() })

/** Parses a body that came as text because its content type was missing or wrong. Text that is not JSON stays text. */
function parseBody(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

/**
 * The causes that GitHub states with 403 and that no permission of the job would change. The texts are GitHub's own
 * (docs.github.com/rest, "Rate limits for the REST API" and "Troubleshooting the REST API").
 */
const causes: readonly (readonly [RegExp, string])[] = [
  [/\blocked\b/i, 'the conversation is locked'],
  [/\barchived\b/i, 'the repository is archived and can only be read'],
  [
    /\bSAML\b|single sign-on|\bSSO\b/i,
    "the token is not authorized for the organization's single sign-on",
  ],
  [/\bsuspended\b/i, 'the account or the installation is suspended'],
  [/\bIP allow list\b/i, "the organization's IP allow list does not have this runner"],
  [/\bdisabled\b/i, 'the feature is disabled in the repository'],
  [/\bblocked\b/i, 'the author is blocked'],
]

/** The messages of GitHub about a missing permission. */
const missingPermission =
  /not accessible by|must have|permission|not authorized|requires? .*(scope|access)/i

/**
 * Classifies a rejection, with the seconds after which the request may be repeated; `null` if that would change
 * nothing. `now` is in milliseconds since the epoch.
 */
export function classifyErrorResponse(
  { status, headers, data }: ErrorResponse,
  now: number,
): { cause: RejectionCause; retryAfter: number | null } {
  const body = parseBody(data)
  const message = (bodySchema.safeParse(body).data?.message ?? '').slice(0, 300)
  const plain = (cause: RejectionCause) => ({ cause, retryAfter: null })
  const isLimit =
    status === 429 ||
    (status === 403 &&
      (headers['retry-after'] !== undefined ||
        String(headers['x-ratelimit-remaining']) === '0' ||
        /rate limit|abuse detection/i.test(message)))
  if (isLimit) {
    const kind = /secondary|abuse/i.test(message) ? 'its secondary rate limit' : 'its rate limit'
    return { cause: { kind: 'refused', detail: kind }, retryAfter: waitOf(headers, now) }
  }
  // GitHub's API responds in JSON. Anything else is from a proxy or a firewall.
  if (typeof body === 'string' && body.trim() !== '') {
    return plain({
      kind: 'refused',
      detail: `HTTP ${status}, which is no response of GitHub's API`,
    })
  }
  if (status === 404) return plain({ kind: 'not-found' })
  if (status === 401) return plain({ kind: 'refused', detail: 'the `github-token` is not valid' })
  const cause = causes.find(([pattern]) => pattern.test(message))
  if (cause && (status === 403 || status === 410 || status === 422)) {
    return plain({ kind: 'refused', detail: cause[1] })
  }
  if (status === 403 && (message === '' || missingPermission.test(message))) {
    return plain({ kind: 'missing-permission' })
  }
  return plain({ kind: 'refused', detail: `HTTP ${status}${message ? ` (${message})` : ''}` })
}

/** Returns the wait: `Retry-After` in seconds or as a date, else until the reset of the limit, else a minute. */
function waitOf(headers: ErrorResponse['headers'], now: number): number {
  const given = String(headers['retry-after'] ?? '').trim()
  // A proxy may have merged two of them: `5, 9`.
  const seconds = /^\d+(?:\.\d+)?(?=$|\s*,)/.exec(given)?.[0]
  if (seconds !== undefined) return bounded(Number(seconds))
  const date = Date.parse(given)
  if (Number.isFinite(date)) return bounded((date - now) / 1000)
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  return Number.isFinite(reset) ? bounded(reset - now / 1000) : 60
}

const bounded = (seconds: number) => Math.min(maxWait, Math.max(1, Math.ceil(seconds)))
