import type { Failure } from '../errors/codes.ts'
import type { Result } from '../errors/result.ts'
import type { UpdateError } from '../errors/update-error.ts'
import type { Deployment, Environment, ServiceTarget, Target } from '../inventory/inventory.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import type { VariableState, VariableTarget } from './variables/state.ts'

/** The ports for reading the facts of a plan. Only `collectFacts` calls them. */
export interface PlanSources {
  readonly scope: TokenScope
  readonly variables: VariableReader
  readonly histories: Histories
  readonly roots: RootDirectories
  readonly previews: PreviewReader
  readonly directories: Directories
  readonly commits: CommitHistory
  readonly sourceSettings: SourceSettingsReader
  /** The pull requests of the repository; `null` without a GitHub token. */
  readonly pullRequests: PullRequests | null
}

/** The port for reading variables. */
export interface VariableReader {
  /** Reads the variables of these targets, in their order. If some cannot be read, the result has all failures. */
  read(targets: readonly VariableTarget[]): Promise<Result<readonly VariableState[]>>
  /**
   * Reads the staged changes of these environments. The result has the paths of the changes by environment id; no paths
   * if nothing is staged. The path of a variable is `/services/<id>/variables/<name>` or `/sharedVariables/<name>`.
   */
  stagedPaths(
    environments: readonly Target[],
  ): Promise<Result<ReadonlyMap<string, readonly string[]>>>
  /**
   * Reads the times from which changes are staged in environments with staged changes. The result has the times in ISO
   * 8601 by environment id. Times that cannot be read are missing.
   */
  stagedSince(environmentIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** An earlier deployment. `canRollback`: Railway can still roll back to it. */
export interface PastDeployment extends Deployment {
  readonly canRollback: boolean
}

/** The deployments of a service, newest first, up to the last one that was read; or the failure of reading them. */
export type History =
  | { readonly ok: true; readonly deployments: readonly PastDeployment[] }
  | { readonly ok: false; readonly failure: Failure }

/** The port for reading earlier deployments. */
export interface Histories {
  /**
   * Reads the histories of the targets, in their order. Each is read until `isEnough` returns `true`, or to its end.
   */
  read(
    targets: readonly ServiceTarget[],
    isEnough: (target: ServiceTarget, deployments: readonly PastDeployment[]) => boolean,
  ): Promise<readonly History[]>
}

/** A file or directory to upload. `path`: relative to the root of the tree, with forward slashes. */
export interface TreeEntry {
  readonly path: string
  readonly isDirectory: boolean
  readonly bytes: number
  /** The path in the tree that the entry points to, if it is a symbolic link. */
  readonly linkedTo?: string
  /** `true` if git marks the file as executable. It is set only on a system whose files have no modes. */
  readonly executable?: true
}

/** Files that ignore rules left out. */
export interface IgnoredFiles {
  /** The number of files; the minimum number if `complete` is `false`. */
  readonly count: number
  readonly complete: boolean
  /** The paths of the first ten. */
  readonly first: readonly string[]
}

/** The files and directories to upload. */
export interface Tree {
  /** The absolute path of the directory. */
  readonly root: string
  readonly entries: readonly TreeEntry[]
  readonly files: number
  /** The total size of the files before compression. */
  readonly bytes: number
  /** The paths that cannot be uploaded, each with the reason. */
  readonly leftOut: readonly string[]
  readonly ignored: IgnoredFiles
  /** The ignore files that are symbolic links. Git does not follow them, so their rules are not applied. */
  readonly linkedIgnoreFiles: readonly string[]
}

/** The result of scanning a directory. */
export type Scan =
  | { readonly kind: 'tree'; readonly tree: Tree }
  /** The directory does not exist. */
  | { readonly kind: 'missing' }
  /** The directory is outside of the workspace, by its path or through a symbolic link. */
  | { readonly kind: 'outside' }
  /** The directory is the data of a git repository (`.git`), or a part of it, under any name. */
  | { readonly kind: 'repository-data' }
  /** Symbolic links in the directory point to a path outside of it, each as `link -> target`. */
  | { readonly kind: 'leaves'; readonly links: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** The run was stopped. */
  | { readonly kind: 'cancelled' }

/** The port for reading directories on the runner. */
export interface Directories {
  /**
   * Lists the files in a directory that no ignore rule excludes. `path`: relative to the workspace. An aborted signal
   * ends the scan with `cancelled`.
   */
  scan(path: string, signal?: AbortSignal): Promise<Scan>
}

/** The port for reading a service's root directory. */
export interface RootDirectories {
  /**
   * Reads the directory that Railway builds a service from, relative to the root of its source, without slashes at the
   * ends.
   */
  rootDirectory(target: ServiceTarget): Promise<string>
}

/** The settings of a service that decide which files of the repository belong to it. */
export interface SourceSettings {
  /** The root directory, without slashes at the ends; empty for the root of the repository. */
  readonly rootDirectory: string
  /** The watch patterns in the syntax of gitignore, relative to the root of the repository. */
  readonly watchPatterns: readonly string[]
}

/** The port for reading the settings of many services. */
export interface SourceSettingsReader {
  /**
   * Reads the settings of the targets, in their order, with at most three requests. Settings that Railway rejects are
   * `null`, and so are settings that do not fit into three requests.
   */
  read(targets: readonly ServiceTarget[]): Promise<readonly (SourceSettings | null)[]>
}

/** The facts about an environment that the inventory does not have. */
export interface EnvironmentRecord {
  readonly id: string
  readonly name: string
  readonly ephemeral: boolean
  /** ISO 8601. */
  readonly createdAt: string
  /** The id of the environment that it was cloned from; `null` if Railway does not report it. */
  readonly sourceId: string | null
  /** The number of the pull request that Railway itself created the environment for; `null` for other environments. */
  readonly pullRequest: number | null
}

/** The port for reading about previews. */
export interface PreviewReader {
  /** Reads the records of these environments, by their ids. Records that cannot be read are missing in the result. */
  records(environments: readonly Environment[]): Promise<ReadonlyMap<string, EnvironmentRecord>>
}

/** The state of a pull request: `missing` if GitHub cannot find it, `null` if GitHub gave no usable response. */
export type PullRequestState = 'open' | 'closed' | 'missing' | null

/** The port for reading pull requests. */
export interface PullRequests {
  /** Reads the state of a pull request by its number. `errors`: the errors of the request. */
  state(number: number): Promise<{ state: PullRequestState; errors: UpdateError[] }>
}

/** The relation of a commit to another commit. `newer`: the other one is among its ancestors. `older`: the reverse. */
export type CommitRelation = 'same' | 'newer' | 'older' | 'diverged' | 'unknown'

/** The comparison of two commits. */
export interface CommitComparison {
  readonly relation: CommitRelation
  /**
   * The paths that differ between the two commits, relative to the root of the repository. The list is `null` if it was
   * not requested or is not complete. A renamed file has both names. The path of a submodule ends with a slash.
   */
  readonly files: readonly string[] | null
}

/** The port for comparing commits of the repository that the run belongs to. */
export interface CommitHistory {
  /** Compares `commit` with `base`, both as 40 hexadecimal digits. Errors give the relation `unknown`. */
  compare(base: string, commit: string, wanted: { files: boolean }): Promise<CommitComparison>
}

/** The port for reading the dates of commits. */
export interface CommitDates {
  /** Returns when a commit was made, in milliseconds since the epoch; `null` if it is not known. */
  commitDate(commit: string): Promise<number | null>
}
