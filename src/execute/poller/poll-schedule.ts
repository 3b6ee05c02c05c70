/** The facts about a deployment that the schedule of the polls depends on. Times are milliseconds since the epoch. */
export interface ExpectedEnd {
  readonly startedAt: number
  /** The duration of the service's previous deployment in milliseconds; `null` if that is not known. */
  readonly expected: number | null
  /** The time in which its success would not count yet, by its own history or by other deployments of the run. */
  readonly settling: Settling | null
}

/** The ages of a deployment, in milliseconds, from which on it is expected to be live and that is expected to count. */
export interface Settling {
  readonly from: number
  readonly to: number
}

/** The progress of polling, from which the next delay follows. */
export interface PollTimes {
  /** The time of the last poll, or the beginning of the wait. */
  readonly now: number
  /** The number of polls so far. */
  readonly polls: number
  /** Whether the end of a deployment decides which further steps are started. */
  readonly decides: boolean
  /** The followed deployments, at least one. */
  readonly followed: readonly ExpectedEnd[]
}

/**
 * The longest time without a request in milliseconds, unless the request budget demands more. A token that is revoked
 * while the run waits is noticed at the next request, so that is reported within 15 seconds.
 */
const maxSilence = 14_800

/** The longest interval between polls in which deployments are started, in milliseconds. */
const maxInterval = 40_000

/** The shortest interval between polls in milliseconds. */
const minInterval = 3_000

/** The delay of the first poll after a start, in milliseconds. */
const firstPoll = 12_000

/**
 * The part of the expected duration in which polls are close together: so many parts of the age apart. If a success has
 * to last before it counts, closer polls would not report it earlier.
 */
const dense = { from: 0.85, to: 1.15, step: 0.06, stepWhileSettling: 0.1, maxInterval: 20_000 }

/** The intervals after that, or without an expected duration: this part of the age, at least as long as the first. */
const growingStep = 0.15

/** The intervals while the end of a deployment decides about what is still to be started. */
const whileDeciding = { first: 5_000, growth: 1.3 }

/**
 * Returns the milliseconds until the next poll. If the durations of previous deployments are known, polls are close
 * together around the expected end of the last deployment, because all others end before it. Otherwise the intervals
 * grow with the age of the deployments.
 */
export function pollDelay({ now, polls, decides, followed }: PollTimes): number {
  if (decides) return Math.min(maxSilence, whileDeciding.first * whileDeciding.growth ** polls)
  const newest = Math.max(...followed.map(({ startedAt }) => startedAt))
  const longest = Math.min(maxInterval, Math.max(newest - now, 0) + maxSilence)
  const last = [...lastKnown(followed), ...latestUnknown(followed)]
  const delays = last.map((one) => delayOf(one, now))
  const first = Math.min(firstPoll, ...last.map(({ settling }) => settling?.to ?? firstPoll))
  const delay = Math.max(minInterval, Math.min(...delays))
  return Math.min(longest, Math.max(firstPart(delay, longest), newest + first - now))
}

interface KnownEnd extends ExpectedEnd {
  readonly expected: number
}

const isKnown = (one: ExpectedEnd): one is KnownEnd => one.expected !== null

/** Returns the deployment that is expected to finish last, among those with a known duration. */
function lastKnown(followed: readonly ExpectedEnd[]): KnownEnd[] {
  const end = ({ startedAt, expected }: KnownEnd) => startedAt + expected
  return followed
    .filter(isKnown)
    .toSorted((a, b) => end(b) - end(a))
    .slice(0, 1)
}

/** Returns the deployment that started last, among those without a known duration. */
const latestUnknown = (followed: readonly ExpectedEnd[]) =>
  followed
    .filter((one) => !isKnown(one))
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, 1)

function delayOf(one: ExpectedEnd, now: number): number {
  const age = now - one.startedAt
  if (!isKnown(one) || age > dense.to * one.expected) {
    return afterSettling(Math.max(firstPoll, growingStep * age), age, one)
  }
  const untilDense = dense.from * one.expected - age
  if (untilDense > 0) return untilDense
  const settles = one.settling !== null && one.settling.to > one.settling.from
  const step = settles ? dense.stepWhileSettling : dense.step
  return afterSettling(Math.max(minInterval, Math.min(dense.maxInterval, step * age)), age, one)
}

/** Puts off a poll that would see a success before it counts, and would have to be followed by another one. */
function afterSettling(delay: number, age: number, { settling }: ExpectedEnd): number {
  const isTooEarly = settling && age + delay >= settling.from && age + delay < settling.to
  return isTooEarly ? settling.to - age : delay
}

/**
 * Returns the first part of a delay that is longer than `longest`. The parts after it are at most {@link maxSilence}, and
 * the last one ends when the whole delay would.
 */
function firstPart(delay: number, longest: number): number {
  if (delay <= longest) return delay
  const others = Math.ceil((delay - longest) / maxSilence)
  return delay - others * Math.min(maxSilence, delay / (others + 1))
}
