import type { Failure } from '../errors/codes.ts'
import type { Result } from '../errors/result.ts'
import type { UpdateError } from '../errors/update-error.ts'
import type { Deployment, Environment, ServiceTarget, Target } from '../inventory/inventory.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import type { VariableState, VariableTarget } from './variables/state.ts'

/** The ports that planning reads from, beyond the inventory. Only `collectFacts` calls them. */
export interface PlanSources {
  readonly scope: TokenScope
  readonly variables: VariableReader
  readonly histories: Histories
  readonly roots: RootDirectories
  readonly previews: PreviewReader
  readonly directories: Directories
  readonly commits: CommitHistory
  readonly sourceSettings: SourceSettingsReader
  /** `null` without a GitHub token. */
  readonly pullRequests: PullRequests | null
}

/** The port for reading variables. */
export interface VariableReader {
  /** Reads the variables of these targets, in their order, or returns every reason why that is not possible. */
  read(targets: readonly VariableTarget[]): Promise<Result<readonly VariableState[]>>
  /**
   * Reads the staged changes of these environments, each once: paths by environment id, none if nothing is staged. The
   * path of a variable is `/services/<id>/variables/<name>` or `/sharedVariables/<name>`.
   */
  stagedPaths(
    environments: readonly Target[],
  ): Promise<Result<ReadonlyMap<string, readonly string[]>>>
}

/** An earlier deployment, and whether Railway can still roll back to it. */
export interface PastDeployment extends Deployment {
  readonly canRollback: boolean
}

/** The deployments of a service, newest first as far as they were read, or why they are not known. */
export type History =
  | { readonly ok: true; readonly deployments: readonly PastDeployment[] }
  | { readonly ok: false; readonly failure: Failure }

/** The port for reading earlier deployments. */
export interface Histories {
  /** Reads the histories in the targets' order, each until `isEnough` or to its end. */
  read(
    targets: readonly ServiceTarget[],
    isEnough: (target: ServiceTarget, deployments: readonly PastDeployment[]) => boolean,
  ): Promise<readonly History[]>
}

/** A file or directory to be uploaded; the path is relative to the tree, with forward slashes. */
export interface TreeEntry {
  readonly path: string
  readonly isDirectory: boolean
  readonly bytes: number
  /** The path in the tree that links lead to; absent if there are no links. */
  readonly linkedTo?: string
  /** Present if git has it as a program on a system without file modes. */
  readonly executable?: true
}

/** Files that ignore rules left out. */
export interface IgnoredFiles {
  /** The number of files. With `complete: false` there are more. */
  readonly count: number
  readonly complete: boolean
  /** The paths of the first ten. */
  readonly first: readonly string[]
}

/** The part of a directory that is to be uploaded. */
export interface Tree {
  /** The absolute path. */
  readonly root: string
  readonly entries: readonly TreeEntry[]
  readonly files: number
  /** The total size of the files before compression. */
  readonly bytes: number
  /** The files that cannot be uploaded, and why. */
  readonly leftOut: readonly string[]
  readonly ignored: IgnoredFiles
  /** Ignore files that are symbolic links: git does not follow them. */
  readonly linkedIgnoreFiles: readonly string[]
}

/** The result of scanning a directory. */
export type Scan =
  | { readonly kind: 'tree'; readonly tree: Tree }
  /** There is no such directory. */
  | { readonly kind: 'missing' }
  /** It lies outside of the workspace, by its name or through a link. */
  | { readonly kind: 'outside' }
  /** It belongs to the data of a repository, under whatever name. */
  | { readonly kind: 'repository-data' }
  /** Symbolic links in it lead out of it, each as `link -> target`. */
  | { readonly kind: 'leaves'; readonly links: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** The run was stopped. */
  | { readonly kind: 'cancelled' }

/** The port for reading directories on the runner. */
export interface Directories {
  /**
   * Lists the files below a path that no rule ignores. The path is relative to the workspace. The signal ends the scan
   * early.
   */
  scan(path: string, signal?: AbortSignal): Promise<Scan>
}

/** The port for reading a service's root directory. */
export interface RootDirectories {
  /** Reads the directory within its source that a service is built from, without slashes at the ends. */
  rootDirectory(target: ServiceTarget): Promise<string>
}

/** The settings of a service that say which files of its repository are its own. */
export interface SourceSettings {
  /** Without slashes at the ends; empty for the repository's root. */
  readonly rootDirectory: string
  /** Patterns in the syntax of gitignore, from the repository's root. */
  readonly watchPatterns: readonly string[]
}

/** The port for reading the settings of many services. */
export interface SourceSettingsReader {
  /**
   * Reads in the targets' order. A setting is `null` if Railway refuses it, or if it is beyond the number that three
   * requests hold.
   */
  read(targets: readonly ServiceTarget[]): Promise<readonly (SourceSettings | null)[]>
}

/** A record of an environment: the facts that the inventory does not have. */
export interface EnvironmentRecord {
  readonly id: string
  readonly name: string
  readonly ephemeral: boolean
  /** ISO 8601. */
  readonly createdAt: string
  /** The environment that it was cloned from; `null` if Railway does not say. */
  readonly sourceId: string | null
  /** The number of the pull request for which Railway itself made the environment. */
  readonly pullRequest: number | null
}

/** The port for reading about previews. */
export interface PreviewReader {
  /** Reads the records of these environments, in one request; those that cannot be read are missing. */
  records(environments: readonly Environment[]): Promise<ReadonlyMap<string, EnvironmentRecord>>
}

/** The state of a pull request: `missing` if GitHub finds none, `null` if it does not say. */
export type PullRequestState = 'open' | 'closed' | 'missing' | null

/** The port for reading pull requests. */
export interface PullRequests {
  /** Reads the state of a pull request. */
  state(number: number): Promise<{ state: PullRequestState; troubles: UpdateError[] }>
}

/** The relation of a commit to another one: `newer` if it has the other among its ancestors. */
export type CommitRelation = 'same' | 'newer' | 'older' | 'diverged' | 'unknown'

/** Two commits compared. */
export interface CommitComparison {
  readonly relation: CommitRelation
  /**
   * The paths from the repository's root that differ between the two; `null` if they are not known completely, or were
   * not requested. A renamed file has both its names. A submodule's path ends in a slash.
   */
  readonly files: readonly string[] | null
}

/** The port for reading the history of the run's own repository. */
export interface CommitHistory {
  /** Compares `commit` with `base`, both of 40 hexadecimal digits. It never throws. */
  compare(base: string, commit: string, wanted: { files: boolean }): Promise<CommitComparison>
}

/** The port for reading the dates of commits. */
export interface CommitDates {
  /** Returns when a commit was made, in milliseconds since the epoch; `null` if it is not known. */
  commitDate(commit: string): Promise<number | null>
}
