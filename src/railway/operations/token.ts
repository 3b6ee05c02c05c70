import { z } from 'zod'
import { operation } from './operation.ts'

const workspace = z.object({ id: z.string(), name: z.string() })

/** Reads the person behind a token: answered for account and OAuth tokens, rejected for workspace and project tokens. */
export const whoAmI = operation(
  'WhoAmI',
  'query WhoAmI { me { id } }',
  z.object({ me: z.object({ id: z.string() }) }),
)

/** Reads the workspaces of a token: exactly one for a workspace token. */
export const tokenWorkspaces = operation(
  'TokenWorkspaces',
  'query TokenWorkspaces { apiToken { workspaces { id name } } }',
  z.object({ apiToken: z.object({ workspaces: z.array(workspace) }) }),
)

/** Reads the workspaces of the person behind an account or OAuth token. */
export const userWorkspaces = operation(
  'UserWorkspaces',
  'query UserWorkspaces { me { workspaces { id name } } }',
  z.object({ me: z.object({ workspaces: z.array(workspace) }) }),
)

/** Reads the scope of a project token that is sent as `Project-Access-Token`; rejected for every other token. */
export const projectTokenScope = operation(
  'ProjectTokenScope',
  'query ProjectTokenScope { projectToken { projectId environmentId } }',
  z.object({ projectToken: z.object({ projectId: z.string(), environmentId: z.string() }) }),
)

/** Reads the workspace of the project that a project token is for. */
export const projectWorkspace = operation(
  'ProjectWorkspace',
  'query ProjectWorkspace($id: String!) { project(id: $id) { workspaceId workspace { id name } } }',
  z.object({
    project: z.object({ workspaceId: z.string().nullish(), workspace: workspace.nullish() }),
  }),
)

/** Reads the workspaces of visible projects without naming one: a second source if `apiToken` is rejected. */
export const visibleProjects = operation(
  'VisibleProjects',
  'query VisibleProjects { projects(first: 1) { edges { node { workspaceId } } } }',
  z.object({
    projects: z.object({
      edges: z.array(z.object({ node: z.object({ workspaceId: z.string().nullish() }) })),
    }),
  }),
)

/** Reads the workspaces of the projects that an OAuth token with project scopes was granted. */
export const sharedWorkspaces = operation(
  'SharedWorkspaces',
  'query SharedWorkspaces { externalWorkspaces { id name } }',
  z.object({ externalWorkspaces: z.array(workspace) }),
)

/** Reads whether a workspace's projects are hidden until the token's owner turns on two-factor authentication. */
export const workspaceRedaction = operation(
  'WorkspaceRedaction',
  'query WorkspaceRedaction($workspaceId: String!) { workspace(workspaceId: $workspaceId) { redactedDueTo2FAPending } }',
  z.object({ workspace: z.object({ redactedDueTo2FAPending: z.boolean() }) }),
)

/** Reads the projects that were shared with the token's owner one by one. */
export const sharedProjects = operation(
  'SharedProjects',
  'query SharedProjects { externalWorkspaces { id projects { id } } }',
  z.object({
    externalWorkspaces: z.array(
      z.object({ id: z.string(), projects: z.array(z.object({ id: z.string() })) }),
    ),
  }),
)

/** Reads the names of a workspace's projects, to say that a project is in another workspace. */
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

/** Reads a workspace's name by its id. */
export const workspaceById = operation(
  'WorkspaceById',
  'query WorkspaceById($workspaceId: String!) { workspace(workspaceId: $workspaceId) { id name } }',
  z.object({ workspace }),
)
