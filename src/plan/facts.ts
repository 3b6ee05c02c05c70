import type { UpdateError } from '../errors/update-error.ts'
import type { Environment } from '../inventory/inventory.ts'
import type { Comparisons } from './comparisons.ts'
import type { EnvironmentRecord, History, PullRequestState, Scan, SourceSettings } from './ports.ts'
import type { VariablesSnapshot } from './variables/snapshot.ts'
import type { VariableState } from './variables/state.ts'

/** The facts that a plan is made from, besides the inputs and the selection. A fact that was not needed is empty. */
export interface PlanFacts {
  /** `null` for a run that sets no variables. */
  readonly variables: VariablesSnapshot | null
  /** Staged paths by environment id, only of environments in which variables are to be removed. */
  readonly stagedPaths: ReadonlyMap<string, readonly string[]>
  /** Histories by the key of their target. */
  readonly histories: ReadonlyMap<string, History>
  /** The environments whose deployments are promoted, by the id of the environment that they are promoted to. */
  readonly sources: ReadonlyMap<string, Environment>
  /** Comparisons of the present commits of services with their replacement. */
  readonly comparisons: Comparisons
  /** Settings that say which files belong to a service, by the key of its target. */
  readonly sourceSettings: ReadonlyMap<string, SourceSettings>
  /** The directory to upload; `null` for a run that uploads none. */
  readonly scan: Scan | null
  /** The root directory of the service that the directory is uploaded to. */
  readonly rootDirectory: string
  /** Records of environments that may be previews, by environment id. */
  readonly records: ReadonlyMap<string, EnvironmentRecord>
  /** Variables that previews would inherit, or already have, by the key of their owner. */
  readonly previewVariables: ReadonlyMap<string, VariableState>
  /** States of pull requests by number, and errors of reading them; `null` without a GitHub token. */
  readonly pullRequests: {
    readonly states: ReadonlyMap<number, PullRequestState>
    readonly errors: readonly UpdateError[]
  } | null
}

/** The facts of a run that needs none. */
export const noFacts: PlanFacts = {
  variables: null,
  stagedPaths: new Map(),
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
