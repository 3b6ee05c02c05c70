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

/** The retry budget of the OAuth endpoint in milliseconds. It only distinguishes `oauth` from `account`. */
const identityRetryBudget = 5_000

/** The answer of `GET /oauth/me` that counts: an OAuth user has a `sub`. */
const oauthUser = z.object({ sub: z.string() })

/** Returns the probes of a token. Each is one request. */
export function tokenProbes(client: RailwayClient): TokenProbes {
  const ask = <Data, Value>(
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
    user: () => ask(whoAmI, () => null),
    tokenWorkspaces: () => ask(tokenWorkspaces, ({ apiToken }) => apiToken.workspaces),
    userWorkspaces: () => ask(userWorkspaces, ({ me }) => me.workspaces),
    projectToken: () => ask(projectTokenScope, ({ projectToken }) => projectToken, asProject),
    projectWorkspace: (id) =>
      probe(projectWorkspace.name, async () => {
        const { data } = await asProject.call(projectWorkspace, { id })
        const { workspace, workspaceId } = data.project
        return workspace ?? (workspaceId ? { id: workspaceId, name: '' } : null)
      }),
    workspace: (id) => probe(workspaceById.name, () => name(id)),
    sharedWorkspaces: () => ask(sharedWorkspaces, ({ externalWorkspaces }) => externalWorkspaces),
    visibleWorkspaces: () =>
      ask(visibleProjects, ({ projects }) => {
        const ids = projects.edges.flatMap(({ node }) => node.workspaceId ?? [])
        return Promise.all(ids.map(name))
      }),
    oauthIdentity: () =>
      probe('GET /oauth/me', async () => {
        const { status, data } = await client.get('/oauth/me', z.unknown(), identityRetryBudget)
        if (status === 200 && oauthUser.safeParse(data).success) return null
        throw refusedByHttp(status)
      }),
  }
}

/**
 * Returns whether a status of the OAuth endpoint is a rejection. It is no GraphQL: any answer but a user rejects the
 * token.
 */
const refusedByHttp = (status: number) =>
  new ApiError({
    kind: 'refused',
    operation: 'GET /oauth/me',
    reason: 'not-authorized',
    message: `HTTP ${status}`,
    path: [],
    traceId: null,
    workspace: null,
  })

/** The rejection reasons that say something about the token. No other error does. */
const refusals: ReadonlySet<string> = new Set(['not-authorized', 'not-found'])

async function probe<Value>(name: string, ask: () => Promise<Value>): Promise<Probe<Value>> {
  try {
    return { kind: 'answered', value: await ask() }
  } catch (error) {
    const problem = problemOf(error)
    if (problem.kind === 'refused' && problem.reason === 'two-factor') {
      return { kind: 'two-factor', workspace: problem.workspace }
    }
    if (problem.kind === 'refused' && refusals.has(problem.reason)) {
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
