import { z } from 'zod'
import { operation } from './operation.ts'

const workspace = z.object({ id: z.string(), name: z.string() })

/** Answered for account and OAuth tokens, refused for workspace and project tokens. */
export const whoAmI = operation(
  'query WhoAmI { me { id } }',
  z.object({ me: z.object({ id: z.string() }) }),
)

/** For a workspace token: exactly its one workspace. */
export const tokenWorkspaces = operation(
  'query TokenWorkspaces { apiToken { workspaces { id name } } }',
  z.object({ apiToken: z.object({ workspaces: z.array(workspace) }) }),
)

/** The workspaces of the user behind an account or OAuth token. */
export const userWorkspaces = operation(
  'query UserWorkspaces { me { workspaces { id name } } }',
  z.object({ me: z.object({ workspaces: z.array(workspace) }) }),
)

/** Answered for a project token sent as `Project-Access-Token`, refused for every other. */
export const projectTokenScope = operation(
  'query ProjectTokenScope { projectToken { projectId environmentId } }',
  z.object({ projectToken: z.object({ projectId: z.string(), environmentId: z.string() }) }),
)

/** What a token sees when it names no workspace: a second witness where `apiToken` is refused. */
export const visibleProjects = operation(
  'query VisibleProjects { projects(first: 1) { edges { node { workspaceId } } } }',
  z.object({
    projects: z.object({
      edges: z.array(z.object({ node: z.object({ workspaceId: z.string().nullish() }) })),
    }),
  }),
)

/** The workspaces an OAuth token with project scopes was given projects of. */
export const sharedWorkspaces = operation(
  'query SharedWorkspaces { externalWorkspaces { id name } }',
  z.object({ externalWorkspaces: z.array(workspace) }),
)

/** A workspace's name by its id. */
export const workspaceById = operation(
  'query WorkspaceById($workspaceId: String!) { workspace(workspaceId: $workspaceId) { id name } }',
  z.object({ workspace }),
)
