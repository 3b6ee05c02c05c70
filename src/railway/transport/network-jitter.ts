/**
 * The facts about a request and its response, from which the jitter follows. Times are milliseconds since the epoch.
 */
export interface CompletedRequest {
  /** The name of the operation. */
  readonly operation: string
  readonly sentAt: number
  readonly receivedAt: number
  /** The number of requests left in the hourly limit after this one; `null` if the response does not state it. */
  readonly remaining: number | null
}

/** The options of {@link NetworkJitter.estimate}. */
export interface JitterBounds {
  /** The maximum jitter in milliseconds. A response that is later than that is late because of the server. */
  readonly longest: number
  /** The milliseconds between two requests. A shorter jitter changes no order of arrival. */
  readonly spacing: number
  /** Whether to use the order of arrival. The order does not show a delay of several requests by the same time. */
  readonly byOrder: boolean
}

interface RecordedResponse extends CompletedRequest {
  /** The longest time in milliseconds by which one of two requests was sent later and still arrived first. */
  readonly overtakenBy: number
}

/** The number of responses that are kept. */
const recentCount = 60

/** The minimum number of responses to one operation for an estimate by their times. */
const minTimes = 4

/** The minimum number of responses with a request budget for an estimate by their order. */
const minOrdered = 30

/**
 * An estimator of the network's jitter: the difference in milliseconds between the times that two requests take to
 * reach the server. It uses the lower of two upper bounds:
 *
 * - The response times of one operation differ by the jitter, and by the time that the server works on each request.
 * - Each request lowers the request budget when it arrives. The budgets in the responses therefore show the order of
 *   arrival, and it does not depend on the time that the server works.
 */
export class NetworkJitter {
  #recent: readonly RecordedResponse[] = []
  /**
   * The last estimate, for its bounds; `null` after another response. The estimate is used several times per request.
   */
  #last: (JitterBounds & { readonly estimate: number }) | null = null

  /** Adds a request and its response to the estimate. */
  add(response: CompletedRequest): void {
    const overtakenBy = Math.max(0, ...this.#recent.map((other) => overtaking(response, other)))
    this.#recent = [...this.#recent, { ...response, overtakenBy }].slice(-recentCount)
    this.#last = null
  }

  /**
   * Returns the estimated jitter in milliseconds, or 0 if there are too few responses. The order of arrival shows the
   * jitter only in multiples of the spacing, so the estimate is higher than the observed value.
   */
  estimate(bounds: JitterBounds): number {
    const { longest, spacing, byOrder } = bounds
    const last = this.#last
    if (last?.longest === longest && last.spacing === spacing && last.byOrder === byOrder) {
      return last.estimate
    }
    const estimate = this.#calculate(bounds)
    this.#last = { longest, spacing, byOrder, estimate }
    return estimate
  }

  #calculate({ longest, spacing, byOrder }: JitterBounds): number {
    const bySpread = this.#spread(longest)
    const ordered = this.#recent.filter(({ remaining }) => remaining !== null)
    if (!byOrder || ordered.length < minOrdered) return bySpread
    const overtaken = Math.max(...ordered.map(({ overtakenBy }) => overtakenBy))
    return Math.min(bySpread, overtaken === 0 ? spacing : overtaken + 2 * spacing)
  }

  /** Returns the smallest spread of response times among the operations, in milliseconds; 0 if there are too few. */
  #spread(longest: number): number {
    const times = new Map<string, number[]>()
    for (const { operation, sentAt, receivedAt } of this.#recent) {
      const ofOperation = times.get(operation)
      if (ofOperation) ofOperation.push(receivedAt - sentAt)
      else times.set(operation, [receivedAt - sentAt])
    }
    const spreads = [...times.values()]
      .filter(({ length }) => length >= minTimes)
      .map((values) => spreadOf(values, longest))
    return spreads.length === 0 ? 0 : Math.min(...spreads)
  }
}

/**
 * Compares the order in which two requests were sent with the order in which they arrived. Returns a positive number,
 * the milliseconds between both sending times, if the later one arrived first. Returns 0 if the order is not known.
 */
function overtaking(one: CompletedRequest, other: CompletedRequest): number {
  if (one.remaining === null || other.remaining === null) return 0
  const arrivedEarlier = Math.sign(one.remaining - other.remaining)
  return arrivedEarlier * (one.sentAt - other.sentAt)
}

/**
 * Estimates the spread of values from a sample: the difference between the lowest and the highest one. Values more than
 * `most` above the lowest one are ignored. The fewer values there are, the larger is the estimate compared with their
 * own difference. It is at most `most`, and 0 for fewer than two values.
 */
export function spreadOf(values: readonly number[], most: number): number {
  const lowest = Math.min(...values)
  const differences = values.map((value) => value - lowest).filter((one) => one <= most)
  const count = differences.length
  if (count < 2) return 0
  return Math.min(most, (Math.max(...differences) * (count + 3)) / (count - 1))
}
