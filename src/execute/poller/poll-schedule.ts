/** The expected end of a deployment, from which the times of the polls follow. */
export interface ExpectedEnd {
  /** The time of its start, in milliseconds since the epoch. */
  readonly startedAt: number
  /** The duration of the service's previous deployment in milliseconds; `null` if that is not known. */
  readonly expected: number | null
  /** The expected stabilization. It may follow from other deployments of the run; `null` if nothing is known. */
  readonly stabilization: Stabilization | null
}

/**
 * The period in which a deployment is live but not considered stable yet, as ages of the deployment in milliseconds.
 */
export interface Stabilization {
  /** The age at which it goes live. */
  readonly from: number
  /** The age from which its success is considered stable. */
  readonly to: number
}

/** The facts from which the time of the next poll follows. */
export interface PollTimes {
  /** The time of the last poll or the start of polling, in milliseconds since the epoch. */
  readonly now: number
  /** The number of polls so far. */
  readonly polls: number
  /** `true` if the result of a followed deployment may start or stop further steps. */
  readonly affectsFurtherSteps: boolean
  /** The followed deployments. There is at least one. */
  readonly followed: readonly ExpectedEnd[]
}

/**
 * The maximum time without a request in milliseconds, unless the request budget requires more. A revoked token is
 * noticed at the next request, so it is reported within 15 seconds.
 */
const maxSilence = 14_800

/** The maximum interval between two polls while deployments are started, in milliseconds. */
const maxInterval = 40_000

/** The minimum interval between two polls, in milliseconds. */
const minInterval = 3_000

/** The age of the newest deployment at the first poll, in milliseconds. */
const firstPoll = 12_000

/**
 * The polls around the expected end. `from` and `to` are parts of the expected duration. The steps are the interval as
 * a part of the age: `stabilizingStep` if a success has to last before it is considered stable, and `step` if it is
 * considered stable at once. `maxInterval` is in milliseconds.
 */
const nearEnd = { from: 0.85, to: 1.15, step: 0.06, stabilizingStep: 0.1, maxInterval: 20_000 }

/**
 * The interval after {@link nearEnd}, or if no duration is expected, as a part of the age. It is at least {@link
 * firstPoll}.
 */
const growingStep = 0.15

/** The intervals while a result affects further steps: the first in milliseconds, and the factor of each later one. */
const whileAffecting = { first: 5_000, growth: 1.3 }

/**
 * Returns the milliseconds until the next poll. If durations of previous deployments are known, polls are close
 * together around the expected end of the deployment that ends last. Otherwise the intervals grow with the age of the
 * newest deployment.
 */
export function pollDelay({ now, polls, affectsFurtherSteps, followed }: PollTimes): number {
  if (affectsFurtherSteps)
    return Math.min(maxSilence, whileAffecting.first * whileAffecting.growth ** polls)
  const newest = Math.max(...followed.map(({ startedAt }) => startedAt))
  const longest = Math.min(maxInterval, Math.max(newest - now, 0) + maxSilence)
  const last = [...lastKnown(followed), ...latestUnknown(followed)]
  const delays = last.map((one) => delayOf(one, now))
  const first = Math.min(
    firstPoll,
    ...last.map(({ stabilization }) => stabilization?.to ?? firstPoll),
  )
  const delay = Math.max(minInterval, Math.min(...delays))
  return Math.min(longest, Math.max(firstPart(delay, longest), newest + first - now))
}

interface KnownEnd extends ExpectedEnd {
  readonly expected: number
}

const isKnown = (one: ExpectedEnd): one is KnownEnd => one.expected !== null

/** Returns the deployment with a known duration that is expected to end last; empty if there is none. */
function lastKnown(followed: readonly ExpectedEnd[]): KnownEnd[] {
  const end = ({ startedAt, expected }: KnownEnd) => startedAt + expected
  return followed
    .filter(isKnown)
    .toSorted((a, b) => end(b) - end(a))
    .slice(0, 1)
}

/** Returns the deployment without a known duration that was started last; empty if there is none. */
const latestUnknown = (followed: readonly ExpectedEnd[]) =>
  followed
    .filter((one) => !isKnown(one))
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, 1)

function delayOf(one: ExpectedEnd, now: number): number {
  const age = now - one.startedAt
  if (!isKnown(one) || age > nearEnd.to * one.expected) {
    return afterStabilization(Math.max(firstPoll, growingStep * age), age, one)
  }
  const untilNearEnd = nearEnd.from * one.expected - age
  if (untilNearEnd > 0) return untilNearEnd
  const { stabilization } = one
  const isStabilizing = stabilization !== null && stabilization.to > stabilization.from
  const step = isStabilizing ? nearEnd.stabilizingStep : nearEnd.step
  return afterStabilization(
    Math.max(minInterval, Math.min(nearEnd.maxInterval, step * age)),
    age,
    one,
  )
}

/** Returns a longer delay if the poll would read a success that is not considered stable yet and needs another poll. */
function afterStabilization(delay: number, age: number, { stabilization }: ExpectedEnd): number {
  if (stabilization === null) return delay
  const { from, to } = stabilization
  const ageAtPoll = age + delay
  return ageAtPoll >= from && ageAtPoll < to ? to - age : delay
}

/**
 * Returns the first part of a delay that is longer than `longest`. The parts after it are at most {@link maxSilence},
 * and the last one ends when the whole delay would.
 */
function firstPart(delay: number, longest: number): number {
  if (delay <= longest) return delay
  const others = Math.ceil((delay - longest) / maxSilence)
  return delay - others * Math.min(maxSilence, delay / (others + 1))
}
