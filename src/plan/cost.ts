import { groupBy } from '../collections.ts'
import { changes, type Plan, type Step } from './plan.ts'

/** Requests that carrying out a plan takes. */
export interface Cost {
  /** Requests that change something. */
  readonly mutations: number
  /** With as few looks at the deployments as a tight budget leaves. */
  readonly minimum: number
  /** With the usual number of looks. */
  readonly typical: number
  /** On top of both where it has to wait before it begins: another look at what it deploys first. */
  readonly extraAfterWait: number
}

/**
 * What a plan costs, by the number of deployments that one request can ask about. `stale`: the inventory
 * that it follows from is not fresh any more.
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
  const looks = followed.map((services) => {
    const atOnce = Math.min(services, maxParallel ?? services)
    const turns = atOnce === 0 ? 0 : Math.ceil(services / atOnce)
    return { turns, each: Math.ceil(atOnce / batch) }
  })
  const look = wait ? sum(looks.map(({ turns, each }) => turns * each)) : 0
  // What has waited, for a canary or for its turn, is looked at once more before it begins.
  const laterTurns = sum(looks.map(({ turns, each }) => Math.max(0, turns - 1) * each))
  // So is a preview before it is deleted for its age.
  const aged = steps.filter((step) => step.action === 'delete-preview' && step.idleSince).length
  const renewals = (stale ? first : 0) + sum(later) + laterTurns + aged
  // A way back that cannot be paid for is none: a rollback and a look for each, and a few looks at all.
  const back = onFailure === 'rollback' ? 2 * sum(followed) + 4 * look : 0
  return {
    mutations,
    minimum: mutations + 4 * look + renewals + back,
    typical: mutations + 12 * look + renewals + back,
    extraAfterWait: stale ? 0 : first,
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

/** An image is put on the service before it is deployed; a removal of variables is staged and committed. */
function mutationsOf(step: Step): number {
  if (step.action === 'set-variables') {
    const { write, remove } = step.variables
    return (write.length > 0 ? 1 : 0) + (remove.length > 0 ? 2 : 0)
  }
  if (!changes(step)) return 0
  if (step.changes !== undefined) return step.changes
  return step.action === 'deploy' && step.revision.kind === 'image' ? 2 : 1
}
