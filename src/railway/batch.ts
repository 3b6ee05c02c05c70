import type { RailwayClient } from './client.ts'
import { type BatchOperation, batchOf, batchVariables } from './operations/operation.ts'
import { type Problem, problemOf, RailwayError } from './problem.ts'

/** What a batch says of one item: its answer, or why it alone has none. */
export type ItemAnswer<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly problem: Problem }

/** How many items one request asks for at first. Railway's own limit is not known. */
const firstSize = 200

/** A batch is given this long before smaller ones are tried: it may be its size that is in the way. */
const batchPatience = 20_000

/**
 * Asks one thing of many items in as few requests as the API takes. Every root field is non-null, so one
 * refused item nulls a whole answer: an item that the API names is set aside and the others are asked
 * again; where none is named the batch is halved until the culprit stands alone. The size that worked is
 * remembered for the run.
 *
 * Throws {@link RailwayError} only where nothing can be asked at all (no answer, limits, cancelled).
 */
export class Batches {
  readonly #client: RailwayClient
  #size = firstSize

  constructor(client: RailwayClient) {
    this.#client = client
  }

  /** How many items the next request may ask for. */
  get size(): number {
    return this.#size
  }

  /** The answers in the order of the items. */
  async ask<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
  ): Promise<ItemAnswer<Data>[]> {
    const answers: ItemAnswer<Data>[] = []
    while (answers.length < items.length) {
      const part = items.slice(answers.length, answers.length + this.#size)
      answers.push(...(await this.#askPart(operation, part)))
    }
    return answers
  }

  async #askPart<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    afterSilence = false,
  ): Promise<ItemAnswer<Data>[]> {
    const trySmaller = items.length > 1 && !afterSilence
    try {
      const { data } = await this.#client.call(
        batchOf(operation, items.length),
        batchVariables(items),
        trySmaller ? { patience: batchPatience } : {},
      )
      return items.map((_, index) => {
        const answer = data[`item${index}`]
        if (answer === undefined) throw new Error(`${operation.name}: no answer for item ${index}`)
        return { ok: true, data: answer }
      })
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind === 'rate-limited' || problem.kind === 'cancelled') throw error
      if (problem.kind === 'unavailable' && !trySmaller) throw error
      if (items.length === 1) return [{ ok: false, problem }]
      const culprit = culpritOf(problem, items.length)
      if (culprit !== null) return this.#setAside(operation, items, culprit, problem)
      return this.#halve(operation, items, problem)
    }
  }

  async #setAside<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    culprit: number,
    problem: Problem,
  ): Promise<ItemAnswer<Data>[]> {
    const others = await this.#askPart(
      operation,
      items.filter((_, index) => index !== culprit),
    )
    return others.toSpliced(culprit, 0, { ok: false, problem })
  }

  async #halve<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    problem: Problem,
  ): Promise<ItemAnswer<Data>[]> {
    const half = Math.ceil(items.length / 2)
    if (isAboutSize(problem)) this.#size = Math.min(this.#size, half)
    if (problem.kind === 'refused' && isAboutSize(problem)) return this.ask(operation, items)
    // A second silence, at half the size, is an outage and not a matter of size.
    const silent = problem.kind === 'unavailable'
    const first = await this.#askPart(operation, items.slice(0, half), silent)
    const second = await this.#askPart(operation, items.slice(half), silent)
    return [...first, ...second]
  }
}

/** The index of the item that the API or the parser names: `item7` at the head of the path. */
function culpritOf(problem: Problem, size: number): number | null {
  const head =
    problem.kind === 'refused' && problem.meaning !== 'invalid-document'
      ? problem.path[0]
      : problem.kind === 'incompatible'
        ? problem.field.split('.')[0]
        : undefined
  const index = /^item(\d+)$/.exec(String(head ?? ''))?.[1]
  return index !== undefined && Number(index) < size ? Number(index) : null
}

const isAboutSize = (problem: Problem) =>
  problem.kind === 'unavailable' ||
  (problem.kind === 'refused' && problem.meaning === 'invalid-document')
