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

/** How a commit relates to another one: `newer` where it has the other among its ancestors. */
export type CommitRelation = 'same' | 'newer' | 'older' | 'diverged' | 'unknown'

/** Two commits compared. */
export interface CommitComparison {
  readonly relation: CommitRelation
  /**
   * Paths from the repository's root that differ between the two, both names of what was renamed; `null` if they
   * are not known completely, or were not requested.
   */
  readonly files: readonly string[] | null
}

/** The history of the run's own repository. */
export interface CommitHistory {
  /** Compares `commit` with `base`, both of 40 hexadecimal digits. It never throws. */
  compare(base: string, commit: string, wanted: { files: boolean }): Promise<CommitComparison>
}

/** The dates of commits. */
export interface CommitDates {
  /** Returns when a commit was made, in milliseconds since the epoch; `null` if it is not known. */
  commitDate(commit: string): Promise<number | null>
}
