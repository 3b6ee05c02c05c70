import { type Failure, failure } from '../errors/codes.ts'
import type { Warning } from '../errors/warning.ts'
import type { Cost } from './cost.ts'

/** The rest of the hourly limit. Times are milliseconds since the epoch. */
export interface RequestBudget {
  readonly limit: number | null
  readonly remaining: number | null
  readonly resetsAt: number | null
  /** The number of jobs that share it; by default one. */
  readonly shards?: number
}

/** The comparison of a plan's cost with the rest of the request budget. */
export type BudgetCheck =
  | { readonly kind: 'enough'; readonly warnings: readonly Warning[] }
  /** It fits once the limit has been reset, and that is within `timeout`. */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'too-little'; readonly failure: Failure }

/** Compares the plan's cost with the rest of the budget. `deadline` is the end of the time that the run may wait. */
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

const low = (cost: Cost, { remaining, resetsAt, shards = 1 }: RequestBudget): Warning => ({
  title: 'request budget runs low',
  message: `The run usually takes about ${cost.typical} more requests and ${remaining} are left${shards > 1 ? ' for this shard' : ''}${
    resetsAt === null ? '' : ` until ${new Date(resetsAt).toISOString()}`
  }, so it will poll the deployments less often. A longer \`timeout\` or fewer services per run help.`,
})
