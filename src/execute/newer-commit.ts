import type { Named } from '../named.ts'
import { currentCommits, isCommitId } from '../plan/commit-comparisons.ts'
import type { Step } from '../plan/plan.ts'
import type { ExecutePorts } from './context.ts'
import type { InstanceState } from './ports.ts'

/**
 * Returns a commit that is newer than the step's commit and that was deployed to the service after planning; `null` if
 * there is none. Commits that were live or in progress at planning are not compared again. Emits a note if it is not
 * known which commit is newer.
 */
export async function newerCommit(
  step: Step<Named>,
  now: InstanceState,
  { commits, emit }: Pick<ExecutePorts, 'commits' | 'emit'>,
): Promise<string | null> {
  if (step.action !== 'deploy' || step.revision.kind !== 'commit') return null
  if (step.ofLive || step.mayReplaceNewerCommit) return null
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
