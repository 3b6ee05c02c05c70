import { type BatchOperation, batchOf, batchVariables } from '../operations/operation.ts'
import { ApiError, type ApiProblem, problemOf } from './api-error.ts'
import type { RailwayClient } from './client.ts'

/** The answer to one item of a batch, or the problem that only this item has. */
export type ItemAnswer<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly problem: ApiProblem }

/** The number of items in the first batches. Railway's own limit is not known. */
const firstSize = 200

/** The number of rejections after which a document is not sent again. */
const believedAfter = 2

/** The retry budget of a batch before a smaller one is tried, in milliseconds. */
const batchRetryBudget = 20_000

/**
 * The attempts at a batch. `first`: the whole batch. `second`: after one item alone was answered. `last`: after one
 * item alone had no answer either. Then the size cannot be the cause, and only waiting is left.
 */
type BatchAttempt = 'first' | 'second' | 'last'

/**
 * A client that requests the same of many items in as few requests as the API accepts.
 *
 * Every root field is non-null, so one rejected item nulls a whole answer. If the API names the item, the others are
 * requested again without it. If it names none, the batch is halved until the item stands alone. A batch that is too
 * large is halved as well, and the size that worked is kept for the run. If one item alone has the same problem, the
 * size is not the cause, so an outage makes no batch smaller. Throws {@link ApiError} only if nothing can be requested
 * at all (no answer, limits, cancelled, an invalid token).
 */
export class Batcher {
  readonly #client: RailwayClient
  #size = firstSize
  /** The documents that the API rejected even for one item: the number of times, and the rejection. */
  readonly #refused = new Map<string, { times: number; problem: ApiProblem }>()

  constructor(client: RailwayClient) {
    this.#client = client
  }

  /** The number of items that the next request may hold. */
  get size(): number {
    return this.#size
  }

  /** Requests items and returns the answers in their order. */
  ask<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
  ): Promise<ItemAnswer<Data>[]> {
    const refused = this.#refused.get(operation.name)
    if (refused && refused.times >= believedAfter) {
      const { problem } = refused
      return Promise.resolve(items.map(() => ({ ok: false, problem })))
    }
    return this.#askInParts(operation, items, this.#size)
  }

  /** Requests items in parts. A size that worked is remembered. */
  async #askInParts<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    size: number,
  ): Promise<ItemAnswer<Data>[]> {
    const answers: ItemAnswer<Data>[] = []
    while (answers.length < items.length) {
      const end = answers.length + Math.min(size, this.#size)
      answers.push(...(await this.#askPart(operation, items.slice(answers.length, end), size)))
    }
    return answers
  }

  async #askPart<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    size: number,
    attempt: BatchAttempt = items.length > 1 ? 'first' : 'last',
  ): Promise<ItemAnswer<Data>[]> {
    try {
      const answers = await this.#askOnce(operation, items, attempt)
      this.#size = Math.min(this.#size, size)
      return answers
    } catch (error) {
      const problem = problemOf(error)
      if (endsAll(problem)) throw error
      const isTooLarge = problem.kind === 'unavailable' && problem.tooLarge === true
      if (isTooLarge && items.length > 1) {
        return this.#askInParts(operation, items, Math.ceil(items.length / 2))
      }
      if (problem.kind === 'unavailable' && (problem.final || attempt === 'last')) throw error
      if (items.length === 1) {
        if (isInvalid(problem)) this.#countRefusal(operation, problem)
        return [{ ok: false, problem }]
      }
      if (problem.kind === 'unavailable' && attempt === 'first') {
        const alone = await this.#askAlone(operation, items)
        const next = alone?.kind === 'unavailable' ? 'last' : 'second'
        return this.#askPart(operation, items, size, next)
      }
      if (isInvalid(problem)) {
        const alone = await this.#askAlone(operation, items)
        if (alone && isInvalid(alone)) {
          this.#countRefusal(operation, problem)
          return items.map(() => ({ ok: false, problem }))
        }
      }
      const half = Math.ceil(items.length / 2)
      if (problem.kind === 'unavailable' || isInvalid(problem)) {
        return this.#askInParts(operation, items, half)
      }
      const failedItem = failedItemOf(problem, items.length)
      if (failedItem !== null) return this.#isolate(operation, items, size, failedItem, problem)
      const first = await this.#askPart(operation, items.slice(0, half), size)
      const second = await this.#askPart(operation, items.slice(half), size)
      return [...first, ...second]
    }
  }

  async #askOnce<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    attempt: BatchAttempt,
  ): Promise<ItemAnswer<Data>[]> {
    const { data } = await this.#client.call(
      batchOf(operation, items.length),
      batchVariables(items),
      { first: { retryBudget: batchRetryBudget }, second: { retryBudget: 0 }, last: {} }[attempt],
    )
    return items.map((_, index) => {
      const answer = data[`item${index}`]
      if (answer === undefined) throw new Error(`${operation.name}: no answer for item ${index}`)
      return { ok: true, data: answer }
    })
  }

  #countRefusal({ name }: { name: string }, problem: ApiProblem): void {
    const times = (this.#refused.get(name)?.times ?? 0) + 1
    this.#refused.set(name, { times, problem })
  }

  /** Requests the first item alone. Returns its problem, `null` if it is answered. */
  async #askAlone<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
  ): Promise<ApiProblem | null> {
    try {
      await this.#askOnce(operation, items.slice(0, 1), 'second')
      return null
    } catch (error) {
      const problem = problemOf(error)
      if (endsAll(problem)) throw error
      return problem
    }
  }

  async #isolate<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    size: number,
    failedItem: number,
    problem: ApiProblem,
  ): Promise<ItemAnswer<Data>[]> {
    const others = await this.#askPart(
      operation,
      items.filter((_, index) => index !== failedItem),
      size,
    )
    return others.toSpliced(failedItem, 0, { ok: false, problem })
  }
}

/** Returns the index of the item that the API or the parser names: `item7` at the head of the path. */
function failedItemOf(problem: ApiProblem, size: number): number | null {
  const head =
    problem.kind === 'refused' && problem.reason !== 'invalid-document'
      ? problem.path[0]
      : problem.kind === 'incompatible'
        ? problem.field.split('.')[0]
        : undefined
  const index = /^item(\d+)$/.exec(String(head ?? ''))?.[1]
  return index !== undefined && Number(index) < size ? Number(index) : null
}

/** Returns whether nothing at all can be requested any more. */
const endsAll = ({ kind }: ApiProblem) =>
  kind === 'rate-limited' || kind === 'cancelled' || kind === 'token-invalid'

/** Returns whether the document itself was rejected, for its size or for another reason. */
const isInvalid = (problem: ApiProblem) =>
  problem.kind === 'refused' && problem.reason === 'invalid-document'
