import { type BatchOperation, batchOf, batchVariables } from '../operations/operation.ts'
import { ApiError, type ApiProblem, hasNoCause, problemOf } from './api-error.ts'
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

/** The number of equal rejections in one environment after which it is looked up whether the environment exists. */
const lookupAfter = 3

/** The number of single items whose rejection without a cause is retried, in one call of {@link Batcher.ask}. */
const retriedVagueItems = 5

/** The number of requests beyond half the items after which a batch is not divided further. */
const freeDivisions = 5

/**
 * The attempts at a batch. `first`: the whole batch. `second`: after one item alone was answered. `last`: after one
 * item alone had no answer either. Then the size cannot be the cause, and only waiting is left.
 */
type BatchAttempt = 'first' | 'second' | 'last'

/** Returns whether an environment is deleted or cannot be seen any more, by its id. */
export type FindMissingEnvironment = (environmentId: string) => Promise<boolean>

/** An item with its place in the call. */
interface Entry<Item> {
  readonly index: number
  readonly item: Item
  /** The id of the environment that it belongs to; `null` if that is not known. */
  readonly environment: string | null
}

/** The progress of one call of {@link Batcher.ask}. */
interface Progress<Item extends Record<string, string>, Data> {
  readonly operation: BatchOperation<Item, Data>
  readonly answers: Map<number, ItemAnswer<Data>>
  /** The number of requests after which each remaining item is requested alone. */
  readonly maxDivided: number
  requests: number
  /** The single items that were rejected without a cause. */
  vagueItems: number
  /** `true` once a batch was rejected without a cause, retries included. */
  isVague: boolean
  /** The equal rejections by environment; `null` if other answers or a lookup showed that the environment exists. */
  readonly rejections: Map<
    string,
    { readonly problem: RefusedProblem; readonly times: number } | null
  >
}

type RefusedProblem = Extract<ApiProblem, { kind: 'refused' }>

/**
 * A client that requests the same of many items in as few requests as the API accepts.
 *
 * Every root field is non-null, so one rejected item nulls a whole answer. All items that the answer names are rejected,
 * and the others are requested again. If it names none, the batch is halved until the item stands alone. After equal
 * rejections in one environment, the environment is looked up: if it is missing, its other items are rejected without a
 * request. So n items take at most about 1.5 n requests, whatever is rejected.
 *
 * A batch that is too large is halved as well, and the size that worked is kept for the run. If one item alone has the
 * same problem, the size is not the cause, so an outage makes no batch smaller. Throws {@link ApiError} only if nothing
 * can be requested at all (no answer, limits, cancelled, an invalid token).
 */
export class Batcher {
  readonly #client: RailwayClient
  readonly #isMissing: FindMissingEnvironment
  #size = firstSize
  /** The documents that the API rejected even for one item: the number of times, and the rejection. */
  readonly #refused = new Map<string, { times: number; problem: ApiProblem }>()

  /** `isMissing`: the lookup of an environment; by default none is made. */
  constructor(client: RailwayClient, isMissing: FindMissingEnvironment = async () => false) {
    this.#client = client
    this.#isMissing = isMissing
  }

  /** The number of items that the next request may hold. */
  get size(): number {
    return this.#size
  }

  /**
   * Requests items and returns the answers in their order. `environments` has the ids of the items' environments, for
   * items that do not have an `environmentId`.
   */
  async ask<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    environments: readonly string[] = [],
  ): Promise<ItemAnswer<Data>[]> {
    const refused = this.#refused.get(operation.name)
    if (refused && refused.times >= believedAfter) {
      const { problem } = refused
      return items.map(() => ({ ok: false, problem }))
    }
    const entries = items.map((item, index) => {
      const environment = environments[index] ?? item.environmentId ?? null
      return { index, item, environment }
    })
    const progress: Progress<Item, Data> = {
      operation,
      answers: new Map(),
      maxDivided: items.length / 2 + freeDivisions,
      requests: 0,
      vagueItems: 0,
      isVague: false,
      rejections: new Map(),
    }
    await this.#askInParts(progress, entries, this.#size)
    return entries.map(({ index }) => {
      const answer = progress.answers.get(index)
      if (answer === undefined) throw new Error(`${operation.name}: no answer for item ${index}`)
      return answer
    })
  }

  /** Requests items in parts. A size that worked is remembered. */
  async #askInParts<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    entries: readonly Entry<Item>[],
    size: number,
  ): Promise<void> {
    for (let start = 0; start < entries.length; ) {
      const end = start + Math.max(1, Math.min(size, this.#size))
      await this.#askPart(progress, entries.slice(start, end), size)
      start = end
    }
  }

  /** Requests those items of a part that are not answered yet. */
  async #askPart<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    part: readonly Entry<Item>[],
    size: number,
    attempt?: BatchAttempt,
  ): Promise<void> {
    const { operation, answers } = progress
    await this.#settle(
      progress,
      part.filter(({ index }) => !answers.has(index)),
    )
    const entries = part.filter(({ index }) => !answers.has(index))
    const [first] = entries
    if (first === undefined) return
    if (entries.length > 1 && progress.requests >= progress.maxDivided) {
      for (const entry of entries) await this.#askPart(progress, [entry], size)
      return
    }
    const at = attempt ?? (entries.length > 1 ? 'first' : 'last')
    try {
      await this.#askOnce(progress, entries, at)
      this.#size = Math.min(this.#size, size)
      return
    } catch (error) {
      const problem = problemOf(error)
      if (endsAll(problem)) throw error
      const half = Math.ceil(entries.length / 2)
      const isTooLarge = problem.kind === 'unavailable' && problem.tooLarge === true
      if (isTooLarge && entries.length > 1) return this.#askInParts(progress, entries, half)
      if (problem.kind === 'unavailable' && (problem.final || at === 'last')) throw error
      if (hasNoCause(problem)) progress.isVague = true
      if (entries.length === 1) {
        if (isInvalid(problem)) this.#countRefusal(operation, problem)
        if (hasNoCause(problem)) progress.vagueItems += 1
        return reject(progress, [[first, problem]])
      }
      if (problem.kind === 'unavailable' && at === 'first') {
        const alone = await this.#askAlone(progress, first)
        const next = alone?.kind === 'unavailable' ? 'last' : 'second'
        return this.#askPart(progress, entries, size, next)
      }
      if (isInvalid(problem)) {
        const alone = await this.#askAlone(progress, first)
        if (alone && isInvalid(alone)) {
          this.#countRefusal(operation, problem)
          for (const { index } of entries) answers.set(index, { ok: false, problem })
          return
        }
      }
      if (problem.kind === 'unavailable' || isInvalid(problem)) {
        return this.#askInParts(progress, entries, half)
      }
      const failed = failedEntries(problem, entries)
      if (failed.length > 0) {
        reject(progress, failed)
        return this.#askPart(progress, entries, size)
      }
      await this.#askPart(progress, entries.slice(0, half), size)
      await this.#askPart(progress, entries.slice(half), size)
    }
  }

  async #askOnce<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    entries: readonly Entry<Item>[],
    attempt: BatchAttempt,
  ): Promise<void> {
    const { operation, answers, isVague, vagueItems } = progress
    const isRetried = !isVague || (entries.length === 1 && vagueItems < retriedVagueItems)
    progress.requests += 1
    const { data } = await this.#client.call(
      batchOf(operation, entries.length),
      batchVariables(entries.map(({ item }) => item)),
      {
        ...{ first: { retryBudget: batchRetryBudget }, second: { retryBudget: 0 }, last: {} }[
          attempt
        ],
        ...(!isRetried && { vagueAttempts: 1 }),
      },
    )
    entries.forEach(({ index, environment }, position) => {
      const answer = data[`item${position}`]
      if (answer === undefined) {
        throw new Error(`${operation.name}: no answer for item ${position}`)
      }
      answers.set(index, { ok: true, data: answer })
      if (environment !== null) progress.rejections.set(environment, null)
    })
  }

  /** Rejects the items of an environment that is missing. It is looked up after several equal rejections, once. */
  async #settle<Item extends Record<string, string>, Data>(
    { answers, rejections }: Progress<Item, Data>,
    entries: readonly Entry<Item>[],
  ): Promise<void> {
    for (const { index, environment } of entries) {
      const rejection = environment === null ? null : rejections.get(environment)
      if (environment === null || !rejection || rejection.times < lookupAfter) continue
      if (await this.#isMissing(environment))
        answers.set(index, { ok: false, problem: rejection.problem })
      else rejections.set(environment, null)
    }
  }

  #countRefusal({ name }: { name: string }, problem: ApiProblem): void {
    const times = (this.#refused.get(name)?.times ?? 0) + 1
    this.#refused.set(name, { times, problem })
  }

  /** Requests one item alone. Returns its problem, `null` if it is answered. */
  async #askAlone<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    entry: Entry<Item>,
  ): Promise<ApiProblem | null> {
    try {
      await this.#askOnce(progress, [entry], 'second')
      return null
    } catch (error) {
      const problem = problemOf(error)
      if (endsAll(problem)) throw error
      return problem
    }
  }
}

/** Records the problems of items. */
function reject<Item extends Record<string, string>, Data>(
  { answers, rejections }: Progress<Item, Data>,
  failed: readonly (readonly [Entry<Item>, ApiProblem])[],
): void {
  for (const [{ index, environment }, problem] of failed) {
    answers.set(index, { ok: false, problem })
    if (environment === null || problem.kind !== 'refused') continue
    const known = rejections.get(environment)
    if (known === null) continue
    const isEqual = known === undefined || known.problem.message === problem.message
    rejections.set(environment, isEqual ? { problem, times: (known?.times ?? 0) + 1 } : null)
  }
}

/** Adds to a further error of an answer that the token was probed after it. */
function withTokenCheck(other: ApiProblem, first: ApiProblem): ApiProblem {
  const isChecked = first.kind === 'refused' && first.tokenChecked === true
  const isSameReason =
    other.kind === 'refused' && first.kind === 'refused' && other.reason === first.reason
  return isChecked && isSameReason ? { ...other, tokenChecked: true } : other
}

/** Returns the items that the API or the parser names as failed, each with its problem. */
function failedEntries<Item>(
  problem: ApiProblem,
  entries: readonly Entry<Item>[],
): (readonly [Entry<Item>, ApiProblem])[] {
  const others = problem.kind === 'refused' ? (problem.others ?? []) : []
  const failed = new Map<Entry<Item>, ApiProblem>()
  for (const one of [problem, ...others]) {
    const position = failedItemOf(one, entries.length)
    const entry = position === null ? undefined : entries[position]
    if (entry && !failed.has(entry)) failed.set(entry, withTokenCheck(one, problem))
  }
  return [...failed]
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
