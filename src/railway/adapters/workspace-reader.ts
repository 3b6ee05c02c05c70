import type { Inventory } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import type { TokenScope } from '../../scope/token-scope.ts'
import { projectNames, sharedProjects, workspaceRedaction } from '../operations/token.ts'
import { ApiError, problemOf } from '../transport/api-error.ts'
import type { RailwayClient } from '../transport/client.ts'
import type { ApiContext } from './api-context.ts'
import type { InventoryReader } from './inventory-reader.ts'

type WorkspaceScope = Exclude<TokenScope, { kind: 'project' }>

/**
 * Reads the projects of a workspace that the token can access. An account or OAuth token may have access to single
 * projects of a workspace whose projects it cannot list. These projects are read by their ids. Throws {@link ApiError}
 * if a request fails, or if Railway hides the projects until the user turns on two-factor authentication.
 */
export async function readWorkspace(
  client: RailwayClient,
  reader: InventoryReader,
  scope: WorkspaceScope,
): Promise<Inventory> {
  const { id, name } = scope.workspace
  if (scope.kind === 'workspace') return reader.workspace(id)
  try {
    const inventory = await reader.workspace(id)
    if (inventory.projects.length === 0 && (await isRedacted(client, id)))
      throw twoFactorRequired(name)
    return inventory
  } catch (error) {
    const problem = problemOf(error)
    if (problem.kind !== 'refused' || problem.reason !== 'not-authorized') throw error
    const shared = await sharedProjectIds(client, id)
    if (shared.length === 0) throw error
    return reader.projects(shared)
  }
}

const twoFactorRequired = (workspace: string) =>
  new ApiError({
    kind: 'refused',
    operation: workspaceRedaction.name,
    reason: 'two-factor',
    message: 'the projects are hidden until two-factor authentication is turned on',
    path: [],
    traceId: null,
    workspace,
  })

/**
 * Returns whether Railway hides the projects of a workspace from a user without two-factor authentication. Returns
 * `false` if Railway rejects the query. Throws any other error.
 */
async function isRedacted(client: RailwayClient, workspaceId: string): Promise<boolean> {
  try {
    const { data } = await client.call(workspaceRedaction, { workspaceId })
    return data.workspace.redactedDueTo2FAPending
  } catch (error) {
    if (problemOf(error).kind !== 'refused') throw error
    return false
  }
}

/** Reads the ids of a workspace's projects that are shared with the user. Returns none if Railway rejects the query. */
async function sharedProjectIds(client: RailwayClient, workspaceId: string): Promise<string[]> {
  try {
    const { data } = await client.call(sharedProjects, {})
    return data.externalWorkspaces
      .filter(({ id }) => id === workspaceId)
      .flatMap(({ projects }) => projects.map(({ id }) => id))
  } catch (error) {
    if (problemOf(error).kind !== 'refused') throw error
    return []
  }
}

/**
 * The retry budget of a read of project names, in milliseconds. It is short, because only a hint depends on the read.
 */
const namesRetryBudget = 5_000

/** Reads the ids and names of a workspace's projects, for a hint in an error; `null` if the request fails. */
export async function readProjectNames(
  { client }: ApiContext,
  workspaceId: string,
): Promise<readonly Named[] | null> {
  try {
    const options = { retryBudget: namesRetryBudget }
    const { data } = await client.call(projectNames, { workspaceId }, options)
    return data.projects.edges.map(({ node }) => node).filter(({ deletedAt }) => !deletedAt)
  } catch {
    return null
  }
}
