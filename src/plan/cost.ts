import { groupBy } from '../collections.ts'
import { changes, type Plan, type Step } from './plan.ts'

/** The number of requests to Railway that the execution of a plan needs. */
export interface Cost {
  /** The number of requests that change something. */
  readonly mutations: number
  /** The total if the deployments are polled as rarely as possible. */
  readonly minimum: number
  /** The total if the deployments are polled as often as usual. */
  readonly typical: number
  /** The additional requests if the run has to wait for the rate limit first. The services are then read again. */
  readonly extraAfterWait: number
}

/**
 * Returns the cost of a plan. `batch`: the number of deployments that one request can read. `stale`: the inventory is
 * too old, so that the services of the first wave are read again before they are changed.
 */
export function costOf(
  { steps }: Plan,
  {
    wait,
    batch,
    stale = false,
    onFailure = 'keep',
    maxParallel = null,
  }: {
    wait: boolean
    batch: number
    stale?: boolean
    onFailure?: 'keep' | 'rollback'
    maxParallel?: number | null
  },
): Cost {
  const mutations = sum(steps.map(mutationsOf))
  const working = steps.filter(({ action }) => action !== 'keep')
  const waves = [...groupBy(working, ({ wave = 0 }) => wave)].toSorted(([a], [b]) => a - b)
  const followed = waves.map(
    ([, own]) =>
      own.filter(({ action, target }) => action !== 'set-variables' && target.instance).length,
  )
  const [first = 0, ...later] = followed.map((services) => Math.ceil(services / batch))
  const pollsOfWaves = followed.map((services) => {
    const atOnce = Math.min(services, maxParallel ?? services)
    const batches = atOnce === 0 ? 0 : Math.ceil(services / atOnce)
    return { batches, each: Math.ceil(atOnce / batch) }
  })
  const poll = wait ? sum(pollsOfWaves.map(({ batches, each }) => batches * each)) : 0
  // A service that has waited, for a canary or for a slot, is read again before it is deployed.
  const laterBatches = sum(pollsOfWaves.map(({ batches, each }) => Math.max(0, batches - 1) * each))
  // A preview that is deleted because of its age is read again, too.
  const aged = steps.filter((step) => step.action === 'delete-preview' && step.idleSince).length
  const refreshes = (stale ? first : 0) + sum(later) + laterBatches + aged
  // The budget also has to suffice for a rollback: a request and a read for each service, and a few polls of all.
  const rollback = onFailure === 'rollback' ? 2 * sum(followed) + 4 * poll : 0
  return {
    mutations,
    minimum: mutations + 4 * poll + refreshes + rollback,
    typical: mutations + 12 * poll + refreshes + rollback,
    extraAfterWait: stale ? 0 : first,
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

/**
 * Returns the number of mutations of a step. An image is set on the service before it is deployed. A removal of
 * variables is staged and committed.
 */
function mutationsOf(step: Step): number {
  if (step.action === 'set-variables') {
    const { write, remove } = step.variables
    return (write.length > 0 ? 1 : 0) + (remove.length > 0 ? 2 : 0)
  }
  if (!changes(step)) return 0
  if (step.changes !== undefined) return step.changes
  return step.action === 'deploy' && step.revision.kind === 'image' ? 2 : 1
}
