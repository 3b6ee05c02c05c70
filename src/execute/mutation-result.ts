import type { Failure } from '../errors/codes.ts'

/** The reason why Railway or the client rejects a change; `other` if it is none of these. */
export type RejectionReason =
  | 'not-authorized'
  | 'not-found'
  /** The object of the change existed earlier in the run and was deleted meanwhile. */
  | 'deleted'
  | 'two-factor'
  | 'throttled'
  | 'cooldown'
  | 'commit-not-found'
  | 'name-taken'
  | 'nothing-staged'
  | 'invalid-document'
  | 'page-too-large'
  /** The workspace's plan, an expired trial or a limit of the account does not allow the change. */
  | 'plan'
  /** The token is not valid any more. */
  | 'token-invalid'
  /** The rate limit does not allow the request before the deadline. */
  | 'rate-limited'
  /** The request never reached Railway. */
  | 'unavailable'
  | 'other'

/** The result of a change that was made. */
export interface Done<Value> {
  readonly kind: 'done'
  readonly value: Value
}

/** The result of a change that was rejected. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly reason: RejectionReason
  /** `true` if the change was certainly not made. `false` if Railway may have made it before the rejection. */
  readonly certain: boolean
  readonly failure: Failure
}

/** The result of a change whose response was lost. The change may or may not have been made. */
export interface ResponseLost {
  readonly kind: 'lost'
  readonly failure: Failure
}

/** The result of a change that was not sent because the job had been cancelled. */
export interface NotSent {
  readonly kind: 'not-sent'
}

/** The result of a change that is not known to be made. */
export type NotConfirmed = Rejected | ResponseLost | NotSent

/** The result of requesting a change. */
export type MutationResult<Value> = Done<Value> | NotConfirmed

export const done = <Value>(value: Value): Done<Value> => ({ kind: 'done', value })
