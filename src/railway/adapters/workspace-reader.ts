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
 * Reads the projects of a workspace as far as the token reaches there. A token that acts as a person may have access to
 * single projects of a workspace that it may not list. Railway may also hide the projects until the person turns on
 * two-factor authentication. Neither means that there are no projects. Throws {@link ApiError}.
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
    if (inventory.projects.length === 0 && (await isRedacted(client, id))) throw secondFactor(name)
    return inventory
  } catch (error) {
    const problem = problemOf(error)
    if (problem.kind !== 'refused' || problem.reason !== 'not-authorized') throw error
    const shared = await sharedIds(client, id)
    if (shared.length === 0) throw error
    return reader.projects(shared)
  }
}

const secondFactor = (workspace: string) =>
  new ApiError({
    kind: 'refused',
    operation: workspaceRedaction.name,
    reason: 'two-factor',
    message: 'the projects are hidden until two-factor authentication is turned on',
    path: [],
    traceId: null,
    workspace,
  })

/** Returns whether the projects are hidden. A server that rejects the query hides none. Any other error is thrown. */
async function isRedacted(client: RailwayClient, workspaceId: string): Promise<boolean> {
  try {
    const { data } = await client.call(workspaceRedaction, { workspaceId })
    return data.workspace.redactedDueTo2FAPending
  } catch (error) {
    if (problemOf(error).kind !== 'refused') throw error
    return false
  }
}

async function sharedIds(client: RailwayClient, workspaceId: string): Promise<string[]> {
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

/** The retry budget of a hint in milliseconds, which is not worth a long wait. */
const hintRetryBudget = 5_000

/** Reads the names of a workspace's projects, for a hint. An error means that there is none. */
export async function readProjectNames(
  { client }: ApiContext,
  workspaceId: string,
): Promise<readonly Named[] | null> {
  try {
    const options = { retryBudget: hintRetryBudget }
    const { data } = await client.call(projectNames, { workspaceId }, options)
    return data.projects.edges.map(({ node }) => node).filter(({ deletedAt }) => !deletedAt)
  } catch {
    return null
  }
}
