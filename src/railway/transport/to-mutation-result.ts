import type { Effect, InterruptedActivity } from '../../errors/codes.ts'
import type { NotConfirmed, RejectionReason } from '../../execute/mutation-result.ts'
import type { TokenType } from '../../token-type.ts'
import {
  ApiError,
  type ApiProblem,
  mayHaveTakenEffect,
  type ObjectPresence,
  toFailure,
} from './api-error.ts'

/** The effects of a failed change that the failure reports. */
export interface MutationEffects {
  /** The effect if Railway rejected the change, or if it was not sent. */
  readonly ifRejected: Effect
  /** The effect if Railway's response was lost, so that the change may have been made. */
  readonly ifLost: Effect
}

/** A change, with the facts that its failure reports. */
export interface Mutation extends InterruptedActivity, MutationEffects {
  readonly tokenType: TokenType
  /** The state of the object; `null` or missing if it was not looked up after the rejection. */
  readonly presence?: ObjectPresence | null
}

/**
 * Converts the problem of a change into its result. The result is `lost` if the change was sent and no response rejects
 * it. It is `rejected` otherwise, with `certain: false` if the rejection names no cause: the change may then have been
 * made. This also holds if a lookup rejects the object, because a rejected lookup does not prove that it was deleted.
 */
export function toMutationResult(problem: ApiProblem, mutation: Mutation): NotConfirmed {
  if (problem.kind === 'cancelled') return { kind: 'not-sent' }
  const { activity, object, tokenType, ifRejected, ifLost, presence = null } = mutation
  const isLost = mayHaveTakenEffect(problem)
  const effect = isLost ? ifLost : ifRejected
  const failure = toFailure(problem, { activity, object, tokenType, effect, presence })
  if (isLost) return { kind: 'lost', failure }
  const named = reasonOf(problem)
  const reason = presence?.kind === 'deleted' ? 'deleted' : named
  return { kind: 'rejected', reason, certain: named !== 'other', failure }
}

function reasonOf(problem: ApiProblem): RejectionReason {
  switch (problem.kind) {
    case 'refused':
      return problem.reason
    case 'token-invalid':
    case 'rate-limited':
    case 'unavailable':
      return problem.kind
    case 'incompatible':
    case 'cancelled':
      return 'other'
  }
}

/** Throws {@link ApiError} `refused` if a mutation returned `false`. Railway then names no cause. */
export function acceptOrThrow({ name }: { name: string }, accepted: boolean): void {
  if (accepted) return
  throw new ApiError({
    kind: 'refused',
    operation: name,
    reason: 'other',
    message: 'false',
    path: [],
    traceId: null,
    workspace: null,
  })
}
