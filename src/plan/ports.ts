import type { Environment } from '../inventory/inventory.ts'
import type { ListedVariable } from './preview/overrides.ts'
import type { EnvironmentRecord } from './preview/ownership.ts'

/** What planning previews wants to know beyond the inventory. */
export interface PreviewReader {
  /** Records of these environments, in one request; those that cannot be read are missing. */
  records(environments: readonly Environment[]): Promise<ReadonlyMap<string, EnvironmentRecord>>
  /** The variables in these environments by environment id, without values. Throws where it cannot read them. */
  variables(
    environments: readonly Environment[],
  ): Promise<ReadonlyMap<string, readonly ListedVariable[]>>
}

/** How one commit stands to another. `unknown` if the history at hand does not tell for sure. */
export type CommitOrder = 'same' | 'older' | 'newer' | 'diverged' | 'unknown'

/** The history that the workspace's checkout has. Commits are named by all 40 digits. */
export interface CommitHistory {
  /** Returns whether `commit` is older or newer than `other`: an ancestor or a descendant of it. */
  compareCommits(commit: string, other: string): Promise<CommitOrder>
  /** Returns the paths that differ between two commits, both names of a moved file; `null` if they are not all known. */
  changedFiles(from: string, to: string): Promise<readonly string[] | null>
  /** Returns when a commit was made, in milliseconds since the epoch; `null` if it is not known. */
  commitDate(commit: string): Promise<number | null>
}
