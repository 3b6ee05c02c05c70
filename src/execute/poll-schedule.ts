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
 * The longest interval between polls in milliseconds, unless the request budget demands more. A poll is the only request
 * while the run waits, so it is what detects a revoked token. With the poll's own answer and the probe of the token, that
 * takes at most 15 seconds.
 */
export const maxPollInterval = 14_400

/** The shortest interval between polls in milliseconds. */
const minInterval = 3_000

/** The delay of the first poll after a start, in milliseconds. */
const firstPoll = 12_000

/**
 * The part of the expected duration in which polls are close together: so many parts of the age apart. If a success has
 * to last before it counts, closer polls would not report it earlier.
 */
const dense = { from: 0.85, to: 1.15, step: 0.06, stepWhileSettling: 0.1 }

/** The intervals after that, or without an expected duration: this part of the age, at least as long as the first. */
const growingStep = 0.15

/** The intervals while the end of a deployment decides about what is still to be started. */
const whileDeciding = { first: 5_000, growth: 1.3 }

/**
 * Returns the milliseconds until the next poll. If the durations of previous deployments are known, polls are close
 * together around the expected end of the last deployment, because all others end before it. Otherwise the intervals
 * grow with the age of the deployments. The interval counts from the last start if that is later than the last poll,
 * because the token was accepted then.
 */
export function pollDelay({ now, polls, decides, followed }: PollTimes): number {
  if (decides) return Math.min(maxPollInterval, whileDeciding.first * whileDeciding.growth ** polls)
  const newest = Math.max(...followed.map(({ startedAt }) => startedAt))
  const from = Math.max(now, newest)
  const last = [...lastKnown(followed), ...latestUnknown(followed)]
  const delay = Math.min(...last.map((one) => delayOf(one, from)))
  const first = Math.min(firstPoll, ...last.map(({ settling }) => settling?.to ?? firstPoll))
  const atLeast = Math.max(minInterval, newest + first - from)
  return from - now + Math.min(maxPollInterval, Math.max(delay, atLeast))
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
  const growing = Math.max(firstPoll, growingStep * age)
  if (!isKnown(one)) return afterSettling(growing, age, one)
  const counts = countsInOneInterval(one)
  if (counts !== null) return age < counts ? inEqualParts(counts - age) : growing
  if (age > dense.to * one.expected) return afterSettling(growing, age, one)
  const untilDense = dense.from * one.expected - age
  if (untilDense > 0) return inEqualParts(untilDense)
  const step = settles(one) ? dense.stepWhileSettling : dense.step
  return afterSettling(Math.max(minInterval, step * age), age, one)
}

const settles = ({ settling }: ExpectedEnd) => settling !== null && settling.to > settling.from

/**
 * Returns the age at which the expected success counts, if polls around the expected end would be no closer together
 * than the longest interval allows anyway; otherwise `null`.
 */
function countsInOneInterval(one: KnownEnd): number | null {
  const { settling, expected } = one
  if (settling === null || !settles(one)) return null
  return settling.to - dense.from * expected <= maxPollInterval ? settling.to : null
}

/**
 * Moves a poll to the time at which the success counts. An earlier one would have to be followed by another one, and a
 * later one would report it later.
 */
function afterSettling(delay: number, age: number, { settling }: ExpectedEnd): number {
  const next = age + Math.min(maxPollInterval, delay)
  const isDue = settling && age < settling.from && next >= settling.from
  return isDue ? inEqualParts(settling.to - age) : delay
}

/** Returns the first of the equal intervals, none longer than the longest, that end when the delay does. */
const inEqualParts = (delay: number): number => delay / Math.ceil(delay / maxPollInterval)
