import type { ServiceInstance, ServiceTarget } from '../../inventory/inventory.ts'
import { resolvedConfigFile } from '../operations/inventory.ts'
import { batchOf, batchVariables } from '../operations/operation.ts'
import type { ApiContext } from './api-context.ts'

/** The time limit of the request, in milliseconds: a hint is not worth a long wait. */
const timeLimit = 5_000

/** The number of requests, besides one for each service, that must be left before one is spent on a hint. */
const spareRequests = 50

/**
 * Reads the config files that services' settings were last read from, with one request that is never repeated. The
 * result is for a warning only. An error, an older server or a small budget therefore means that none is known.
 */
export async function readConfigFiles(
  { client, batcher }: ApiContext,
  targets: readonly ServiceTarget[],
): Promise<ReadonlyMap<ServiceInstance, string>> {
  const { remaining } = client.share
  const scarce = remaining !== null && remaining < targets.length + spareRequests
  if (targets.length === 0 || targets.length > batcher.size || scarce) return new Map()
  const items = targets.map(({ environment, instance }) => ({
    environmentId: environment.id,
    serviceId: instance.service.id,
  }))
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
