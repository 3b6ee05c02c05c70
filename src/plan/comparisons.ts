import type { Warning } from '../errors/warning.ts'
import type { CommitChoice } from '../inputs/read-inputs.ts'
import { type ServiceInstance, type ServiceTarget, targetName } from '../inventory/inventory.ts'
import { isBuiltFrom } from '../inventory/selection.ts'
import { isLive, isUnderWay } from './deployment-status.ts'
import type { StepEnvironment } from './plan.ts'
import type { CommitComparison } from './ports.ts'

/** Two commits to compare, in lower case: `commit` is to replace `base`. */
export interface CommitRange {
  readonly base: string
  readonly commit: string
}

/** Comparisons of commits, by the key of their range. */
export type Comparisons = ReadonlyMap<string, CommitComparison>

/** Identifies a range. */
export const rangeKey = ({ base, commit }: CommitRange): string => `${base}...${commit}`

/** The number of commits that one run compares at most, and requests from GitHub at most. */
export const maxComparisons = 20

/** The number of commits that a run compares at most if it needs their files: a checkout has them without a request. */
export const maxFileComparisons = 200

/** Returns whether a text is a full commit id. */
export const isCommitId = (text: string): boolean => /^[0-9a-f]{40}$/.test(text)

/** The part of the inputs that a comparison depends on. */
export interface ComparedRequest {
  readonly commit: CommitChoice
  readonly force: boolean
  readonly context: { readonly repository: string }
}

/** Lists the commits that the requested one has to be compared with, each once. */
export function commitsToCompare(
  targets: readonly ServiceTarget<StepEnvironment>[],
  { commit, force, context }: ComparedRequest,
): string[] {
  if (commit.kind !== 'commit' || force) return []
  const commits = targets
    .filter(({ instance }) => isBuiltFrom(instance, context.repository))
    .map(({ instance }) => currentCommits(instance))
    .filter((current) => !current.includes(commit.sha))
  return [...new Set(commits.flat())].filter(isCommitId)
}

/** Lists the commits that a service has under way or live, in lower case: what is under way comes first. */
export function currentCommits({ latest, active }: ServiceInstance): string[] {
  const current = [
    ...(latest && isUnderWay(latest.status) ? [latest] : []),
    ...active.filter(({ status }) => isLive(status)),
  ]
  return [...new Set(current.flatMap(({ commit }) => commit?.toLowerCase() ?? []))]
}

/** Lists the commits that are newer than their replacement. */
export const newerCommits = (comparisons: Comparisons): string[] =>
  [...comparisons].flatMap(([range, { relation }]) =>
    relation === 'older' ? (range.split('...', 1)[0] ?? []) : [],
  )

/** Warns about services of which it is not known whether the requested commit is newer than theirs. */
export function unknownOrder(
  targets: readonly ServiceTarget<StepEnvironment>[],
  request: ComparedRequest,
  comparisons: Comparisons,
): Warning[] {
  const { commit } = request
  if (commit.kind !== 'commit') return []
  const names = targets.flatMap((target) => {
    const unknown = commitsToCompare([target], request).filter(
      (base) =>
        (comparisons.get(rangeKey({ base, commit: commit.sha }))?.relation ?? 'unknown') ===
        'unknown',
    )
    return unknown.map((base) => `${targetName(target)} (${base.slice(0, 7)})`)
  })
  if (names.length === 0) return []
  return [
    {
      title: 'order of commits not known',
      message: `Whether ${commit.sha.slice(0, 7)} is newer than what these have is not known, so they are deployed: ${names.join(', ')}. The history comes from the checkout (\`fetch-depth: 0\`), or from GitHub with the permission \`contents: read\`; at most ${maxComparisons} commits are compared in a run.`,
    },
  ]
}
