import type { ServiceInstance, ServiceTarget } from '../../inventory/inventory.ts'
import { resolvedConfigFile } from '../operations/inventory.ts'
import { batchOf, batchVariables } from '../operations/operation.ts'
import type { ApiContext } from './api-context.ts'

/** A hint is not worth a long wait. */
const timeLimit = 5_000

/** Requests that are left to a run besides one for each service, before one is spent on a hint. */
const spareRequests = 50

/**
 * Reads the config files that services' settings were last read from: one request, never repeated. It is for a
 * warning only, so any error, an older server or a thin budget means that none is known.
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
