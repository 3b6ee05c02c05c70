import { z } from 'zod'
import { operation } from './operation.ts'

const workspace = z.object({ id: z.string(), name: z.string() })

/**
 * Reads the user of a token. Railway accepts account and OAuth tokens, and rejects workspace and project tokens.
 */
export const whoAmI = operation(
  'WhoAmI',
  'query WhoAmI { me { id } }',
  z.object({ me: z.object({ id: z.string() }) }),
)

/** Reads the workspaces of a token. A workspace token has exactly one. */
export const tokenWorkspaces = operation(
  'TokenWorkspaces',
  'query TokenWorkspaces { apiToken { workspaces { id name } } }',
  z.object({ apiToken: z.object({ workspaces: z.array(workspace) }) }),
)

/** Reads the workspaces of the user of an account or OAuth token. */
export const userWorkspaces = operation(
  'UserWorkspaces',
  'query UserWorkspaces { me { workspaces { id name } } }',
  z.object({ me: z.object({ workspaces: z.array(workspace) }) }),
)

/**
 * Reads the project and environment of a project token, sent as `Project-Access-Token`. Railway rejects other tokens.
 */
export const projectTokenScope = operation(
  'ProjectTokenScope',
  'query ProjectTokenScope { projectToken { projectId environmentId } }',
  z.object({ projectToken: z.object({ projectId: z.string(), environmentId: z.string() }) }),
)

/** Reads the workspace of a project. */
export const projectWorkspace = operation(
  'ProjectWorkspace',
  'query ProjectWorkspace($id: String!) { project(id: $id) { workspaceId workspace { id name } } }',
  z.object({
    project: z.object({ workspaceId: z.string().nullish(), workspace: workspace.nullish() }),
  }),
)

/** Reads the workspace id of the first project that the token can see. It is used if Railway rejects `apiToken`. */
export const visibleProjects = operation(
  'VisibleProjects',
  'query VisibleProjects { projects(first: 1) { edges { node { workspaceId } } } }',
  z.object({
    projects: z.object({
      edges: z.array(z.object({ node: z.object({ workspaceId: z.string().nullish() }) })),
    }),
  }),
)

/** Reads the workspaces of the projects to which an OAuth token with project scopes has access. */
export const sharedWorkspaces = operation(
  'SharedWorkspaces',
  'query SharedWorkspaces { externalWorkspaces { id name } }',
  z.object({ externalWorkspaces: z.array(workspace) }),
)

/**
 * Reads whether Railway hides the projects of a workspace until the token's owner turns on two-factor authentication.
 */
export const workspaceRedaction = operation(
  'WorkspaceRedaction',
  'query WorkspaceRedaction($workspaceId: String!) { workspace(workspaceId: $workspaceId) { redactedDueTo2FAPending } }',
  z.object({ workspace: z.object({ redactedDueTo2FAPending: z.boolean() }) }),
)

/** Reads the projects that were shared with the token's owner individually. */
export const sharedProjects = operation(
  'SharedProjects',
  'query SharedProjects { externalWorkspaces { id projects { id } } }',
  z.object({
    externalWorkspaces: z.array(
      z.object({ id: z.string(), projects: z.array(z.object({ id: z.string() })) }),
    ),
  }),
)

/** Reads the names of up to 500 projects of a workspace. */
export const projectNames = operation(
  'ProjectNames',
  `query ProjectNames($workspaceId: String!) {
    projects(workspaceId: $workspaceId, first: 500) { edges { node { id name deletedAt } } }
  }`,
  z.object({
    projects: z.object({
      edges: z.array(
        z.object({
          node: z.object({ id: z.string(), name: z.string(), deletedAt: z.string().nullish() }),
        }),
      ),
    }),
  }),
)

/** Reads the name of a workspace by its id. */
export const workspaceById = operation(
  'WorkspaceById',
  'query WorkspaceById($workspaceId: String!) { workspace(workspaceId: $workspaceId) { id name } }',
  z.object({ workspace }),
)
