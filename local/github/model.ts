/** What the local GitHub knows: plain objects, so that a test may look at everything. Times are milliseconds. */

export interface User {
  id: number
  login: string
  type: 'User' | 'Bot'
}

export interface IssueComment {
  id: number
  /** Number of the pull request it stands on. */
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
  /** `owner/name` of the head's repository; `null` where it is gone. */
  headRepository: string | null
  /** The commit on the base, once it is merged. */
  mergeCommit: string | null
}

/** A commit, for comparisons. */
export interface Commit {
  sha: string
  parents: string[]
  /** Paths that it changes; `from` where it renames. */
  files: { name: string; from?: string }[]
}

/** What a token may be given; a workflow's `permissions` have these names. */
export type Permission = 'issues' | 'pull-requests' | 'deployments' | 'contents'
export type Permissions = Partial<Record<Permission, 'read' | 'write'>>
