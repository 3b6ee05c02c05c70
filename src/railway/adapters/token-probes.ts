import { z } from 'zod'
import type { Named } from '../../named.ts'
import type { Probe, TokenProbes } from '../../scope/ports.ts'
import type { Operation } from '../operations/operation.ts'
import {
  projectTokenScope,
  projectWorkspace,
  sharedWorkspaces,
  tokenWorkspaces,
  userWorkspaces,
  visibleProjects,
  whoAmI,
  workspaceById,
} from '../operations/token.ts'
import { ApiError, describeRefusal, problemOf, toFailure } from '../transport/api-error.ts'
import type { RailwayClient } from '../transport/client.ts'

/**
 * The retry budget of the request to the OAuth endpoint, in milliseconds. It is short, because the request only
 * distinguishes an OAuth token from an account token.
 */
const identityRetryBudget = 5_000

/** The body of `GET /oauth/me` for an OAuth token. Its `sub` is the id of the user. */
const oauthUser = z.object({ sub: z.string() })

/**
 * Returns the probes that determine the type and the scope of a token. Each probe is one request, except
 * `visibleWorkspaces`, which also requests each workspace.
 */
export function tokenProbes(client: RailwayClient): TokenProbes {
  const query = <Data, Value>(
    operation: Operation<Readonly<Record<string, never>>, Data>,
    read: (data: Data) => Value | Promise<Value>,
    as = client,
  ) => probe(operation.name, async () => read((await as.call(operation, {})).data))
  const asProject = client.as('project-access-token')

  const name = async (id: string): Promise<Named> => {
    const { data } = await client.call(workspaceById, { workspaceId: id })
    return data.workspace
  }

  return {
    user: () => query(whoAmI, () => null),
    tokenWorkspaces: () => query(tokenWorkspaces, ({ apiToken }) => apiToken.workspaces),
    userWorkspaces: () => query(userWorkspaces, ({ me }) => me.workspaces),
    projectToken: () => query(projectTokenScope, ({ projectToken }) => projectToken, asProject),
    projectWorkspace: (id) =>
      probe(projectWorkspace.name, async () => {
        const { data } = await asProject.call(projectWorkspace, { id })
        const { workspace, workspaceId } = data.project
        return workspace ?? (workspaceId ? { id: workspaceId, name: '' } : null)
      }),
    workspace: (id) => probe(workspaceById.name, () => name(id)),
    sharedWorkspaces: () => query(sharedWorkspaces, ({ externalWorkspaces }) => externalWorkspaces),
    visibleWorkspaces: () =>
      query(visibleProjects, ({ projects }) => {
        const ids = projects.edges.flatMap(({ node }) => node.workspaceId ?? [])
        return Promise.all(ids.map(name))
      }),
    oauthIdentity: () =>
      probe('GET /oauth/me', async () => {
        const { status, data } = await client.get('/oauth/me', z.unknown(), identityRetryBudget)
        if (status === 200 && oauthUser.safeParse(data).success) return null
        throw oauthRejection(status)
      }),
  }
}

/** Returns the rejection of a token by the OAuth endpoint. Every response without a user is such a rejection. */
const oauthRejection = (status: number) =>
  new ApiError({
    kind: 'refused',
    operation: 'GET /oauth/me',
    reason: 'not-authorized',
    message: `HTTP ${status}`,
    path: [],
    traceId: null,
    workspace: null,
  })

/** The reasons of rejections that are caused by the token. Other errors leave its type unknown. */
const rejectionReasons: ReadonlySet<string> = new Set(['not-authorized', 'not-found'])

/**
 * Sends the request of a probe. An error of Railway's API becomes a result, too. `name`: the operation, for failures.
 */
async function probe<Value>(name: string, request: () => Promise<Value>): Promise<Probe<Value>> {
  try {
    return { kind: 'accepted', value: await request() }
  } catch (error) {
    const problem = problemOf(error)
    if (problem.kind === 'refused' && problem.reason === 'two-factor') {
      return { kind: 'two-factor', workspace: problem.workspace }
    }
    if (problem.kind === 'refused' && rejectionReasons.has(problem.reason)) {
      return { kind: 'refused', message: describeRefusal(problem) }
    }
    return {
      kind: 'inconclusive',
      failure: toFailure(problem, {
        activity: 'detect-token',
        object: name,
        tokenType: 'workspace',
        effect: 'nothing-changed',
      }),
    }
  }
}
