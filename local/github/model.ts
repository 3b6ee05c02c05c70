/** The data of the local GitHub. Plain objects, which tests can read. Times are milliseconds since the epoch. */

export interface User {
  id: number
  login: string
  type: 'User' | 'Bot'
}

export interface IssueComment {
  id: number
  /** Number of the pull request that the comment belongs to. */
  issue: number
  user: User
  association: 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE'
  body: string
  createdAt: number
  updatedAt: number
}

export type DeploymentState =
  | 'queued'
  | 'in_progress'
  | 'pending'
  | 'success'
  | 'failure'
  | 'error'
  | 'inactive'

export interface DeploymentStatus {
  id: number
  state: DeploymentState
  environmentUrl: string
  logUrl: string
  description: string
  createdAt: number
}

export interface Deployment {
  id: number
  sha: string
  ref: string
  environment: string
  description: string
  payload: unknown
  transient: boolean
  production: boolean
  createdAt: number
  /** Oldest first. */
  statuses: DeploymentStatus[]
}

export interface PullRequest {
  number: number
  state: 'open' | 'closed'
  merged: boolean
  branch: string
  sha: string
  /** `owner/name` of the head's repository; `null` if that repository was deleted. */
  headRepository: string | null
  /** The merge commit on the base branch; `null` before the merge. */
  mergeCommit: string | null
}

/** A commit, as comparisons of two commits need it. */
export interface Commit {
  sha: string
  /** SHAs of the parents. */
  parents: string[]
  /** The changed files, by path. `from`: the earlier path of a renamed file. */
  files: { name: string; from?: string }[]
}

/** A permission of a token, by its name under `permissions` in a workflow. */
export type Permission = 'issues' | 'pull-requests' | 'deployments' | 'contents'
export type Permissions = Partial<Record<Permission, 'read' | 'write'>>
