import { type BatchOperation, batchOf, batchVariables } from '../operations/operation.ts'
import { ApiError, type ApiProblem, hasNoCause, problemOf } from './api-error.ts'
import type { RailwayClient } from './client.ts'

/** The response to one item of a batch, or the problem of this item. */
export type ItemResponse<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly problem: ApiProblem }

/** The number of items in the first batch of a run. Railway does not document its limit. */
const firstSize = 200

/** The number of rejections of one document after which the run does not send it again. */
const believedAfter = 2

/** The time for retries of a batch before a smaller batch is tried, in milliseconds. */
const batchRetryBudget = 20_000

/** The number of equal rejections in one environment after which the run looks up whether the environment exists. */
const lookupAfter = 3

/**
 * The maximum number of single items that are retried after a rejection without a cause, in one call of {@link
 * Batcher.call}.
 */
const retriedUnexplainedItems = 5

/**
 * The number of requests beyond one for every two items after which a batch is no longer divided, but sent item by
 * item.
 */
const extraDivisions = 5

/**
 * The position of an attempt at a batch that gets no response. `first`: nothing else was tried before. `second`: a
 * request for one item got a response after the first attempt. `last`: that request got no response either, or only one
 * item is left. The size is then not the cause, and the batch is retried with the usual retry budget.
 */
type BatchAttempt = 'first' | 'second' | 'last'

/** Looks up by its id whether an environment is deleted or no longer visible to the token. */
export type FindMissingEnvironment = (environmentId: string) => Promise<boolean>

/** An item with its index in the call. */
interface Entry<Item> {
  readonly index: number
  readonly item: Item
  /** The id of the item's environment; `null` if it is not known. */
  readonly environment: string | null
}

/** The items of a read that Railway rejected when they were requested last. */
interface RejectedReads {
  /** The items as JSON, the one that was requested least recently first. */
  readonly keys: Set<string>
  /** `true` if no item got a response in the last call. */
  isAll: boolean
}

/** The state of one call of {@link Batcher.call}. */
interface Progress<Item extends Record<string, string>, Data> {
  readonly operation: BatchOperation<Item, Data>
  readonly responses: Map<number, ItemResponse<Data>>
  /** The number of requests after which each item without a response is requested alone. */
  readonly maxDivided: number
  requests: number
  /** The number of single items that were rejected without a cause. */
  unexplainedItems: number
  /** The number of single items that were rejected since the last response to an item. */
  rejectedInRow: number
  /** `true` once a batch was rejected without a cause, retries included. */
  isUnexplained: boolean
  /**
   * The rejection that all rejected items of an environment had in common, and their number, by the id of the
   * environment; `null` if the environment is known to exist, or if its items were rejected with different messages.
   */
  readonly rejections: Map<
    string,
    { readonly problem: RefusedProblem; readonly times: number } | null
  >
}

type RefusedProblem = Extract<ApiProblem, { kind: 'refused' }>

/**
 * A client that sends one operation for many items in as few requests as the API accepts.
 *
 * Every root field is non-null, so the rejection of one item removes the responses to all items of its batch. If the
 * response names rejected items, the other items are requested again without them. Otherwise the batch is divided into
 * halves until the rejected item is alone in its batch. After several equal rejections in one environment, the
 * environment is looked up. If it is missing, its other items are rejected without a request. If it exists, the next
 * items are requested one by one until one gets a response. For n items there are at most about 1.5 n requests.
 *
 * Rejected reads are remembered by operation and item. The next call requests them apart from the others. If the last
 * call of the operation had no response at all, the next one requests only one of them. As long as that one is
 * rejected, the others count as rejected, too.
 *
 * A batch that is too large is also divided. The run keeps the size that worked. If a request for one item has the same
 * problem, the size is not the cause. An outage therefore does not reduce the size.
 */
export class Batcher {
  readonly #client: RailwayClient
  readonly #isMissing: FindMissingEnvironment
  #size = firstSize
  /** The number of rejections of a document and the last one, by the name of the operation. */
  readonly #refused = new Map<string, { times: number; problem: ApiProblem }>()
  /** The rejected items of reads, by the name of the operation. */
  readonly #rejectedReads = new Map<string, RejectedReads>()

  /** Creates a batcher. `isMissing` looks up an environment; by default, every environment counts as existing. */
  constructor(client: RailwayClient, isMissing: FindMissingEnvironment = async () => false) {
    this.#client = client
    this.#isMissing = isMissing
  }

  /** The maximum number of items in the next batch. */
  get size(): number {
    return this.#size
  }

  /**
   * Requests all items. Returns their responses in the order of the items. `environments` has the ids of their
   * environments, if the items have no `environmentId`. Throws {@link ApiError} if no further request is possible: no
   * response from the API, a rate limit, a cancelled job, or an invalid token.
   */
  async call<Item extends Record<string, string>, Data>(
    operation: BatchOperation<Item, Data>,
    items: readonly Item[],
    environments: readonly string[] = [],
  ): Promise<ItemResponse<Data>[]> {
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
      responses: new Map(),
      maxDivided: items.length / 2 + extraDivisions,
      requests: 0,
      unexplainedItems: 0,
      rejectedInRow: 0,
      isUnexplained: false,
      rejections: new Map(),
    }
    if (operation.kind !== 'repeatable-mutation') await this.#readAgain(progress, entries)
    else await this.#callInParts(progress, entries, this.#size)
    return entries.map(({ index }) => {
      const response = progress.responses.get(index)
      if (response === undefined)
        throw new Error(`${operation.name}: no response for item ${index}`)
      return response
    })
  }

  /**
   * Requests the items of a read. Those that the last call rejected follow after the others. If no item has got a
   * response since then, only the one that was requested least recently is requested, and the others only if it gets a
   * response.
   */
  async #readAgain<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    entries: readonly Entry<Item>[],
  ): Promise<void> {
    const { operation, responses } = progress
    const rejected = this.#rejectedReads.get(operation.name) ?? { keys: new Set(), isAll: false }
    this.#rejectedReads.set(operation.name, rejected)
    const known = entries.filter(({ item }) => rejected.keys.has(keyOf(item)))
    const others = entries.filter((entry) => !known.includes(entry))
    const isAnswered = () => entries.some(({ index }) => responses.get(index)?.ok)
    await this.#callInParts(progress, others, this.#size)
    const order = [...rejected.keys]
    const [oldest] = known.toSorted(
      (a, b) => order.indexOf(keyOf(a.item)) - order.indexOf(keyOf(b.item)),
    )
    if (oldest && known.length > 1 && rejected.isAll && !isAnswered()) {
      await this.#callPart(progress, [oldest], this.#size)
      const response = responses.get(oldest.index)
      if (response && !response.ok) {
        for (const { index } of known) responses.set(index, response)
      }
      rejected.keys.delete(keyOf(oldest.item))
    }
    await this.#callInParts(progress, known, this.#size)
    for (const { index, item } of entries) {
      const response = responses.get(index)
      if (response && isRejection(response)) rejected.keys.add(keyOf(item))
      else rejected.keys.delete(keyOf(item))
    }
    if (entries.length > 0) rejected.isAll = !isAnswered()
  }

  /** Requests the items in batches of at most `size` items. */
  async #callInParts<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    entries: readonly Entry<Item>[],
    size: number,
  ): Promise<void> {
    for (let start = 0; start < entries.length; ) {
      const end = start + Math.max(1, Math.min(size, this.#size))
      await this.#callPart(progress, entries.slice(start, end), size)
      start = end
    }
  }

  /** Requests the items of a batch that have no response yet. */
  async #callPart<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    part: readonly Entry<Item>[],
    size: number,
    attempt?: BatchAttempt,
  ): Promise<void> {
    const { operation, responses } = progress
    await this.#rejectInMissing(
      progress,
      part.filter(({ index }) => !responses.has(index)),
    )
    const entries = part.filter(({ index }) => !responses.has(index))
    const [first] = entries
    if (first === undefined) return
    if (entries.length > 1 && progress.requests >= progress.maxDivided) {
      for (const entry of entries) await this.#callPart(progress, [entry], size)
      return
    }
    if (entries.length > 1 && progress.rejectedInRow >= lookupAfter) {
      await this.#callPart(progress, [first], size)
      return this.#callPart(progress, entries, size)
    }
    const at = entries.length > 1 ? (attempt ?? 'first') : 'last'
    try {
      await this.#callOnce(progress, entries, at)
      this.#size = Math.min(this.#size, size)
      return
    } catch (error) {
      const problem = problemOf(error)
      if (endsAll(problem)) throw error
      const half = Math.ceil(entries.length / 2)
      const isTooLarge = problem.kind === 'unavailable' && problem.tooLarge === true
      if (isTooLarge && entries.length > 1) return this.#callInParts(progress, entries, half)
      if (problem.kind === 'unavailable' && (problem.final || at === 'last')) throw error
      if (hasNoCause(problem)) progress.isUnexplained = true
      if (entries.length === 1) {
        if (isInvalid(problem)) this.#countRefusal(operation, problem)
        if (hasNoCause(problem)) progress.unexplainedItems += 1
        progress.rejectedInRow += 1
        return reject(progress, [[first, problem]])
      }
      if (problem.kind === 'unavailable' && at === 'first') {
        const alone = await this.#callAlone(progress, first)
        const next = alone?.kind === 'unavailable' ? 'last' : 'second'
        return this.#callPart(progress, entries, size, next)
      }
      if (isInvalid(problem)) {
        const alone = await this.#callAlone(progress, first)
        if (alone && isInvalid(alone)) {
          this.#countRefusal(operation, problem)
          for (const { index } of entries) responses.set(index, { ok: false, problem })
          return
        }
      }
      if (problem.kind === 'unavailable' || isInvalid(problem)) {
        return this.#callInParts(progress, entries, half)
      }
      const failed = failedEntries(problem, entries)
      if (failed.length > 0) {
        reject(progress, failed)
        return this.#callPart(progress, entries, size)
      }
      await this.#callPart(progress, entries.slice(0, half), size)
      await this.#callPart(progress, entries.slice(half), size)
    }
  }

  async #callOnce<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    entries: readonly Entry<Item>[],
    attempt: BatchAttempt,
  ): Promise<void> {
    const { operation, responses, isUnexplained, unexplainedItems } = progress
    const isRetried =
      !isUnexplained || (entries.length === 1 && unexplainedItems < retriedUnexplainedItems)
    progress.requests += 1
    const { data } = await this.#client.call(
      batchOf(operation, entries.length),
      batchVariables(entries.map(({ item }) => item)),
      {
        ...{ first: { retryBudget: batchRetryBudget }, second: { retryBudget: 0 }, last: {} }[
          attempt
        ],
        ...(!isRetried && { unexplainedAttempts: 1 }),
      },
    )
    progress.rejectedInRow = 0
    entries.forEach(({ index, environment }, position) => {
      const response = data[`item${position}`]
      if (response === undefined) {
        throw new Error(`${operation.name}: no response for item ${position}`)
      }
      responses.set(index, { ok: true, data: response })
      if (environment !== null) progress.rejections.set(environment, null)
    })
  }

  /**
   * Rejects the items whose environment is missing. It is looked up once, after {@link lookupAfter} equal rejections.
   */
  async #rejectInMissing<Item extends Record<string, string>, Data>(
    { responses, rejections }: Progress<Item, Data>,
    entries: readonly Entry<Item>[],
  ): Promise<void> {
    for (const { index, environment } of entries) {
      const rejection = environment === null ? null : rejections.get(environment)
      if (environment === null || !rejection || rejection.times < lookupAfter) continue
      if (await this.#isMissing(environment))
        responses.set(index, { ok: false, problem: rejection.problem })
      else rejections.set(environment, null)
    }
  }

  #countRefusal({ name }: { name: string }, problem: ApiProblem): void {
    const times = (this.#refused.get(name)?.times ?? 0) + 1
    this.#refused.set(name, { times, problem })
  }

  /** Requests only one item. Returns its problem, or `null` if it succeeded. */
  async #callAlone<Item extends Record<string, string>, Data>(
    progress: Progress<Item, Data>,
    entry: Entry<Item>,
  ): Promise<ApiProblem | null> {
    try {
      await this.#callOnce(progress, [entry], 'second')
      return null
    } catch (error) {
      const problem = problemOf(error)
      if (endsAll(problem)) throw error
      return problem
    }
  }
}

const keyOf = (item: Record<string, string>): string => JSON.stringify(item)

/** Returns whether a response rejects an item, and not its document. */
const isRejection = (response: ItemResponse<unknown>): boolean =>
  !response.ok &&
  response.problem.kind === 'refused' &&
  response.problem.reason !== 'invalid-document'

/** Records the problems of items. */
function reject<Item extends Record<string, string>, Data>(
  { responses, rejections }: Progress<Item, Data>,
  failed: readonly (readonly [Entry<Item>, ApiProblem])[],
): void {
  for (const [{ index, environment }, problem] of failed) {
    responses.set(index, { ok: false, problem })
    if (environment === null || problem.kind !== 'refused') continue
    const known = rejections.get(environment)
    if (known === null) continue
    const isEqual = known === undefined || known.problem.message === problem.message
    rejections.set(environment, isEqual ? { problem, times: (known?.times ?? 0) + 1 } : null)
  }
}

/**
 * Marks a further rejection in a response as probed, if the token was probed for the first one with the same reason.
 */
function withTokenCheck(other: ApiProblem, first: ApiProblem): ApiProblem {
  const isChecked = first.kind === 'refused' && first.tokenChecked === true
  const isSameReason =
    other.kind === 'refused' && first.kind === 'refused' && other.reason === first.reason
  return isChecked && isSameReason ? { ...other, tokenChecked: true } : other
}

/** Returns the items that the errors of a response name, each with its problem. */
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

/**
 * Returns the index of the item that a rejection or a parse error names (`item7` at the start of its path), or `null`
 * if it names none.
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

/** Returns whether no further request is possible. */
const endsAll = ({ kind }: ApiProblem) =>
  kind === 'rate-limited' || kind === 'cancelled' || kind === 'token-invalid'

/** Returns whether the document itself was rejected, for its size or for another reason. */
const isInvalid = (problem: ApiProblem) =>
  problem.kind === 'refused' && problem.reason === 'invalid-document'
