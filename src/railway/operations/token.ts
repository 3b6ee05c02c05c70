import { z } from 'zod'
import { operation } from './operation.ts'

const workspace = z.object({ id: z.string(), name: z.string() })

/** Answered for account and OAuth tokens, refused for workspace and project tokens. */
export const whoAmI = operation(
  'WhoAmI',
  'query WhoAmI { me { id } }',
  z.object({ me: z.object({ id: z.string() }) }),
)

/** For a workspace token: exactly its one workspace. */
export const tokenWorkspaces = operation(
  'TokenWorkspaces',
  'query TokenWorkspaces { apiToken { workspaces { id name } } }',
  z.object({ apiToken: z.object({ workspaces: z.array(workspace) }) }),
)

/** The workspaces of the user behind an account or OAuth token. */
export const userWorkspaces = operation(
  'UserWorkspaces',
  'query UserWorkspaces { me { workspaces { id name } } }',
  z.object({ me: z.object({ workspaces: z.array(workspace) }) }),
)

/** Answered for a project token sent as `Project-Access-Token`, refused for every other. */
export const projectTokenScope = operation(
  'ProjectTokenScope',
  'query ProjectTokenScope { projectToken { projectId environmentId } }',
  z.object({ projectToken: z.object({ projectId: z.string(), environmentId: z.string() }) }),
)

/** The workspace of the project that a project token is for. */
export const projectWorkspace = operation(
  'ProjectWorkspace',
  'query ProjectWorkspace($id: String!) { project(id: $id) { workspaceId workspace { id name } } }',
  z.object({
    project: z.object({ workspaceId: z.string().nullish(), workspace: workspace.nullish() }),
  }),
)

/** What a token sees when it names no workspace: a second witness where `apiToken` is refused. */
export const visibleProjects = operation(
  'VisibleProjects',
  'query VisibleProjects { projects(first: 1) { edges { node { workspaceId } } } }',
  z.object({
    projects: z.object({
      edges: z.array(z.object({ node: z.object({ workspaceId: z.string().nullish() }) })),
    }),
  }),
)

/** The workspaces an OAuth token with project scopes was given projects of. */
export const sharedWorkspaces = operation(
  'SharedWorkspaces',
  'query SharedWorkspaces { externalWorkspaces { id name } }',
  z.object({ externalWorkspaces: z.array(workspace) }),
)

/** Whether the projects of a workspace are hidden until its owner turns on two-factor authentication. */
export const workspaceRedaction = operation(
  'WorkspaceRedaction',
  'query WorkspaceRedaction($workspaceId: String!) { workspace(workspaceId: $workspaceId) { redactedDueTo2FAPending } }',
  z.object({ workspace: z.object({ redactedDueTo2FAPending: z.boolean() }) }),
)

/** The projects that were shared with the token's owner one by one. */
export const sharedProjects = operation(
  'SharedProjects',
  'query SharedProjects { externalWorkspaces { id projects { id } } }',
  z.object({
    externalWorkspaces: z.array(
      z.object({ id: z.string(), projects: z.array(z.object({ id: z.string() })) }),
    ),
  }),
)

/** The names of a workspace's projects, to say where a project is that was looked for elsewhere. */
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

/** A workspace's name by its id. */
export const workspaceById = operation(
  'WorkspaceById',
  'query WorkspaceById($workspaceId: String!) { workspace(workspaceId: $workspaceId) { id name } }',
  z.object({ workspace }),
)
