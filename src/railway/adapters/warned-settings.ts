import type { ServiceInstance, ServiceTarget } from '../../inventory/inventory.ts'
import { autoDeployState, resolvedConfigFile } from '../operations/inventory.ts'
import { joinBatches } from '../operations/operation.ts'
import { ApiError } from '../transport/api-error.ts'
import type { ApiContext } from './api-context.ts'
import { serviceIds } from './object-ids.ts'

/** The time limit of the request, in milliseconds. It is short, because only warnings depend on the request. */
const timeLimit = 5_000

/**
 * The number of requests that must be left in addition to one for each service. Otherwise the settings are not read.
 */
const reservedRequests = 50

/** The services whose settings have to be read for warnings. */
export interface SettingsRequest {
  /** The services that may have a config file. */
  readonly configFiles: readonly ServiceTarget[]
  /** The services with a trigger for deployments by pushes. */
  readonly autoDeploys: readonly ServiceTarget[]
}

/** The settings of services that only warnings depend on. */
export interface WarnedSettings {
  /** The config file, such as `railway.json`, of each service whose settings come from one. */
  readonly configFiles: ReadonlyMap<ServiceInstance, string>
  /** The services for which deployments by pushes are switched off. */
  readonly switchedOff: readonly ServiceTarget[]
}

/** The settings that are not known. */
export const noWarnedSettings: WarnedSettings = { configFiles: new Map(), switchedOff: [] }

/**
 * Reads the settings that only warnings depend on. All of them are read with one request without retries. If Railway
 * rejects it, only the config files are requested. Returns none if that fails, too, if few requests are left, or if there
 * is more to read than fits into one request.
 */
export async function readWarnedSettings(
  api: ApiContext,
  request: SettingsRequest,
): Promise<WarnedSettings> {
  const { configFiles, autoDeploys } = request
  const { remaining } = api.client.share
  const services = Math.max(configFiles.length, autoDeploys.length)
  const isBudgetLow = remaining !== null && remaining < services + reservedRequests
  if (services === 0 || services > api.batcher.size || isBudgetLow) return noWarnedSettings
  try {
    return await requestSettings(api, request)
  } catch (error) {
    const hasPart = autoDeploys.length > 0 && configFiles.length > 0
    if (!isRejection(error) || !hasPart) return noWarnedSettings
    return requestSettings(api, { configFiles, autoDeploys: [] }).catch(() => noWarnedSettings)
  }
}

/** Returns whether Railway rejected a part of the request. An older schema, without config files, rejects all of it. */
const isRejection = (error: unknown): boolean =>
  error instanceof ApiError &&
  error.problem.kind === 'refused' &&
  error.problem.reason !== 'invalid-document'

async function requestSettings(
  { client }: ApiContext,
  { configFiles, autoDeploys }: SettingsRequest,
): Promise<WarnedSettings> {
  const { operation, variables } = joinBatches(
    { batch: resolvedConfigFile, items: configFiles.map(serviceIds) },
    {
      batch: autoDeployState,
      items: autoDeploys.map((target) => ({ ...serviceIds(target), projectId: target.project.id })),
    },
  )
  const once = { ...operation, timeLimit, repeatable: false }
  const { data } = await client.call(once, variables, { retryBudget: 0 })
  return {
    configFiles: new Map(
      configFiles.flatMap(({ instance }, index): [ServiceInstance, string][] => {
        const item = data[`item${index}`]
        const file =
          item && 'resolvedFileConfig' in item ? item.resolvedFileConfig?.configFile?.trim() : ''
        return file ? [[instance, file]] : []
      }),
    ),
    switchedOff: autoDeploys.filter((_, index) => {
      const item = data[`other${index}`]
      return item && 'enabled' in item && !item.enabled
    }),
  }
}
