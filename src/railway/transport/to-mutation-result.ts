import type { Effect, InterruptedActivity } from '../../errors/codes.ts'
import type { RejectionReason, Unmade } from '../../execute/mutation-result.ts'
import type { TokenType } from '../../token-type.ts'
import {
  ApiError,
  type ApiProblem,
  mayHaveTakenEffect,
  type ObjectPresence,
  toFailure,
} from './api-error.ts'

/** The state of things after a change that was not made, as far as is known. */
export interface MutationEffects {
  readonly ifRejected: Effect
  readonly ifLost: Effect
}

/** A change, with the facts of the errors about it. */
export interface Mutation extends InterruptedActivity, MutationEffects {
  readonly tokenType: TokenType
  /** The state of the object, if it was looked up after a rejection. */
  readonly presence?: ObjectPresence | null
}

/**
 * Converts the error of a change into its result. This is the only place that decides whether the change may have been
 * made. It may if it was sent and no answer rejects it, or if the rejection names no cause. What was deleted is not changed
 * any more.
 */
export function toMutationResult(problem: ApiProblem, mutation: Mutation): Unmade {
  if (problem.kind === 'cancelled') return { kind: 'not-sent' }
  const { activity, object, tokenType, ifRejected, ifLost, presence = null } = mutation
  const isLost = mayHaveTakenEffect(problem)
  const effect = isLost ? ifLost : ifRejected
  const failure = toFailure(problem, { activity, object, tokenType, effect, presence })
  if (isLost) return { kind: 'lost', failure }
  const reason = presence?.kind === 'deleted' ? 'deleted' : reasonOf(problem)
  return { kind: 'rejected', reason, certain: reason !== 'other', failure }
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

/** Throws the rejection of a mutation that answers `false` instead of an error. It names no cause. */
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
