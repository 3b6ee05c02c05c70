import { type Failure, failure, type NotLiveReason } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { type ImageReference, parseImageReference } from '../inputs/image-reference.ts'
import {
  type Deployment,
  type Environment,
  locationOf,
  type ServiceTarget,
} from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { humanAge } from '../text.ts'
import { type CommitRange, type Comparisons, rangeKey } from './commit-comparisons.ts'
import { reuseDeployment } from './deploy-commit.ts'
import { consistsOf } from './deploy-image.ts'
import { isLive, isUnfinished } from './deployment-status.ts'
import type { Plan, Revision, Step } from './plan.ts'
import { describeDeployment, liveOf } from './rollback.ts'
import { targetKey, toStep } from './step-id.ts'

/** The promotion of a service. `live`: the deployment in the environment `from`, whose commit or image is deployed. */
export interface Promotion {
  readonly from: Environment
  readonly live: Deployment
  readonly revision: Extract<Revision, { readonly kind: 'commit' | 'image' }>
}

/** Returns the promotion of a service from another environment, or the reason why it is not possible. */
export function promotionOf(
  target: ServiceTarget,
  from: Environment,
): Promotion | { readonly reason: NotLiveReason } {
  const { service, source } = target.instance
  const there = from.instances.find((one) => one.service.id === service.id)
  if (!there) return { reason: { kind: 'absent' } }
  const live = liveOf({ instance: there })
  if (live === null) {
    const { latest } = there
    if (latest === null) return { reason: { kind: 'never-deployed' } }
    return { reason: { kind: 'not-live', status: latest.status } }
  }
  if (source.kind === 'repository' && live.commit && /^[0-9a-f]{40}$/i.test(live.commit)) {
    return { from, live, revision: { kind: 'commit', sha: live.commit.toLowerCase() } }
  }
  const image = source.kind === 'image' && live.image ? pinned(live.image, live.digest) : null
  if (image === null) return { reason: { kind: 'uploaded' } }
  return { from, live, revision: { kind: 'image', image } }
}

/**
 * Returns a reference to an image by its digest instead of its tag. Without a digest from Railway, the reference stays
 * unchanged. The result is `null` if the text is no reference.
 */
export function pinned(text: string, digest: string | null = null): ImageReference | null {
  const image = parseImageReference(text)
  if (image === null || image.digest !== null || digest === null) return image
  const name = image.tag === null ? image.text : image.text.slice(0, -image.tag.length - 1)
  return parseImageReference(`${name}@${digest}`) ?? image
}

/** Lists the pairs of commits to compare for a promotion, each once. */
export function promotedRanges(
  targets: readonly ServiceTarget[],
  sources: ReadonlyMap<string, Environment>,
): CommitRange[] {
  const ranges = targets.flatMap((target) => rangeOf(target, sources) ?? [])
  return [...new Map(ranges.map((range) => [rangeKey(range), range])).values()]
}

function rangeOf(
  target: ServiceTarget,
  sources: ReadonlyMap<string, Environment>,
): CommitRange | null {
  const from = sources.get(target.environment.id)
  const base = liveOf(target)?.commit?.toLowerCase()
  const promotion = from && base ? promotionOf(target, from) : null
  if (!promotion || 'reason' in promotion || promotion.revision.kind !== 'commit') return null
  const commit = promotion.revision.sha
  return base === undefined || base === commit ? null : { base, commit }
}

/** The facts that a promotion is planned from, in addition to the selection. */
export interface PromotionFacts {
  readonly sources: ReadonlyMap<string, Environment>
  readonly comparisons: Comparisons
}

/**
 * Plans the deployment of the commits and images that are live in another environment, one step for each service. If a
 * service has no live deployment there, the plan fails. `changing`: keys of targets that are deployed in any case.
 * `adjust` may replace a step.
 */
export function planPromotion(
  selection: Selection,
  { sources, comparisons }: PromotionFacts,
  { force, now }: { force: boolean; now: number },
  changing: ReadonlySet<string> = new Set(),
  adjust: (step: Step) => Step = (step) => step,
): Result<Plan> {
  const steps: Step[] = []
  const failures: Failure[] = []
  for (const target of targetsOf(selection)) {
    const from = sources.get(target.environment.id)
    if (!from) continue
    const promotion = promotionOf(target, from)
    if ('reason' in promotion) {
      const facts = { ...locationOf(target), from: from.name, reason: promotion.reason }
      failures.push(failure('source-not-live', facts))
      continue
    }
    const isNeeded = force || changing.has(targetKey(target))
    const range = rangeOf(target, sources)
    const isOlder = range !== null && comparisons.get(rangeKey(range))?.relation === 'older'
    const kept = isNeeded ? null : reuse(target, promotion.revision)
    const reused =
      kept?.action === 'adopt' ? ({ ...kept, mayReplaceNewerCommit: true } as const) : kept
    steps.push(reused ?? adjust(promote(target, promotion, isOlder, now)))
  }
  return failures.length > 0 ? err(failures) : ok({ steps, warnings: [] })
}

function promote(
  target: ServiceTarget,
  { from, live, revision }: Promotion,
  isOlder: boolean,
  now: number,
): Step {
  const what =
    revision.kind === 'commit'
      ? `commit ${revision.sha.slice(0, 7)}`
      : `image ${revision.image.text}`
  const present = liveOf(target)
  const replaced = present ? `, in place of ${describeDeployment(present)}` : ''
  const age = humanAge(now - Date.parse(live.createdAt))
  const order = isOlder ? ', which is newer: an older commit is promoted' : ''
  const detail = `${what} from ${from.name} (deployed there ${age})${replaced}${order}`
  return toStep({ action: 'deploy', revision, target, detail, mayReplaceNewerCommit: true })
}

/** Returns the step for a service that already has the promoted revision; `null` if it has to be deployed. */
function reuse(target: ServiceTarget, revision: Promotion['revision']): Step | null {
  if (revision.kind === 'commit') return reuseDeployment(target, revision)
  const { image } = revision
  if (image.digest === null) return null
  const { latest, active } = target.instance
  if (latest && isUnfinished(latest.status) && consistsOf(latest, image)) {
    const detail = `${image.text} is already being deployed (${latest.status})`
    return toStep({ action: 'adopt', deployment: latest, revision, target, detail })
  }
  if (!active.some((one) => isLive(one.status) && consistsOf(one, image))) return null
  const detail = `${image.text} is already live`
  return toStep({ action: 'keep', because: 'unchanged', target, detail })
}
