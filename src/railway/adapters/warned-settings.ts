import type { ServiceInstance, ServiceTarget } from '../../inventory/inventory.ts'
import { autoDeployState, resolvedConfigFile } from '../operations/inventory.ts'
import { joinBatches } from '../operations/operation.ts'
import type { ApiContext } from './api-context.ts'

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
  readonly switchedOff: ReadonlySet<ServiceInstance>
}

/** The settings that are not known. */
export const noWarnedSettings: WarnedSettings = { configFiles: new Map(), switchedOff: new Set() }

/**
 * Reads the settings that only warnings depend on. All of them are read with one request without retries. Returns none
 * if the request fails, if few requests are left, or if there is more to read than fits into one request.
 */
export async function readWarnedSettings(
  { client, batcher }: ApiContext,
  { configFiles, autoDeploys }: SettingsRequest,
): Promise<WarnedSettings> {
  const { remaining } = client.share
  const services = Math.max(configFiles.length, autoDeploys.length)
  const isBudgetLow = remaining !== null && remaining < services + reservedRequests
  if (services === 0 || services > batcher.size || isBudgetLow) return noWarnedSettings
  const { operation, variables } = joinBatches(
    { batch: resolvedConfigFile, items: configFiles.map(idsOf) },
    {
      batch: autoDeployState,
      items: autoDeploys.map((target) => ({ ...idsOf(target), projectId: target.project.id })),
    },
  )
  try {
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
      switchedOff: new Set(
        autoDeploys.flatMap(({ instance }, index) => {
          const item = data[`other${index}`]
          return item && 'enabled' in item && !item.enabled ? [instance] : []
        }),
      ),
    }
  } catch {
    return noWarnedSettings
  }
}

const idsOf = ({ environment, instance }: ServiceTarget) => ({
  environmentId: environment.id,
  serviceId: instance.service.id,
})
