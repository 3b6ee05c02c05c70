import type { UpdateError } from '../errors/update-error.ts'
import type { Environment } from '../inventory/inventory.ts'
import type { Comparisons } from './commit-comparisons.ts'
import type { EnvironmentRecord, History, PullRequestState, Scan, SourceSettings } from './ports.ts'
import type { VariablesSnapshot } from './variables/snapshot.ts'
import type { VariableState } from './variables/state.ts'

/**
 * The facts that a plan is made from, in addition to the inputs and the selection. A fact that is not needed is empty.
 */
export interface PlanFacts {
  /** The stored variables; `null` for a run that sets none. */
  readonly variables: VariablesSnapshot | null
  /** The paths of staged changes by environment id, for environments in which variables are removed. */
  readonly stagedPaths: ReadonlyMap<string, readonly string[]>
  /** The times from which changes are staged, in ISO 8601 by environment id, if they are known. */
  readonly stagedSince: ReadonlyMap<string, string>
  /** The histories of deployments by the key of the target. */
  readonly histories: ReadonlyMap<string, History>
  /** The source environment of a promotion, by the id of the target environment. */
  readonly sources: ReadonlyMap<string, Environment>
  /** The comparisons of the commits that services have with the commits that replace them. */
  readonly comparisons: Comparisons
  /** The watch patterns and the root directory of services, by the key of the target. */
  readonly sourceSettings: ReadonlyMap<string, SourceSettings>
  /** The directory to upload; `null` for a run that uploads none. */
  readonly scan: Scan | null
  /** The root directory of the service that the directory is uploaded to. */
  readonly rootDirectory: string
  /** Records of environments that may be previews, by environment id. */
  readonly records: ReadonlyMap<string, EnvironmentRecord>
  /** The variables of previews and of the environments that they are cloned from, by the key of the owner. */
  readonly previewVariables: ReadonlyMap<string, VariableState>
  /** The states of pull requests by number, and the errors of reading them; `null` without a GitHub token. */
  readonly pullRequests: {
    readonly states: ReadonlyMap<number, PullRequestState>
    readonly errors: readonly UpdateError[]
  } | null
}

/** Empty facts. */
export const noFacts: PlanFacts = {
  variables: null,
  stagedPaths: new Map(),
  stagedSince: new Map(),
  histories: new Map(),
  sources: new Map(),
  comparisons: new Map(),
  sourceSettings: new Map(),
  scan: null,
  rootDirectory: '',
  records: new Map(),
  previewVariables: new Map(),
  pullRequests: null,
}
