import type { ServiceInstance, ServiceTarget } from '../../inventory/inventory.ts'
import { resolvedConfigFile } from '../operations/inventory.ts'
import { batchOf, batchVariables } from '../operations/operation.ts'
import type { ApiContext } from './api-context.ts'
import { serviceIds } from './object-ids.ts'

/** The time limit of the request, in milliseconds. It is short, because only a warning depends on the request. */
const timeLimit = 5_000

/**
 * The number of requests that must be left in addition to one for each service. Otherwise the config files are not
 * read.
 */
const reservedRequests = 50

/**
 * Returns the config file of each service whose settings come from one, such as `railway.json`. All services are read
 * with one request without retries. Returns an empty map if the request fails, if few requests are left, or if there
 * are more services than fit into one request.
 */
export async function readConfigFiles(
  { client, batcher }: ApiContext,
  targets: readonly ServiceTarget[],
): Promise<ReadonlyMap<ServiceInstance, string>> {
  const { remaining } = client.share
  const isBudgetLow = remaining !== null && remaining < targets.length + reservedRequests
  if (targets.length === 0 || targets.length > batcher.size || isBudgetLow) return new Map()
  const items = targets.map(serviceIds)
  try {
    const batch = batchOf(resolvedConfigFile, items.length)
    const operation = { ...batch, timeLimit, repeatable: false }
    const { data } = await client.call(operation, batchVariables(items), { retryBudget: 0 })
    const files = targets.flatMap(({ instance }, index): [ServiceInstance, string][] => {
      const file = data[`item${index}`]?.resolvedFileConfig?.configFile?.trim()
      return file ? [[instance, file]] : []
    })
    return new Map(files)
  } catch {
    return new Map()
  }
}
