import type { Failure } from '../errors/codes.ts'

/** The reasons for which a change is rejected, as far as they can be distinguished. */
export type RejectionReason =
  | 'not-authorized'
  | 'not-found'
  /** Its object was there earlier in the run, and was deleted meanwhile. */
  | 'deleted'
  | 'two-factor'
  | 'throttled'
  | 'cooldown'
  | 'commit-not-found'
  | 'name-taken'
  | 'nothing-staged'
  | 'invalid-document'
  | 'page-too-large'
  /** The plan, a trial that ended or a limit of the account does not allow it. */
  | 'plan'
  /** The token is not valid any more. */
  | 'token-invalid'
  /** The request limit does not allow it before the deadline. */
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
  /** `false` if the rejection may have come after the change was made. */
  readonly certain: boolean
  readonly failure: Failure
}

/** The result of a change without an answer: it may or may not have taken effect. */
export interface Lost {
  readonly kind: 'lost'
  readonly failure: Failure
}

/** The result of a change that was not sent because the job had been cancelled. */
export interface NotSent {
  readonly kind: 'not-sent'
}

/** The result of a change that was not made, as far as is known. */
export type Unmade = Rejected | Lost | NotSent

/** The result of requesting a change. */
export type MutationResult<Value> = Done<Value> | Unmade

/** Returns the result of a change that was made. */
export const done = <Value>(value: Value): Done<Value> => ({ kind: 'done', value })
