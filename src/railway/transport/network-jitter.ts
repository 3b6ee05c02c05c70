/** An answered request, as far as it tells of the network. Times are milliseconds since the epoch. */
export interface AnsweredRequest {
  readonly operation: string
  readonly sentAt: number
  readonly answeredAt: number
  /** The rest of the request budget when it arrived; `null` if the answer does not state it. */
  readonly remaining: number | null
}

/** The limits of an estimate. */
export interface JitterBounds {
  /** The milliseconds by which an answer may be late because of the network. A later one waited for the server. */
  readonly longest: number
  /** The milliseconds between requests, below which they are not seen to overtake each other. */
  readonly spacing: number
  /** Whether the order of arrival counts. It does not show requests that were held up together. */
  readonly byOrder: boolean
}

interface RecordedAnswer extends AnsweredRequest {
  /** The greatest time by which a request that was sent later arrived earlier. */
  readonly overtakenBy: number
}

/** The number of newest answers that count. */
const recentCount = 60

/** The number of answers of an operation without which nothing is concluded from their times. */
const leastTimes = 4

/** The number of answers with a budget without which nothing is concluded from their order. */
const leastOrdered = 30

/**
 * A record of answers, from which the jitter of the network follows: the milliseconds by which one request is longer on
 * its way than another. There are two upper bounds, and the lower one counts:
 *
 * - The answer times of one operation differ by the jitter, and by how long the server works on it.
 * - Each arrival lowers the request budget. Requests that overtake each other therefore show in the budgets of the
 *   answers, however long the server works on them.
 */
export class NetworkJitter {
  #recent: readonly RecordedAnswer[] = []

  /** Records an answer. */
  add(answer: AnsweredRequest): void {
    const overtakenBy = Math.max(0, ...this.#recent.map((other) => overtaking(answer, other)))
    this.#recent = [...this.#recent, { ...answer, overtakenBy }].slice(-recentCount)
  }

  /**
   * Returns the jitter in milliseconds; 0 while it is not known. Requests are seen to overtake each other in steps of
   * their spacing, so the jitter may be longer than what was seen.
   */
  estimate({ longest, spacing, byOrder }: JitterBounds): number {
    const bySpread = this.#spread(longest)
    const ordered = this.#recent.filter(({ remaining }) => remaining !== null)
    if (!byOrder || ordered.length < leastOrdered) return bySpread
    const overtaken = Math.max(...ordered.map(({ overtakenBy }) => overtakenBy))
    return Math.min(bySpread, overtaken === 0 ? spacing : overtaken + 2 * spacing)
  }

  /** Returns the spread of the answer times of the operation in which they differ least. */
  #spread(longest: number): number {
    const times = new Map<string, number[]>()
    for (const { operation, sentAt, answeredAt } of this.#recent) {
      times.set(operation, [...(times.get(operation) ?? []), answeredAt - sentAt])
    }
    const spreads = [...times.values()]
      .filter(({ length }) => length >= leastTimes)
      .map((values) => spreadOf(values, longest))
    return spreads.length === 0 ? 0 : Math.min(...spreads)
  }
}

/** Returns the milliseconds by which the one that was sent later of two requests overtook the other; 0 if it did not. */
function overtaking(one: AnsweredRequest, other: AnsweredRequest): number {
  if (one.remaining === null || other.remaining === null) return 0
  const arrivedEarlier = Math.sign(one.remaining - other.remaining)
  return arrivedEarlier * (one.sentAt - other.sentAt)
}

/**
 * Returns the difference between the lowest and the highest value, without values that are higher than the lowest by
 * more than `most`. It is extrapolated: the fewer values are known, the further the next one may lie outside.
 */
export function spreadOf(values: readonly number[], most: number): number {
  const lowest = Math.min(...values)
  const differences = values.map((value) => value - lowest).filter((one) => one <= most)
  const count = differences.length
  if (count < 2) return 0
  return Math.min(most, (Math.max(...differences) * (count + 3)) / (count - 1))
}
