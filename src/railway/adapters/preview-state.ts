import type { PreviewState } from '../../execute/preview/ports.ts'
import {
  environmentInstances,
  environmentTriggers,
  type TriggerResponse,
} from '../operations/inventory.ts'
import type { Page } from '../operations/operation.ts'
import { previewState } from '../operations/previews.ts'
import type { ListedInstance } from '../operations/service-instance.ts'
import { ApiError, type ApiProblem } from '../transport/api-error.ts'
import type { GraphqlResponse, RailwayClient } from '../transport/client.ts'
import { readAllPages } from '../transport/paginate.ts'
import { redactMessage } from '../transport/redact.ts'
import { withTriggers } from './inventory-reader.ts'

/** The number of services or triggers on one page. Railway's own CLI requests as many. */
const pageSize = 500

/** The retry budget of one read, in milliseconds. It is short, because the caller polls the state. */
const retryBudget = 20_000

/**
 * Reads the current state of an environment: its services, their triggers and its staged changes. Throws {@link
 * ApiError} with the reason `not-found` if the environment is deleted.
 */
export async function readPreviewState(client: RailwayClient, id: string): Promise<PreviewState> {
  const { data } = await client.call(previewState, { id, first: pageSize }, { retryBudget })
  const { environment, environmentStagedChanges } = data
  if (environment.deletedAt) throw new ApiError(environmentDeleted)
  const instances = await readAllInstances(client, id, environment.serviceInstances)
  const triggers = await readAllTriggers(client, id, environment.deploymentTriggers)
  return toState(instances, triggers, environmentStagedChanges)
}

function readAllInstances(
  client: RailwayClient,
  id: string,
  first: Page<ListedInstance>,
): Promise<readonly ListedInstance[]> {
  const list = { operation: environmentInstances.name, field: 'environment.serviceInstances' }
  const more = async (after: string | null) => {
    const response = await client.call(environmentInstances, { id, after, inner: pageSize })
    return completeOrThrow(response).environment.serviceInstances
  }
  return readAllPages(list, more, first)
}

function readAllTriggers(
  client: RailwayClient,
  id: string,
  first: Page<TriggerResponse>,
): Promise<readonly TriggerResponse[]> {
  const list = { operation: environmentTriggers.name, field: 'environment.deploymentTriggers' }
  const more = async (after: string | null) => {
    const response = await client.call(environmentTriggers, { id, after, inner: pageSize })
    return completeOrThrow(response).environment.deploymentTriggers
  }
  return readAllPages(list, more, first)
}

const environmentDeleted: ApiProblem = {
  kind: 'refused',
  operation: previewState.name,
  reason: 'not-found',
  message: 'the environment is deleted',
  path: [],
  traceId: null,
  workspace: null,
}

/** Returns the data of a response. Throws {@link ApiError} if Railway left out a part of it because of an error. */
function completeOrThrow<Data>({ data, gaps }: GraphqlResponse<Data>): Data {
  if (gaps.length === 0) return data
  throw new ApiError({ kind: 'unavailable', detail: 'a response with missing parts', sent: true })
}

/** The staged changes of an environment. `patch`: the paths of the changes. */
interface StagedChanges {
  readonly status: string
  readonly lastAppliedError?: string | null | undefined
  readonly patch: readonly string[]
}

function toState(
  instances: readonly ListedInstance[],
  triggers: readonly TriggerResponse[],
  { status, lastAppliedError, patch }: StagedChanges,
): PreviewState {
  return {
    instances: instances.map((instance) => withTriggers(instance, triggers)),
    applying: status === 'APPLYING',
    // Railway may show an environment without staged changes as an empty patch with the status STAGED.
    stagedPaths: status === 'STAGED' ? patch : [],
    error: lastAppliedError ? redactMessage(lastAppliedError) : null,
  }
}
