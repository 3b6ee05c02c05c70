import type { Named } from '../named.ts'
import { currentCommits, isCommitId } from '../plan/commit-comparisons.ts'
import type { Step } from '../plan/plan.ts'
import type { ExecutePorts } from './context.ts'
import type { InstanceState } from './ports.ts'

/**
 * Returns the newer commit that was deployed to a service after planning; `null` if there is none. Only what
 * planning did not know is compared. An order that is not known is noted, and the commit is deployed.
 */
export async function overtakingCommit(
  step: Step<Named>,
  now: InstanceState,
  { commits, emit }: Pick<ExecutePorts, 'commits' | 'emit'>,
): Promise<string | null> {
  if (step.action !== 'deploy' || step.revision.kind !== 'commit') return null
  if (step.ofLive || step.mayGoBack) return null
  const { target } = step
  const { sha } = step.revision
  const known = new Set([sha, ...currentCommits(target.instance)])
  const current = currentCommits({ ...target.instance, ...now })
  if (current.includes(sha)) return null
  for (const base of current.filter((one) => !known.has(one) && isCommitId(one))) {
    const { relation } = await commits.compare(base, sha, { files: false })
    if (relation === 'older') return base
    if (relation !== 'unknown') continue
    const [requested, other] = [sha.slice(0, 7), base.slice(0, 7)]
    const note = `it is not known whether ${requested} is newer than ${other}, which was deployed in the meantime; ${requested} is deployed`
    emit({ kind: 'note', target, note })
  }
  return null
}
