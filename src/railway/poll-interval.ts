import type { PollLoad } from '../execute/context.ts'
import type { Budget } from './transport/rate-limiter.ts'

/** The minimum age of a deployment in the calculation, in milliseconds. */
const minAge = 10_000

/** The number of requests that are reserved for the query after the last poll. */
const requestsAfterLastPoll = 1

/**
 * Returns the shortest poll interval, in milliseconds, that the remaining request budget allows until the budget is
 * reset or the polling ends. Requests for pending changes are reserved. The interval grows with the age of the
 * deployments, because most deployments end early. `now` is in milliseconds since the epoch.
 */
export function minPollInterval(
  { pending, deployments, since, until }: PollLoad,
  { remaining, resetsAt }: Budget,
  batchSize: number,
  now: number,
): number {
  if (remaining === null || resetsAt === null) return 0
  const left = Math.max(0, Math.min(resetsAt, until) - now)
  const eachPoll = Math.ceil(deployments / batchSize)
  const polls = (remaining - pending) / eachPoll - requestsAfterLastPoll
  if (polls <= 1) return left
  const age = Math.max(minAge, now - since)
  return age * ((age + left) / age) ** (1 / polls) - age
}
