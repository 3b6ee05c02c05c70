import { type Failure, failure } from '../errors/codes.ts'
import type { Warning } from '../errors/warning.ts'
import { count } from '../text.ts'
import type { Cost } from './cost.ts'

/** The number of requests that are left of the hourly limit. Times are milliseconds since the epoch. */
export interface RequestBudget {
  readonly limit: number | null
  readonly remaining: number | null
  readonly resetsAt: number | null
  /** The number of jobs that share the limit; by default one. */
  readonly shards?: number
}

/** The result of comparing the cost of a plan with the requests that are left. */
export type BudgetCheck =
  | { readonly kind: 'enough'; readonly warnings: readonly Warning[] }
  /** The plan fits after the limit has been reset, which is before `timeout`. */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'too-little'; readonly failure: Failure }

/**
 * Compares the cost of a plan with the requests that are left. `deadline` is the time until which the run may wait, in
 * milliseconds since the epoch.
 */
export function checkBudget(cost: Cost, budget: RequestBudget, deadline: number): BudgetCheck {
  const { remaining, resetsAt, limit, shards = 1 } = budget
  if (remaining === null || cost.mutations === 0) return { kind: 'enough', warnings: [] }
  if (remaining >= cost.minimum) {
    return { kind: 'enough', warnings: remaining < cost.typical ? [low(cost, budget)] : [] }
  }
  const later = cost.minimum + cost.extraAfterWait
  const fitsLater = resetsAt !== null && (limit === null || limit >= later)
  if (fitsLater && resetsAt <= deadline) return { kind: 'wait', until: resetsAt }
  return {
    kind: 'too-little',
    failure: failure('rate-limited', {
      by: 'api',
      activity: 'execute-plan',
      object: `${cost.mutations} changes`,
      needed: cost.minimum,
      remaining,
      shards,
      resetsAt: resetsAt === null ? null : new Date(resetsAt).toISOString(),
    }),
  }
}

/** The title of the warnings about the request budget. A run has at most one of them. */
export const lowBudgetTitle = 'request budget runs low'

/** The part of the hourly limit below which the rest of it is reported as low. */
const lowShare = 1 / 20

/** Returns a warning if less than a twentieth of the hourly limit is left. Other runs may then have to wait. */
export function lowShareWarning({ limit, remaining, resetsAt }: RequestBudget): Warning[] {
  if (limit === null || remaining === null || remaining >= limit * lowShare) return []
  return [
    {
      title: lowBudgetTitle,
      message: `Railway's request limit has ${count(remaining, 'request')} of ${limit} per hour left${untilReset(resetsAt)}. Other runs with this token may have to wait for the reset. To use fewer requests, run fewer jobs in an hour, or select fewer services in a run.`,
    },
  ]
}

const untilReset = (resetsAt: number | null): string =>
  resetsAt === null ? '' : ` until ${new Date(resetsAt).toISOString()}`

const low = (cost: Cost, { remaining, resetsAt, shards = 1 }: RequestBudget): Warning => ({
  title: lowBudgetTitle,
  message: `Railway's request limit has ${count(remaining ?? 0, 'request')} left${shards > 1 ? ' for this shard' : ''}${untilReset(resetsAt)}, and the run usually needs about ${cost.typical}. The run therefore reads the status of deployments less often, and may report their end later. To avoid this, set a longer \`timeout\`, or select fewer services in a run.`,
})
