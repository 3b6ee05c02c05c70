import { type BatchOperation, batchOf, batchVariables } from '../operations/operation.ts'
import { ApiError, type ApiProblem, problemOf } from './api-error.ts'
import type { RailwayClient } from './client.ts'

/** The answer to one item of a batch, or the problem of this item. */
export type ItemAnswer<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly problem: ApiProblem }

/** The number of items in the first batch of a run. Railway does not document its limit. */
const firstSize = 200

/** The number of rejections of one document after which the run does not send it again. */
const believedAfter = 2

/** The time for retries of a batch before a smaller batch is tried, in milliseconds. */
const batchRetryBudget = 20_000

/**
 * The position of an attempt at a batch that gets no answer. `first`: nothing else was tried before. `second`: a request
 * for one item was answered after the first attempt. `last`: that request got no answer either. The size is then not
 * the cause, and the batch is retried with the usual retry budget.
 */
type BatchAttempt = 'first' | 'second' | 'last'

/**
 * A client that sends one operation for many items in as few requests as the API accepts.
 *
 * Every root field is non-null, so the rejection of one item removes the answers to all items of its batch. If the
 * rejection names the item, the other items are requested again without it. Otherwise the batch is divided into halves
 * until the rejected item is alone in its batch.
 *
 * A batch that is too large is also divided. The run keeps the size that worked. If a request for one item has the same
 * problem, the size is not the cause. An outage therefore does not reduce the size.
 */
export class Batcher {
  readonly #client: RailwayClient
  #size = firstSize
  /** The number of rejections of a document and the last one, by the name of the operation. */
  readonly #refused = new Map<string, { times: number; problem: ApiProblem }>()

  constructor(client: RailwayClient) {
    this.#client = client
  }

  /** The maximum number of items in the next batch. */
  get size(): number {
    return this.#size
  }

  /**
   * Requests all items. Returns their answers in the order of the items. Throws {@link ApiError} if no further request
   * is possible: no answer from the API, a rate limit, a cancelled job, or an invalid token.
   */
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

  /** Requests the items in batches of at most `size` items. */
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

  /** Requests only the first item. Returns its problem, or `null` if it was answered. */
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

/**
 * Returns the index of the item that a rejection or a parse error names (`item7` at the start of its path), or `null` if
 * it names none.
 */
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

/** Returns whether the problem prevents all further requests. */
const endsAll = ({ kind }: ApiProblem) =>
  kind === 'rate-limited' || kind === 'cancelled' || kind === 'token-invalid'

/** Returns whether the API rejected the GraphQL document itself, for its size or for another reason. */
const isInvalid = (problem: ApiProblem) =>
  problem.kind === 'refused' && problem.reason === 'invalid-document'
