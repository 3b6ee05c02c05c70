import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type {
  Commit,
  Deployment,
  DeploymentState,
  IssueComment,
  Permission,
  Permissions,
  PullRequest,
  User,
} from './model.ts'
import type { GitHubState } from './state.ts'

/** The part of an event's payload that describes a pull request. */
const eventPullRequest = z.object({ number: z.number(), state: z.enum(['open', 'closed']) })

export interface GitHubOptions {
  clock: Clock
  /** `owner/name`. */
  repository?: string
  /** Permissions of the workflow's token; by default all that the action can use. */
  permissions?: Permissions
}

/** The user that the token of a job (`GITHUB_TOKEN`) belongs to. */
export const bot: User = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' }

/** The repository of the local GitHub and the methods that change it. */
export class GitHubWorld {
  readonly repository: string
  permissions: Permissions
  readonly comments: IssueComment[] = []
  readonly deployments: Deployment[] = []
  readonly pullRequests = new Map<number, PullRequest>()
  readonly commits = new Map<string, Commit>()
  /** The user that the token belongs to. */
  viewer: User = bot
  /**
   * The routes by which the token can read its own user: `POST /graphql` and `GET /user`. The token of a job can use the
   * first only. Some versions of GitHub Enterprise Server have neither.
   */
  viewerRoutes: { graphql: boolean; user: boolean } = { graphql: true, user: false }
  /** Seconds before a new comment appears in lists. */
  listLagSeconds = 0
  readonly #clock: Clock
  #lastId = 1000

  constructor(options: GitHubOptions) {
    this.#clock = options.clock
    this.repository = options.repository ?? 'acme/shop'
    this.permissions = options.permissions ?? {
      'pull-requests': 'write',
      deployments: 'write',
      contents: 'read',
    }
  }

  now(): number {
    return this.#clock.now()
  }

  /** Whether the token has the permission at this level. `write` includes `read`. */
  allows(permission: Permission, level: 'read' | 'write'): boolean {
    const granted = this.permissions[permission]
    return granted === 'write' || granted === level
  }

  /** Adds a pull request, or replaces the one with this number. */
  pullRequest(number: number, facts: Partial<PullRequest> = {}): PullRequest {
    const pullRequest: PullRequest = {
      number,
      state: 'open',
      merged: false,
      branch: 'feature',
      sha: 'f'.repeat(40),
      headRepository: this.repository,
      mergeCommit: null,
      ...facts,
    }
    this.pullRequests.set(number, pullRequest)
    return pullRequest
  }

  /**
   * Updates the state of an existing pull request from the payload of a `closed` or `reopened` event. Other payloads
   * change nothing.
   */
  applyEvent({ action, pull_request }: Record<string, unknown>): void {
    if (action !== 'closed' && action !== 'reopened') return
    const { success, data } = eventPullRequest.safeParse(pull_request)
    const existing = success ? this.pullRequests.get(data.number) : undefined
    if (success && existing) existing.state = data.state
  }

  /** Adds a comment to the pull request with the number `issue`. */
  comment(issue: number, body: string, author: Partial<IssueComment> = {}): IssueComment {
    const now = this.now()
    const comment: IssueComment = {
      id: ++this.#lastId,
      issue,
      user: this.viewer,
      association: 'NONE',
      body,
      createdAt: now,
      updatedAt: now,
      ...author,
    }
    this.comments.push(comment)
    return comment
  }

  /** Adds a commit. `files` are the files that the commit changes. */
  commit(sha: string, parents: string[] = [], files: Commit['files'] = []): Commit {
    const commit = { sha, parents, files }
    this.commits.set(sha, commit)
    return commit
  }

  /** Removes a comment. Returns whether there was one with this id. */
  removeComment(id: number): boolean {
    const index = this.comments.findIndex((comment) => comment.id === id)
    if (index < 0) return false
    this.comments.splice(index, 1)
    return true
  }

  /** Adds a deployment without a status. */
  deployment(facts: Omit<Deployment, 'id' | 'createdAt' | 'statuses'>): Deployment {
    const deployment = { ...facts, id: ++this.#lastId, createdAt: this.now(), statuses: [] }
    this.deployments.push(deployment)
    return deployment
  }

  /**
   * Adds a status to the deployment. As at GitHub, a `success` with `autoInactive` also adds the status `inactive` to
   * earlier deployments of the same environment, except transient ones and those of production environments.
   */
  status(
    deployment: Deployment,
    status: {
      state: DeploymentState
      environmentUrl?: string
      logUrl?: string
      description?: string
      autoInactive?: boolean
    },
  ) {
    const {
      state,
      environmentUrl = '',
      logUrl = '',
      description = '',
      autoInactive = true,
    } = status
    const added = {
      id: ++this.#lastId,
      state,
      environmentUrl,
      logUrl,
      description,
      createdAt: this.now(),
    }
    deployment.statuses.push(added)
    if (state !== 'success' || !autoInactive) return added
    for (const other of this.deployments) {
      const same = other.environment === deployment.environment && other.id < deployment.id
      if (!same || other.transient || other.production || stateOf(other) === 'inactive') continue
      other.statuses.push({ ...added, id: ++this.#lastId, state: 'inactive' })
    }
    return added
  }

  /** Returns the state of the repository. */
  save(): GitHubState {
    const { comments, deployments } = this
    const pullRequests = [...this.pullRequests]
    const commits = [...this.commits]
    return { comments, deployments, pullRequests, commits, lastId: this.#lastId }
  }

  /** Replaces the state of the repository. */
  restore(state: GitHubState): void {
    this.#lastId = state.lastId
    this.comments.splice(0, Infinity, ...state.comments)
    this.deployments.splice(0, Infinity, ...state.deployments)
    this.pullRequests.clear()
    for (const [number, one] of state.pullRequests) this.pullRequests.set(number, one)
    this.commits.clear()
    for (const [sha, commit] of state.commits) this.commits.set(sha, commit)
  }

  /** Returns a line `<environment>: <state>` for each deployment, oldest first. */
  deploymentStates(): string[] {
    return this.deployments.map((one) => `${one.environment}: ${stateOf(one)}`)
  }
}

/** Returns the state of the newest status, which GitHub shows as the state of the deployment; `none` without a status. */
export const stateOf = ({ statuses }: Deployment): DeploymentState | 'none' =>
  statuses.at(-1)?.state ?? 'none'
