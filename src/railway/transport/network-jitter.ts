/** The facts about an answered request from which the jitter follows. Times are milliseconds since the epoch. */
export interface AnsweredRequest {
  /** The name of the operation. */
  readonly operation: string
  readonly sentAt: number
  readonly answeredAt: number
  /** The number of requests left in the hourly limit after this one; `null` if the answer does not state it. */
  readonly remaining: number | null
}

/** The options of {@link NetworkJitter.estimate}. */
export interface JitterBounds {
  /** The maximum jitter in milliseconds. An answer that is later than that is late because of the server. */
  readonly longest: number
  /** The milliseconds between two requests. A shorter jitter changes no order of arrival. */
  readonly spacing: number
  /** Whether to use the order of arrival. The order does not show a delay of several requests by the same time. */
  readonly byOrder: boolean
}

interface RecordedAnswer extends AnsweredRequest {
  /** The longest time in milliseconds by which one of two requests was sent later and still arrived first. */
  readonly overtakenBy: number
}

/** The number of answers that are kept. */
const recentCount = 60

/** The minimum number of answers to one operation for an estimate by their times. */
const minTimes = 4

/** The minimum number of answers with a request budget for an estimate by their order. */
const minOrdered = 30

/**
 * An estimator of the network's jitter: the difference in milliseconds between the times that two requests take to
 * reach the server. It uses the lower of two upper bounds:
 *
 * - The answer times of one operation differ by the jitter, and by the time that the server works on each request.
 * - Each request lowers the request budget when it arrives. The budgets in the answers therefore show the order of
 *   arrival, and it does not depend on the time that the server works.
 */
export class NetworkJitter {
  #recent: readonly RecordedAnswer[] = []
  /** The last estimate, for its bounds; `null` after another answer. The estimate is used several times per request. */
  #last: (JitterBounds & { readonly estimate: number }) | null = null

  /** Adds an answered request to the estimate. */
  add(answer: AnsweredRequest): void {
    const overtakenBy = Math.max(0, ...this.#recent.map((other) => overtaking(answer, other)))
    this.#recent = [...this.#recent, { ...answer, overtakenBy }].slice(-recentCount)
    this.#last = null
  }

  /**
   * Returns the estimated jitter in milliseconds, or 0 if there are too few answers. The order of arrival shows the
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

  /** Returns the smallest spread of answer times among the operations, in milliseconds; 0 if there are too few. */
  #spread(longest: number): number {
    const times = new Map<string, number[]>()
    for (const { operation, sentAt, answeredAt } of this.#recent) {
      const ofOperation = times.get(operation)
      if (ofOperation) ofOperation.push(answeredAt - sentAt)
      else times.set(operation, [answeredAt - sentAt])
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
function overtaking(one: AnsweredRequest, other: AnsweredRequest): number {
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
