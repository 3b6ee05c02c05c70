import type { Budget } from './transport/rate-limiter.ts'

/** The requests that are still to be made: changes, and the polls of so many deployments. */
export interface PollLoad {
  readonly pending: number
  readonly deployments: number
}

/**
 * Returns the least milliseconds between polls of so many deployments that let the rest of the hourly limit last
 * until it resets. Requests for changes that are still to be made are kept for them.
 */
export function minPollInterval(
  { pending, deployments }: PollLoad,
  { remaining, resetsAt }: Budget,
  batchSize: number,
  now: number,
): number {
  if (remaining === null || resetsAt === null) return 0
  const left = Math.max(0, resetsAt - now)
  const polls = (remaining - pending) / Math.ceil(deployments / batchSize)
  return polls > 1 ? left / polls : left
}
