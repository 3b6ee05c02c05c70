import type { PollLoad } from '../execute/context.ts'
import type { Budget } from './transport/rate-limiter.ts'

/** The least assumed age of a deployment, in milliseconds. */
const leastAge = 10_000

/** The number of requests that are kept for the reading after the last poll. */
const keptForLastLook = 1

/**
 * Returns the least milliseconds between polls of so many deployments. With it, the rest of the hourly limit lasts
 * until it is reset, or until the end of the wait. The intervals grow with the age of the deployments, because most of
 * them end early. Requests for changes that are still to be made are reserved.
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
  const polls = (remaining - pending) / eachPoll - keptForLastLook
  if (polls <= 1) return left
  const age = Math.max(leastAge, now - since)
  return age * ((age + left) / age) ** (1 / polls) - age
}
