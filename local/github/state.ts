import { z } from 'zod'

const comment = z.object({
  id: z.number(),
  issue: z.number(),
  user: z.object({ id: z.number(), login: z.string(), type: z.enum(['User', 'Bot']) }),
  association: z.enum(['OWNER', 'MEMBER', 'COLLABORATOR', 'CONTRIBUTOR', 'NONE']),
  body: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
})

const deploymentStatus = z.object({
  id: z.number(),
  state: z.enum(['queued', 'in_progress', 'pending', 'success', 'failure', 'error', 'inactive']),
  environmentUrl: z.string(),
  logUrl: z.string(),
  description: z.string(),
  createdAt: z.number(),
})

const deployment = z.object({
  id: z.number(),
  sha: z.string(),
  ref: z.string(),
  environment: z.string(),
  description: z.string(),
  payload: z.unknown(),
  transient: z.boolean(),
  production: z.boolean(),
  createdAt: z.number(),
  statuses: z.array(deploymentStatus),
})

const pullRequest = z.object({
  number: z.number(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean(),
  branch: z.string(),
  sha: z.string(),
  headRepository: z.string().nullable(),
  mergeCommit: z.string().nullable(),
})

const commit = z.object({
  sha: z.string(),
  parents: z.array(z.string()),
  files: z.array(z.object({ name: z.string(), from: z.string().exactOptional() })),
})

/** The state of a repository as plain data. Its maps are lists of entries. */
export const gitHubStateSchema = z.object({
  comments: z.array(comment),
  deployments: z.array(deployment),
  pullRequests: z.array(z.tuple([z.number(), pullRequest])),
  commits: z.array(z.tuple([z.string(), commit])),
  lastId: z.number(),
})

export type GitHubState = z.infer<typeof gitHubStateSchema>
