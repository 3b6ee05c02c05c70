import { listLocations } from '../errors/list-locations.ts'
import type { Warning } from '../errors/warning.ts'
import type { CommitChoice } from '../inputs/read-inputs.ts'
import { locationOf, type ServiceInstance, type ServiceTarget } from '../inventory/inventory.ts'
import { isBuiltFrom } from '../inventory/selection.ts'
import { isLive, isUnfinished } from './deployment-status.ts'
import type { StepEnvironment } from './plan.ts'
import type { CommitComparison } from './ports.ts'

/** A pair of commits to compare, in lower case. The run wants to replace `base` by `commit`. */
export interface CommitRange {
  readonly base: string
  readonly commit: string
}

/** The results of comparisons, by the key of the pair of commits. */
export type Comparisons = ReadonlyMap<string, CommitComparison>

/** Returns the key of a pair of commits in {@link Comparisons}. */
export const rangeKey = ({ base, commit }: CommitRange): string => `${base}...${commit}`

/** The maximum number of pairs of commits that a run compares. Each may cost a request to GitHub. */
export const maxComparisons = 20

/**
 * The maximum number of pairs of commits that a run compares if it needs the changed files. A checkout needs no
 * request, so this maximum is higher. GitHub still receives at most {@link maxComparisons} requests.
 */
export const maxFileComparisons = 200

/** Returns whether a text is a full commit id. */
export const isCommitId = (text: string): boolean => /^[0-9a-f]{40}$/.test(text)

/** The part of the inputs that decides which commits are compared. */
export interface ComparedRequest {
  readonly commit: CommitChoice
  readonly force: boolean
  readonly context: { readonly repository: string }
}

/**
 * Lists the live commits, and those in progress, that the requested commit would replace. The run compares the requested
 * commit with each of them. With `force`, or without a requested commit, there is nothing to compare.
 */
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

/** Lists the commits of a service that are in progress or live, in lower case. The one in progress comes first. */
export function currentCommits({ latest, active }: ServiceInstance): string[] {
  const current = [
    ...(latest && isUnfinished(latest.status) ? [latest] : []),
    ...active.filter(({ status }) => isLive(status)),
  ]
  return [...new Set(current.flatMap(({ commit }) => commit?.toLowerCase() ?? []))]
}

/** Lists the commits of services that are newer than the requested commit, by the comparisons. */
export const newerCommits = (comparisons: Comparisons): string[] =>
  [...comparisons].flatMap(([range, { relation }]) =>
    relation === 'older' ? (range.split('...', 1)[0] ?? []) : [],
  )

/** Returns a notice about services that are deployed although the order of the two commits is not known. */
export function unknownOrder(
  targets: readonly ServiceTarget<StepEnvironment>[],
  request: ComparedRequest,
  comparisons: Comparisons,
): Warning[] {
  const { commit } = request
  if (commit.kind !== 'commit') return []
  const locations = targets.flatMap((target) => {
    const unknown = commitsToCompare([target], request).filter(
      (base) =>
        (comparisons.get(rangeKey({ base, commit: commit.sha }))?.relation ?? 'unknown') ===
        'unknown',
    )
    return unknown.map((base) => ({ ...locationOf(target), note: `has ${base.slice(0, 7)}` }))
  })
  if (locations.length === 0) return []
  const requested = commit.sha.slice(0, 7)
  return [
    {
      title: 'order of commits not known',
      message: `The action could not find out whether commit ${requested} is newer than the commit that is live or being deployed. It deploys ${requested} to ${listLocations(locations)}. To compare commits, the action needs a checkout with \`fetch-depth: 0\`, or the permission \`contents: read\` for the job. It compares at most ${maxComparisons} pairs of commits in a run.`,
    },
  ]
}
