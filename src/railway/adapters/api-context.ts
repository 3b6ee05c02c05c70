import type { Effect, Failure, InterruptedActivity } from '../../errors/codes.ts'
import { done, type MutationResult, type Unmade } from '../../execute/mutation-result.ts'
import type { TokenType } from '../../token-type.ts'
import { FatalFailure } from '../fatal-failure.ts'
import { type ApiProblem, problemOf, toFailure } from '../transport/api-error.ts'
import { Batcher } from '../transport/batcher.ts'
import type { RailwayClient } from '../transport/client.ts'
import { type MutationEffects, toMutationResult } from '../transport/mutation-result.ts'

/** The dependencies that all adapters share once the token's scope is known. */
export class ApiContext {
  readonly client: RailwayClient
  readonly batcher: Batcher
  readonly tokenType: TokenType

  constructor(client: RailwayClient, tokenType: TokenType) {
    this.client = client
    this.batcher = new Batcher(client)
    this.tokenType = tokenType
  }

  /** Converts the problem of a request into a failure. */
  failure(problem: ApiProblem, interrupted: InterruptedActivity, effect: Effect): Failure {
    return toFailure(problem, { ...interrupted, effect, tokenType: this.tokenType })
  }

  /** Reads a value before anything is changed. Throws {@link FatalFailure} if it cannot be read. */
  async require<Value>(
    interrupted: InterruptedActivity,
    read: () => Promise<Value>,
  ): Promise<Value> {
    try {
      return await read()
    } catch (error) {
      const failure = this.failure(problemOf(error), interrupted, 'nothing-changed')
      throw new FatalFailure(failure, { cause: error })
    }
  }

  /** Reads a value that decides nothing; `null` if it cannot be read. */
  async orNull<Value>(read: () => Promise<Value>): Promise<Value | null> {
    try {
      return await read()
    } catch (error) {
      problemOf(error)
      return null
    }
  }

  /** Makes a change and returns its result. `exists` looks up its object after a rejection. */
  async change<Value>(
    interrupted: InterruptedActivity,
    effects: MutationEffects,
    make: () => Promise<Value>,
    exists: () => Promise<boolean | null> = async () => null,
  ): Promise<MutationResult<Value>> {
    try {
      return done(await make())
    } catch (error) {
      const problem = problemOf(error)
      const found = isAboutObject(problem) ? await exists() : null
      return this.unmade(problem, interrupted, { ...effects, exists: found })
    }
  }

  /** Converts the problem of a change into its result. */
  unmade(
    problem: ApiProblem,
    interrupted: InterruptedActivity,
    effects: MutationEffects & { readonly exists?: boolean | null },
  ): Unmade {
    return toMutationResult(problem, { ...interrupted, ...effects, tokenType: this.tokenType })
  }
}

/** Returns whether a rejection may mean that its object no longer exists. */
export const isAboutObject = (problem: ApiProblem): boolean =>
  problem.kind === 'refused' &&
  (problem.reason === 'not-found' || problem.reason === 'not-authorized')
