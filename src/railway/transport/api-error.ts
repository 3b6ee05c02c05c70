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
 * The reasons of a rejection. Railway gives most of them as HTTP 200 with the code INTERNAL_SERVER_ERROR, so the text
 * decides (see `classifyError`).
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

/** The reasons why a request has no usable answer. */
export type ApiProblem =
  | {
      readonly kind: 'refused'
      readonly operation: string
      readonly reason: ErrorReason
      readonly message: string
      readonly path: readonly (string | number)[]
      readonly traceId: string | null
      readonly workspace: string | null
      /** `true` if the token was probed again after it, and accepted. */
      readonly tokenChecked?: boolean
      /** The further errors of the same answer. Railway may list the first one only. */
      readonly others?: readonly ApiProblem[]
    }
  /** The token was valid and is not any more: all probes were refused. */
  | { readonly kind: 'token-invalid'; readonly failure: Failure }
  | {
      readonly kind: 'unavailable'
      readonly detail: string
      /** `false` if the request certainly never reached Railway. */
      readonly sent: boolean
      /** `true` if every repetition would end the same way. */
      readonly final?: boolean | undefined
      /** `true` if the answer was larger than the limit: a smaller part may be readable. */
      readonly tooLarge?: boolean | undefined
      /** `true` if the certificate of the server is not trusted on this machine. */
      readonly untrusted?: boolean | undefined
    }
  | { readonly kind: 'rate-limited'; readonly by: 'api' | 'edge'; readonly resetsAt: number | null }
  | {
      readonly kind: 'incompatible'
      readonly operation: string
      readonly field: string
      readonly detail: string
    }
  | { readonly kind: 'cancelled' }

/** A request that ended without a usable answer. Its text has neither headers nor variables. */
export class ApiError extends Error {
  readonly problem: ApiProblem

  constructor(problem: ApiProblem, options?: ErrorOptions) {
    super(`Railway: ${problem.kind}`, options)
    this.name = 'RailwayError'
    this.problem = problem
  }
}

/** Returns the problem of an error. An error of another kind is thrown on. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiError) return error.problem
  throw error
}

/** Returns whether a change may have taken effect: it was sent, and no answer says that it was rejected. */
export const mayHaveTakenEffect = (problem: ApiProblem): boolean =>
  problem.kind === 'incompatible' || (problem.kind === 'unavailable' && problem.sent)

/** Returns whether a rejection names no cause (`Problem processing request`): it may have come after the change. */
export const hasNoCause = (problem: ApiProblem): boolean =>
  problem.kind === 'refused' && problem.reason === 'other'

/** The context of a failure: the request that a problem interrupted. */
export interface FailureContext extends InterruptedActivity {
  readonly effect: Effect
  readonly tokenType: TokenType
  /** The state of the object, if it was looked up. */
  readonly presence?: ObjectPresence | null
}

/** The state of an object that was looked up, with the environment that it is or is in. */
export type ObjectPresence =
  | Presence
  /** It can be seen, but the token may not act in it any more. */
  | { readonly kind: 'restricted'; readonly at: Location }

/** Converts a problem into the failure that a run reports. */
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

/** Returns Railway's message with the trace id that its support asks for. */
export function describeRefusal(problem: { message: string; traceId: string | null }): string {
  return problem.traceId ? `${problem.message} (trace ${problem.traceId})` : problem.message
}
