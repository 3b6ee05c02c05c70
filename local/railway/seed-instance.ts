import { seedDeployment } from './deployments.ts'
import type { Environment, Service, ServiceInstance, Source, VariableSet } from './model.ts'
import type { World } from './world.ts'
import type { ServiceInstanceOptions } from './world-options.ts'

/** Adds an instance with its domains, volume, trigger and deployments, as the world has them at its start. */
export function seedInstance(
  world: World,
  service: Service,
  environment: Environment,
  { at, ...options }: ServiceInstanceOptions & { at: number },
): void {
  const instance = world.addInstance(service, environment, at)
  const { source = 'none' } = options
  instance.source = toSource(source)
  instance.foundConfigFile = options.foundConfigFile ?? null
  instance.autoDeploy = options.autoDeploy ?? true
  setSettings(instance, options)
  setVariables(instance.variables, options.variables, false)
  setVariables(instance.variables, options.sealed, true)
  addDomains(world, instance, options, at)
  if (options.volume) world.addVolume(instance, `${service.name}-volume`, options.volume, at)
  if (typeof source === 'object' && 'repo' in source && options.trigger !== false) {
    const { branch = 'main', repo } = source
    const checkSuites = options.checkSuites ?? false
    world.addTrigger(instance, { repository: repo, branch, checkSuites })
  }
  const history = options.history ?? []
  for (const [index, past] of history.entries()) {
    seedDeployment(world, instance, { minutesAgo: 1440 * (history.length - index + 1), ...past })
  }
  const live = options.live ?? (source === 'none' ? false : {})
  if (live !== false) seedDeployment(world, instance, live)
  if (options.deleted) instance.deletedAt = at
}

function setSettings({ settings }: ServiceInstance, options: ServiceInstanceOptions): void {
  settings.rootDirectory = options.rootDirectory ?? null
  settings.cronSchedule = options.cron ?? null
  settings.startCommand = options.startCommand ?? null
  settings.healthcheckPath = options.healthcheckPath ?? null
  settings.railwayConfigFile = options.railwayConfigFile ?? null
  settings.watchPatterns = options.watchPatterns ?? []
}

function addDomains(
  world: World,
  instance: ServiceInstance,
  options: ServiceInstanceOptions,
  at: number,
): void {
  const { domain = false, customDomain, targetPort = null } = options
  if (domain) {
    const name = domain === true ? world.domainName(instance) : domain
    world.addDomain(instance.serviceDomains, name, targetPort, at)
  }
  if (customDomain) {
    const added = world.addDomain(instance.customDomains, customDomain, targetPort, at)
    added.verified = options.customDomainVerified ?? true
  }
}

function toSource(source: ServiceInstanceOptions['source']): Source | null {
  if (source === undefined || source === 'none') return null
  return 'repo' in source ? { repo: source.repo, image: null } : { repo: null, image: source.image }
}

function setVariables(
  set: VariableSet,
  values: Record<string, string> = {},
  sealed: boolean,
): void {
  for (const [name, value] of Object.entries(values)) set.set(name, { value, sealed })
}
