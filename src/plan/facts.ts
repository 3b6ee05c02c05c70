import type { UpdateError } from '../errors/update-error.ts'
import type { Environment, ServiceInstance } from '../inventory/inventory.ts'
import type { Comparisons } from './commit-comparisons.ts'
import type { EnvironmentRecord, History, PullRequestState, Scan, SourceSettings } from './ports.ts'
import type { VariablesSnapshot } from './variables/snapshot.ts'
import type { VariableState } from './variables/state.ts'

/**
 * The facts that a plan is made from, in addition to the inputs and the selection. A fact that is not needed is empty.
 */
export interface PlanFacts {
  /** `null` for a run that sets no variables. */
  readonly variables: VariablesSnapshot | null
  /** The paths of staged changes by environment id, for environments in which variables are removed. */
  readonly stagedPaths: ReadonlyMap<string, readonly string[]>
  /** The histories of deployments by the key of the target. */
  readonly histories: ReadonlyMap<string, History>
  /** For a promotion: the source environment by the id of the target environment. */
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
  /** The services whose deployments by pushes are switched off. It is missing if that was not read. */
  readonly switchedOff?: ReadonlySet<ServiceInstance>
}

/** Empty facts. */
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
