import { z } from 'zod'
import type {
  Deployment,
  DeploymentStatus,
  IssueComment,
  Permission,
  PullRequest,
} from './model.ts'
import { type GitHubWorld, stateOf } from './world.ts'

/** The result of a route. The server paginates a list, and sends a response with status 204 for an empty result. */
export type RouteResult =
  | { kind: 'one'; status: number; body: unknown }
  | { kind: 'list'; items: unknown[] }
  | { kind: 'empty' }

/** A parsed request. `parameters` are the groups of the route's path. */
export interface RouteRequest {
  world: GitHubWorld
  parameters: string[]
  query: URLSearchParams
  body: unknown
}

export interface Route {
  /** The name of the route in fault rules and in the request log. */
  name: string
  method: string
  /** Matches the path after `/repos/<owner>/<name>`, or the whole path if `isOutsideRepository`. */
  path: RegExp
  isOutsideRepository?: boolean
  /** The token needs one of these permissions, as in GitHub's documentation. Empty: it needs none. */
  permissions: [Permission, 'read' | 'write'][]
  handle(request: RouteRequest): RouteResult
}

const commentForm = z.object({ body: z.string() })

const deploymentForm = z.object({
  ref: z.string(),
  environment: z.string().default('production'),
  description: z.string().nullish(),
  payload: z.unknown().optional(),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(z.string()).optional(),
})

const statusForm = z.object({
  state: z.enum(['queued', 'in_progress', 'pending', 'success', 'failure', 'error', 'inactive']),
  environment_url: z.string().default(''),
  log_url: z.string().default(''),
  description: z.string().max(140).default(''),
  auto_inactive: z.boolean().default(true),
})

const notFound: RouteResult = { kind: 'one', status: 404, body: { message: 'Not Found' } }
const invalid: RouteResult = { kind: 'one', status: 422, body: { message: 'Validation Failed' } }

/** The part of GitHub's REST API that the action uses. */
export const routes: Route[] = [
  {
    name: 'listComments',
    method: 'GET',
    path: /^\/issues\/(\d+)\/comments$/,
    permissions: [
      ['issues', 'read'],
      ['pull-requests', 'read'],
    ],
    handle({ world, parameters: [issue] }) {
      const shownFrom = world.now() - world.listLagSeconds * 1000
      const own = world.comments.filter(
        (comment) => comment.issue === Number(issue) && comment.createdAt <= shownFrom,
      )
      return { kind: 'list', items: own.map(commentBody) }
    },
  },
  {
    name: 'createComment',
    method: 'POST',
    path: /^\/issues\/(\d+)\/comments$/,
    permissions: [
      ['issues', 'write'],
      ['pull-requests', 'write'],
    ],
    handle({ world, parameters: [issue], body }) {
      const form = commentForm.safeParse(body)
      if (!form.success || form.data.body.length > 65_536) return invalid
      const comment = world.comment(Number(issue), form.data.body)
      return { kind: 'one', status: 201, body: commentBody(comment) }
    },
  },
  {
    name: 'updateComment',
    method: 'PATCH',
    path: /^\/issues\/comments\/(\d+)$/,
    permissions: [
      ['issues', 'write'],
      ['pull-requests', 'write'],
    ],
    handle({ world, parameters: [id], body }) {
      const comment = world.comments.find((one) => one.id === Number(id))
      const form = commentForm.safeParse(body)
      if (!comment) return notFound
      if (!form.success || form.data.body.length > 65_536) return invalid
      comment.body = form.data.body
      comment.updatedAt = world.now()
      return { kind: 'one', status: 200, body: commentBody(comment) }
    },
  },
  {
    name: 'deleteComment',
    method: 'DELETE',
    path: /^\/issues\/comments\/(\d+)$/,
    permissions: [
      ['issues', 'write'],
      ['pull-requests', 'write'],
    ],
    handle: ({ world, parameters: [id] }) =>
      world.removeComment(Number(id)) ? { kind: 'empty' } : notFound,
  },
  {
    name: 'listDeployments',
    method: 'GET',
    path: /^\/deployments$/,
    permissions: [['deployments', 'read']],
    handle({ world, query }) {
      const matches = (name: string, value: string) => [null, value].includes(query.get(name))
      const matching = world.deployments
        .filter(({ environment, sha, ref }) => {
          return matches('environment', environment) && matches('sha', sha) && matches('ref', ref)
        })
        .toReversed()
      return { kind: 'list', items: matching.map(deploymentBody) }
    },
  },
  {
    name: 'createDeployment',
    method: 'POST',
    path: /^\/deployments$/,
    permissions: [['deployments', 'write']],
    handle({ world, body }) {
      const form = deploymentForm.safeParse(body)
      if (!form.success) return invalid
      const { ref, environment, description, payload, required_contexts } = form.data
      if (required_contexts?.length !== 0) {
        // The job that creates the deployment is itself a check of the commit, and has not ended.
        return {
          kind: 'one',
          status: 409,
          body: { message: 'Conflict: Commit status checks failed' },
        }
      }
      const deployment = world.deployment({
        sha: ref,
        ref,
        environment,
        description: description ?? '',
        payload: payload ?? {},
        transient: form.data.transient_environment,
        production: form.data.production_environment ?? environment === 'production',
      })
      return { kind: 'one', status: 201, body: deploymentBody(deployment) }
    },
  },
  {
    name: 'listStatuses',
    method: 'GET',
    path: /^\/deployments\/(\d+)\/statuses$/,
    permissions: [['deployments', 'read']],
    handle({ world, parameters: [id] }) {
      const deployment = world.deployments.find((one) => one.id === Number(id))
      if (!deployment) return notFound
      return { kind: 'list', items: deployment.statuses.toReversed().map(statusBody) }
    },
  },
  {
    name: 'createStatus',
    method: 'POST',
    path: /^\/deployments\/(\d+)\/statuses$/,
    permissions: [['deployments', 'write']],
    handle({ world, parameters: [id], body }) {
      const deployment = world.deployments.find((one) => one.id === Number(id))
      if (!deployment) return notFound
      const form = statusForm.safeParse(body)
      if (!form.success) return invalid
      const { state, description, environment_url, log_url, auto_inactive } = form.data
      const status = world.status(deployment, {
        state,
        description,
        environmentUrl: environment_url,
        logUrl: log_url,
        autoInactive: auto_inactive,
      })
      return { kind: 'one', status: 201, body: statusBody(status) }
    },
  },
  {
    name: 'getPullRequest',
    method: 'GET',
    path: /^\/pulls\/(\d+)$/,
    permissions: [['pull-requests', 'read']],
    handle({ world, parameters: [number] }) {
      const pullRequest = world.pullRequests.get(Number(number))
      if (!pullRequest) return notFound
      return { kind: 'one', status: 200, body: pullRequestBody(world, pullRequest) }
    },
  },
  {
    name: 'pullRequestsOfCommit',
    method: 'GET',
    path: /^\/commits\/([0-9a-f]{40})\/pulls$/,
    permissions: [['pull-requests', 'read']],
    handle({ world, parameters: [sha] }) {
      const matching = [...world.pullRequests.values()].filter((one) => one.sha === sha)
      return { kind: 'list', items: matching.map((one) => pullRequestBody(world, one)) }
    },
  },
  {
    name: 'compare',
    method: 'GET',
    path: /^\/compare\/([0-9a-f]{40})\.\.\.([0-9a-f]{40})$/,
    permissions: [['contents', 'read']],
    handle({ world, parameters: [base = '', head = ''], query }) {
      const comparison = compareCommits(world.commits, base, head)
      if (!comparison) return notFound
      // GitHub lists at most 300 files, and only on the first page of a comparison.
      const first = Number(query.get('page') ?? 1) === 1
      const files = first ? comparison.files.slice(0, 300) : []
      return { kind: 'one', status: 200, body: { ...comparison, files } }
    },
  },
  {
    name: 'viewer',
    method: 'POST',
    path: /^\/graphql$/,
    isOutsideRepository: true,
    permissions: [],
    handle: ({ world }) =>
      world.viewerRoutes.graphql
        ? {
            kind: 'one',
            status: 200,
            body: { data: { viewer: { login: world.viewer.login, databaseId: world.viewer.id } } },
          }
        : notFound,
  },
  {
    name: 'user',
    method: 'GET',
    path: /^\/user$/,
    isOutsideRepository: true,
    permissions: [],
    handle: ({ world }) =>
      world.viewerRoutes.user
        ? { kind: 'one', status: 200, body: world.viewer }
        : {
            kind: 'one',
            status: 403,
            body: { message: 'Resource not accessible by integration' },
          },
  },
]

/** Compares two commits as GitHub does: the numbers of commits, a status, and the files of the commits that are only in `head`. `null`: a commit is missing. */
function compareCommits(commits: GitHubWorld['commits'], base: string, head: string) {
  if (!commits.has(base) || !commits.has(head)) return null
  const before = ancestors(commits, base)
  const after = ancestors(commits, head)
  const ahead = [...after].filter((sha) => !before.has(sha))
  const behind = [...before].filter((sha) => !after.has(sha))
  const status =
    ahead.length === 0
      ? behind.length === 0
        ? 'identical'
        : 'behind'
      : behind.length === 0
        ? 'ahead'
        : 'diverged'
  const changed = new Map(
    ahead.flatMap((sha) => commits.get(sha)?.files ?? []).map((file) => [file.name, file]),
  )
  return {
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    files: [...changed.values()].map(({ name, from }) => ({
      filename: name,
      ...(from !== undefined && { previous_filename: from }),
    })),
  }
}

/** Returns the commit and all its ancestors. */
function ancestors(commits: GitHubWorld['commits'], start: string): Set<string> {
  const found = new Set<string>()
  const unvisited = [start]
  for (let sha = unvisited.pop(); sha !== undefined; sha = unvisited.pop()) {
    if (found.has(sha)) continue
    found.add(sha)
    unvisited.push(...(commits.get(sha)?.parents ?? []))
  }
  return found
}

const iso = (time: number) => new Date(time).toISOString()

const commentBody = ({ id, user, association, body, createdAt, updatedAt }: IssueComment) => ({
  id,
  user,
  author_association: association,
  body,
  created_at: iso(createdAt),
  updated_at: iso(updatedAt),
})

const deploymentBody = (deployment: Deployment) => ({
  id: deployment.id,
  sha: deployment.sha,
  ref: deployment.ref,
  task: 'deploy',
  environment: deployment.environment,
  description: deployment.description,
  payload: deployment.payload,
  transient_environment: deployment.transient,
  production_environment: deployment.production,
  created_at: iso(deployment.createdAt),
  state: stateOf(deployment),
})

const statusBody = ({ id, state, description, environmentUrl, logUrl }: DeploymentStatus) => ({
  id,
  state,
  description,
  environment_url: environmentUrl,
  log_url: logUrl,
})

const pullRequestBody = (
  world: GitHubWorld,
  { number, state, merged, branch, sha, headRepository, mergeCommit }: PullRequest,
) => ({
  number,
  state,
  merged,
  merged_at: merged ? iso(world.now()) : null,
  merge_commit_sha: mergeCommit,
  head: { ref: branch, sha, repo: headRepository && { full_name: headRepository } },
})
