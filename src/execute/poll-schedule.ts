/** The facts about a deployment that the schedule of the polls depends on. Times are milliseconds since the epoch. */
export interface ExpectedEnd {
  readonly startedAt: number
  /** The duration of the service's previous deployment in milliseconds; `null` if that is not known. */
  readonly expected: number | null
}

/** The progress of polling, from which the next delay follows. */
export interface PollTimes {
  /** The time of the last poll, or the beginning of the wait. */
  readonly now: number
  /** The number of polls so far. */
  readonly polls: number
  /** Whether the end of a deployment decides about what is still to be started. */
  readonly decides: boolean
  /** The followed deployments, at least one. */
  readonly followed: readonly ExpectedEnd[]
}

/** The longest interval between polls in milliseconds, unless the request budget demands more. */
const maxInterval = 30_000

/** The shortest interval between polls in milliseconds. */
const minInterval = 3_000

/** The delay of the first poll after a start, in milliseconds. */
const firstPoll = 12_000

/**
 * The part of the expected duration in which polls are close together. A success counts after a tenth of the time that
 * it took, so closer polls would not report it earlier.
 */
const dense = { from: 0.85, to: 1.15, step: 0.1, maxInterval: 20_000 }

/** The interval after that, or without an expected duration: this part of the age, within bounds. */
const unknownEnd = { step: 0.15, minInterval: 11_500 }

/** The intervals while the end of a deployment decides about what is still to be started. */
const whileDeciding = { first: 5_000, growth: 1.3 }

/**
 * Returns the milliseconds until the next poll. If the durations of previous deployments are known, polls are close
 * together around the expected end of the last deployment, because all others end before it. Otherwise the intervals
 * grow with the age of the deployments.
 */
export function pollDelay({ now, polls, decides, followed }: PollTimes): number {
  if (decides) return Math.min(maxInterval, whileDeciding.first * whileDeciding.growth ** polls)
  const newest = Math.max(...followed.map(({ startedAt }) => startedAt))
  const delays = [...knownEnds(followed), ...latestUnknown(followed)].map((one) =>
    delayOf(one, now),
  )
  return inSteps(Math.max(minInterval, Math.min(...delays)), newest + firstPoll - now)
}

/** Returns the end of the deployment that is expected to finish last, among those with a known duration. */
function knownEnds(followed: readonly ExpectedEnd[]) {
  const known = followed.flatMap(({ startedAt, expected }) =>
    expected === null ? [] : { startedAt, expected },
  )
  const end = (one: (typeof known)[number]) => one.startedAt + one.expected
  return known.toSorted((a, b) => end(b) - end(a)).slice(0, 1)
}

/** Returns the deployment that started last, among those without a known duration. */
const latestUnknown = (followed: readonly ExpectedEnd[]) =>
  followed
    .filter(({ expected }) => expected === null)
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, 1)

function delayOf({ startedAt, expected }: ExpectedEnd, now: number): number {
  const age = now - startedAt
  if (expected === null || age > dense.to * expected) {
    return Math.min(maxInterval, Math.max(unknownEnd.minInterval, unknownEnd.step * age))
  }
  const untilDense = dense.from * expected - age
  return untilDense > 0 ? untilDense : Math.min(dense.maxInterval, dense.step * age)
}

/** Divides a long delay so that its last part ends when the whole would. */
function inSteps(delay: number, atLeast: number): number {
  if (delay <= maxInterval) return Math.min(maxInterval, Math.max(delay, atLeast))
  const rest = delay % maxInterval
  return Math.min(maxInterval, Math.max(rest < minInterval ? maxInterval : rest, atLeast))
}
