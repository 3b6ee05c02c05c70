import { type Effect, type Failure, failure, type InterruptedActivity } from '../../errors/codes.ts'
import { done, type MutationResult, type Unmade } from '../../execute/mutation-result.ts'
import type { TokenType } from '../../token-type.ts'
import { FatalFailure } from '../fatal-failure.ts'
import { type ApiProblem, problemOf, toFailure } from '../transport/api-error.ts'
import { Batcher } from '../transport/batcher.ts'
import type { RailwayClient } from '../transport/client.ts'
import { type MutationEffects, toMutationResult } from '../transport/to-mutation-result.ts'
import { type ChangedObject, Existence, mayBeDeleted } from './existence.ts'

/** The dependencies that all adapters share once the token's scope is known. */
export class ApiContext {
  readonly client: RailwayClient
  readonly batcher: Batcher
  readonly tokenType: TokenType
  readonly existence: Existence

  constructor(client: RailwayClient, tokenType: TokenType) {
    this.client = client
    this.tokenType = tokenType
    this.existence = new Existence(client)
    this.batcher = new Batcher(client, (id) => this.existence.isMissing(id))
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

  /** Makes a change of an object, and returns its result. */
  async change<Value>(
    object: ChangedObject,
    interrupted: InterruptedActivity,
    effects: MutationEffects,
    make: () => Promise<Value>,
  ): Promise<MutationResult<Value>> {
    try {
      return done(await make())
    } catch (error) {
      return this.unmade(problemOf(error), object, interrupted, effects)
    }
  }

  /** Returns the failure of an object that was there earlier and is deleted now; `null` if it is not known to be. */
  async deleted(object: ChangedObject, interrupted: InterruptedActivity): Promise<Failure | null> {
    const presence = await this.existence.of(object)
    if (presence?.kind !== 'deleted') return null
    const { tokenType } = this
    const refusal = { reason: 'not-found', message: '' } as const
    return failure('operation-not-permitted', { ...interrupted, ...refusal, tokenType, presence })
  }

  /**
   * Converts the problem of a change into its result. Every rejected change comes through here. One that may mean that
   * its object was deleted is looked into first; the client has probed the token by then.
   */
  async unmade(
    problem: ApiProblem,
    object: ChangedObject,
    interrupted: InterruptedActivity,
    effects: MutationEffects,
  ): Promise<Unmade> {
    const presence = mayBeDeleted(problem) ? await this.existence.of(object) : null
    const { tokenType } = this
    return toMutationResult(problem, { ...interrupted, ...effects, tokenType, presence })
  }
}
