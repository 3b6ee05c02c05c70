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
