/** What the local GitHub knows: plain objects, so that a test may look at everything. Times are milliseconds. */

export interface User {
  login: string
  type: 'User' | 'Bot'
}

export interface IssueComment {
  id: number
  /** Number of the pull request it stands on. */
  issue: number
  user: User
  association: 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE'
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
}

/** What a token may be given; a workflow's `permissions` have these names. */
export type Permission = 'issues' | 'pull-requests' | 'deployments' | 'contents'
export type Permissions = Partial<Record<Permission, 'read' | 'write'>>
