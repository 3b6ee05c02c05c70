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

/** The part of an event's payload that describes a pull request. */
const eventPullRequest = z.object({ number: z.number(), state: z.enum(['open', 'closed']) })

export interface GitHubOptions {
  clock: Clock
  /** `owner/name`. */
  repository?: string
  /** What the token of the workflow may do; by default all that this action can use. */
  permissions?: Permissions
}

/** A repository as data. */
export interface GitHubState {
  readonly comments: readonly IssueComment[]
  readonly deployments: readonly Deployment[]
  readonly pullRequests: ReadonlyMap<number, PullRequest>
  readonly commits: ReadonlyMap<string, Commit>
  readonly lastId: number
}

/** The identity behind the token of a job. */
export const bot: User = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' }

/** Everything there is at the local GitHub: one repository. */
export class GitHubWorld {
  readonly repository: string
  permissions: Permissions
  readonly comments: IssueComment[] = []
  readonly deployments: Deployment[] = []
  readonly pullRequests = new Map<number, PullRequest>()
  readonly commits = new Map<string, Commit>()
  /** The identity behind the token. */
  viewer: User = bot
  /** Answers `POST /graphql` and `GET /user`. Jobs' tokens have the first only; some servers have neither. */
  tells: { graphql: boolean; user: boolean } = { graphql: true, user: false }
  /** Comments show up in lists only after so many seconds. */
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

  may(permission: Permission, level: 'read' | 'write'): boolean {
    const given = this.permissions[permission]
    return given === 'write' || given === level
  }

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

  /** Takes over the state of a pull request that is there from the payload of an event that closes or reopens it. */
  observe({ action, pull_request: about }: Record<string, unknown>): void {
    if (action !== 'closed' && action !== 'reopened') return
    const { success, data } = eventPullRequest.safeParse(about)
    const known = success ? this.pullRequests.get(data.number) : undefined
    if (success && known) known.state = data.state
  }

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

  /** A chain of commits, each the parent of the next; `files` are changed by the last one. */
  commit(sha: string, parents: string[] = [], files: Commit['files'] = []): Commit {
    const commit = { sha, parents, files }
    this.commits.set(sha, commit)
    return commit
  }

  removeComment(id: number): boolean {
    const index = this.comments.findIndex((comment) => comment.id === id)
    if (index < 0) return false
    this.comments.splice(index, 1)
    return true
  }

  deployment(facts: Omit<Deployment, 'id' | 'createdAt' | 'statuses'>): Deployment {
    const deployment = { ...facts, id: ++this.#lastId, createdAt: this.now(), statuses: [] }
    this.deployments.push(deployment)
    return deployment
  }

  /**
   * A status. As at GitHub, a success makes earlier deployments of the environment inactive where they are
   * neither transient nor of production, unless `autoInactive` is off.
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

  /** Returns everything that is in the repository, as data. */
  save(): GitHubState {
    const { comments, deployments, pullRequests, commits } = this
    return { comments, deployments, pullRequests, commits, lastId: this.#lastId }
  }

  /** Replaces everything that is in the repository. */
  restore(state: GitHubState): void {
    this.#lastId = state.lastId
    this.comments.splice(0, Infinity, ...state.comments)
    this.deployments.splice(0, Infinity, ...state.deployments)
    this.pullRequests.clear()
    for (const [number, one] of state.pullRequests) this.pullRequests.set(number, one)
    this.commits.clear()
    for (const [sha, commit] of state.commits) this.commits.set(sha, commit)
  }

  /** `<environment>: <state>` of every deployment, oldest first. */
  deploymentStates(): string[] {
    return this.deployments.map((one) => `${one.environment}: ${stateOf(one)}`)
  }
}

/** The state of the newest status, as GitHub shows it. */
export const stateOf = ({ statuses }: Deployment): DeploymentState | 'none' =>
  statuses.at(-1)?.state ?? 'none'
