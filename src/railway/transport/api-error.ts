import {
  type Effect,
  type Failure,
  failure,
  type InterruptedActivity,
  type Location,
  type Presence,
} from '../../errors/codes.ts'
import type { TokenType } from '../../token-type.ts'

/**
 * The reason why Railway rejected a request. Railway sends most rejections with HTTP 200 and the code
 * INTERNAL_SERVER_ERROR. The reason therefore follows from the text of the message (see `classifyError`).
 */
export type ErrorReason =
  | 'not-authorized'
  | 'not-found'
  | 'two-factor'
  | 'throttled'
  | 'cooldown'
  | 'commit-not-found'
  | 'name-taken'
  | 'nothing-staged'
  | 'invalid-document'
  | 'page-too-large'
  | 'plan'
  | 'other'

/** The reason why a request has no usable response. */
export type ApiProblem =
  /** Railway rejected the request with an error. */
  | {
      readonly kind: 'refused'
      readonly operation: string
      readonly reason: ErrorReason
      readonly message: string
      readonly path: readonly (string | number)[]
      readonly traceId: string | null
      readonly workspace: string | null
      /** `true` if the token was probed again after the rejection, and Railway accepted it. */
      readonly tokenChecked?: boolean
      /** The further errors of the same response. Railway may list the first one only. */
      readonly others?: readonly ApiProblem[]
    }
  /** The token was valid at the start of the run. Railway now rejects it in every probe. */
  | { readonly kind: 'token-invalid'; readonly failure: Failure }
  /** There was no response, or the response is not GraphQL. */
  | {
      readonly kind: 'unavailable'
      /** The cause as a noun phrase, such as `HTTP 502` or `no response within 30 s`. */
      readonly detail: string
      /** `false` if the request certainly did not reach Railway. */
      readonly sent: boolean
      /** `true` if a retry would have the same result. */
      readonly final?: boolean | undefined
      /** `true` if the response exceeds the size limit. A request for fewer objects may succeed. */
      readonly tooLarge?: boolean | undefined
      /** `true` if this machine does not trust the certificate of the server. */
      readonly untrusted?: boolean | undefined
    }
  /**
   * A rate limit rejected the request: that of the API, or that of the network in front of the API (`edge`). `resetsAt`
   * is in milliseconds since the epoch.
   */
  | { readonly kind: 'rate-limited'; readonly by: 'api' | 'edge'; readonly resetsAt: number | null }
  /** A field of the response has an unexpected format. `field` is its path, separated by dots. */
  | {
      readonly kind: 'incompatible'
      readonly operation: string
      readonly field: string
      readonly detail: string
    }
  /** The job was cancelled. The request was not sent, or had no effect. */
  | { readonly kind: 'cancelled' }

/** An error for a request without a usable response. Its message contains no headers and no variables. */
export class ApiError extends Error {
  readonly problem: ApiProblem

  constructor(problem: ApiProblem, options?: ErrorOptions) {
    super(`Railway: ${problem.kind}`, options)
    this.name = 'ApiError'
    this.problem = problem
  }
}

/** Returns the problem of an {@link ApiError}. Throws any other error again. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiError) return error.problem
  throw error
}

/** Returns whether a change may have taken effect: it was sent, and no response rejects it. */
export const mayHaveTakenEffect = (problem: ApiProblem): boolean =>
  problem.kind === 'incompatible' || (problem.kind === 'unavailable' && problem.sent)

/**
 * Returns whether Railway rejected a request without naming a cause (`Problem processing request`). A change may have
 * taken effect before such a rejection.
 */
export const hasNoCause = (problem: ApiProblem): boolean =>
  problem.kind === 'refused' && problem.reason === 'other'

/** The facts about the request that the failure also reports. */
export interface FailureContext extends InterruptedActivity {
  readonly effect: Effect
  readonly tokenType: TokenType
  /** The state of the object; `null` or missing if it was not looked up after the rejection. */
  readonly presence?: ObjectPresence | null
}

/** The state of the project, environment or service of a rejected request, as a later query reports it. */
export type ObjectPresence =
  | Presence
  /** The environment exists, but the token may not change it. */
  | { readonly kind: 'restricted'; readonly at: Location }

/** Converts the problem of a request into the failure that the run reports. */
export function toFailure(
  problem: ApiProblem,
  { activity, object, effect, tokenType, presence = null }: FailureContext,
): Failure {
  switch (problem.kind) {
    case 'refused':
      if (problem.reason === 'two-factor') {
        return failure('two-factor-required', { workspace: problem.workspace })
      }
      if (problem.reason === 'invalid-document') {
        return failure('api-incompatible', {
          operation: problem.operation,
          field: problem.path.join('.') || 'the document',
          detail: describeRefusal(problem),
        })
      }
      if (presence?.kind === 'restricted') {
        const { project, environment } = presence.at
        return failure('environment-restricted', { project, environment, tokenType })
      }
      return failure('operation-not-permitted', {
        activity,
        object,
        tokenType,
        reason: isExplained(problem.reason) ? problem.reason : 'other',
        message: describeRefusal(problem),
        ...(problem.tokenChecked && { tokenChecked: true }),
        ...(presence && { presence }),
      })
    case 'token-invalid':
      return problem.failure
    case 'unavailable':
      return failure('api-unavailable', {
        activity,
        object,
        detail: problem.detail,
        effect,
        ...(problem.untrusted && { untrusted: true }),
      })
    case 'rate-limited':
      return failure('rate-limited', {
        by: problem.by,
        activity,
        object,
        needed: null,
        remaining: null,
        resetsAt: problem.resetsAt === null ? null : new Date(problem.resetsAt).toISOString(),
      })
    case 'incompatible': {
      const { operation, field, detail } = problem
      return failure('api-incompatible', { operation, field, detail })
    }
    case 'cancelled':
      return failure('cancelled', { started: 0, unfinished: 0 })
  }
}

const isExplained = (reason: ErrorReason) =>
  reason === 'not-authorized' || reason === 'not-found' || reason === 'plan'

/** Returns Railway's message, with the trace id if there is one. Railway's support asks for the trace id. */
export function describeRefusal(problem: { message: string; traceId: string | null }): string {
  return problem.traceId ? `${problem.message} (trace ${problem.traceId})` : problem.message
}
