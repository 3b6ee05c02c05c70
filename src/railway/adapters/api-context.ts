import { type Effect, type Failure, failure, type InterruptedActivity } from '../../errors/codes.ts'
import { done, type MutationResult, type NotConfirmed } from '../../execute/mutation-result.ts'
import type { TokenType } from '../../token-type.ts'
import { FatalFailure } from '../fatal-failure.ts'
import { type ApiProblem, problemOf, toFailure } from '../transport/api-error.ts'
import { Batcher } from '../transport/batcher.ts'
import type { RailwayClient } from '../transport/client.ts'
import { type MutationEffects, toMutationResult } from '../transport/to-mutation-result.ts'
import { type ChangedObject, DeletionLookup, mayBeDeleted } from './deletion-lookup.ts'

/** The problem of an item of a batch that the response does not contain. */
export const itemMissing: ApiProblem = {
  kind: 'unavailable',
  detail: 'a response without a requested item',
  sent: true,
}

/**
 * The number of services of an environment that lookups have to find, so that rejections in it are not explained by a
 * deletion any more.
 */
const enoughFound = 3

/** The dependencies that all adapters share. It exists only after the token's scope was determined. */
export class ApiContext {
  readonly client: RailwayClient
  readonly batcher: Batcher
  readonly tokenType: TokenType
  readonly existence: DeletionLookup

  constructor(client: RailwayClient, tokenType: TokenType) {
    this.client = client
    this.tokenType = tokenType
    this.existence = new DeletionLookup(client)
    this.batcher = new Batcher(client, (id) => this.existence.isMissing(id))
  }

  /**
   * Converts the problem of a request into a failure that users see. `interrupted`: the activity that the request
   * belongs to, and its object. `effect`: the effect of the problem on that object.
   */
  failure(problem: ApiProblem, interrupted: InterruptedActivity, effect: Effect): Failure {
    return toFailure(problem, { ...interrupted, effect, tokenType: this.tokenType })
  }

  /** Returns the result of `read`, which runs before the first change. Throws {@link FatalFailure} if `read` fails. */
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

  /** Returns the result of `read`, or `null` if Railway's API caused an error. Any other error is thrown. */
  async orNull<Value>(read: () => Promise<Value>): Promise<Value | null> {
    try {
      return await read()
    } catch (error) {
      problemOf(error)
      return null
    }
  }

  /**
   * Requests a change of an object with `make`. Returns the value of `make`, or the result of a change that was
   * rejected, lost or not sent.
   */
  async change<Value>(
    object: ChangedObject,
    interrupted: InterruptedActivity,
    effects: MutationEffects,
    make: () => Promise<Value>,
  ): Promise<MutationResult<Value>> {
    try {
      return done(await make())
    } catch (error) {
      return this.toMutationResult(problemOf(error), object, interrupted, effects)
    }
  }

  /**
   * Returns the failure of an activity on an object that existed earlier in the run and is deleted now. Returns `null`
   * if the object exists, if its state cannot be read, or if {@link enoughFound} other services of its environment were
   * just found.
   */
  async failureIfDeleted(
    object: ChangedObject,
    interrupted: InterruptedActivity,
  ): Promise<Failure | null> {
    const presence = await this.existence.lookUp(object, enoughFound)
    if (presence?.kind !== 'deleted') return null
    const { tokenType } = this
    const rejection = { reason: 'not-found', message: '' } as const
    return failure('operation-not-permitted', { ...interrupted, ...rejection, tokenType, presence })
  }

  /**
   * Converts the problem of a change into the result of the change. If the object may have been deleted, it is looked
   * up first, so that the failure can say so. `effects`: the state if the change was rejected, and if its response was
   * lost.
   */
  async toMutationResult(
    problem: ApiProblem,
    object: ChangedObject,
    interrupted: InterruptedActivity,
    effects: MutationEffects,
  ): Promise<NotConfirmed> {
    const presence = mayBeDeleted(problem) ? await this.existence.lookUp(object) : null
    const { tokenType } = this
    return toMutationResult(problem, { ...interrupted, ...effects, tokenType, presence })
  }
}
