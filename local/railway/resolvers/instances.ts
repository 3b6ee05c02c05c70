import { findAccessibleEnvironment, findInstance, findService } from '../access.ts'
import { connection, type PageArguments } from '../connection.ts'
import { headContent, sameRepo, triggerOf } from '../content.ts'
import type { Context } from '../context.ts'
import { startDeployment } from '../deployments.ts'
import type { DeploymentTrigger, ServiceInstance, Source } from '../model.ts'
import { notFound, problem, refusal } from '../refusal.ts'
import type { PlacedDomain } from './inventory.ts'
import type { TypeResolvers } from './resolver.ts'

interface Place {
  projectId: string
  environmentId: string
  serviceId: string
}

export const instanceQueries: TypeResolvers = {
  deploymentTriggers: (_: unknown, args: PageArguments & Place, context: Context) => {
    const environment = findAccessibleEnvironment(context, args.environmentId, args.projectId)
    const own = environment.triggers.filter(
      ({ instance }) => instance.service.id === args.serviceId,
    )
    return connection(own, args, context.pages)
  },

  serviceInstanceAutoDeployStatus: (_: unknown, args: Place, context: Context) => {
    findAccessibleEnvironment(context, args.environmentId, args.projectId)
    const instance = findInstance(context, args.serviceId, args.environmentId)
    const canEnable = triggerOf(instance) !== undefined
    const reason = canEnable ? null : 'The service is not connected to a repository'
    return { canEnable, enabled: canEnable && instance.autoDeploy, reason }
  },
}

interface UpdateInput {
  source?: { image?: string | null; repo?: string | null } | null
  registryCredentials?: { username: string; password: string } | null
  rootDirectory?: string | null
  startCommand?: string | null
  buildCommand?: string | null
  cronSchedule?: string | null
  healthcheckPath?: string | null
  railwayConfigFile?: string | null
  watchPatterns?: string[] | null
}

export const instanceMutations: TypeResolvers = {
  /** Does not deploy. Returns `true` even if there is no instance to update. */
  serviceInstanceUpdate: (
    _: unknown,
    args: { serviceId: string; environmentId?: string | null; input: UpdateInput },
    context: Context,
  ) => {
    const service = findService(context, args.serviceId)
    const environments = args.environmentId
      ? [findAccessibleEnvironment(context, args.environmentId)]
      : service.project.environments.filter(({ ephemeral }) => !ephemeral)
    for (const instance of environments.flatMap(({ instances }) => instances)) {
      if (instance.service === service && instance.deletedAt === null) {
        update(context.world, instance, args.input)
      }
    }
    return true
  },

  serviceInstanceAutoDeployUpdate: (
    _: unknown,
    { input }: { input: Place & { enabled: boolean } },
    context: Context,
  ) => {
    findAccessibleEnvironment(context, input.environmentId, input.projectId)
    const instance = findInstance(context, input.serviceId, input.environmentId)
    instance.autoDeploy = input.enabled
    return { enabled: input.enabled && triggerOf(instance) !== undefined }
  },

  deploymentTriggerCreate: (
    _: unknown,
    {
      input,
    }: { input: Place & { repository: string; branch: string; checkSuites?: boolean | null } },
    context: Context,
  ) => {
    findAccessibleEnvironment(context, input.environmentId, input.projectId)
    const instance = findInstance(context, input.serviceId, input.environmentId)
    const { repository, branch } = input
    const checkSuites = input.checkSuites ?? false
    return context.world.addTrigger(instance, { repository, branch, checkSuites })
  },

  deploymentTriggerUpdate: (
    _: unknown,
    {
      id,
      input,
    }: {
      id: string
      input: {
        branch?: string | null
        repository?: string | null
        checkSuites?: boolean | null
        rootDirectory?: string | null
      }
    },
    context: Context,
  ) => {
    const { origin, world } = context
    const trigger = findTrigger(context, id)
    // Railway's schema has this field, and the mutation fails with it.
    if (input.rootDirectory !== undefined) throw problem()
    const branch = input.branch ?? trigger.branch
    const repository = input.repository ?? trigger.repository
    const moved = branch !== trigger.branch || !sameRepo(repository, trigger.repository)
    trigger.branch = branch
    trigger.repository = repository
    trigger.checkSuites = input.checkSuites ?? trigger.checkSuites
    if (moved && world.behaviour.triggerUpdateDeploys) {
      const content = headContent(world, trigger.instance)
      startDeployment(world, trigger.instance, { cause: 'trigger', content, origin })
    }
    return trigger
  },

  deploymentTriggerDelete: (_: unknown, { id }: { id: string }, context: Context) => {
    const trigger = findTrigger(context, id)
    const { environment } = trigger.instance
    environment.triggers = environment.triggers.filter((one) => one !== trigger)
    context.world.triggers.delete(id)
    return true
  },

  serviceDomainCreate: (
    _: unknown,
    { input }: { input: { serviceId: string; environmentId: string; targetPort?: number | null } },
    context: Context,
  ): PlacedDomain => {
    const { world } = context
    const instance = findInstance(context, input.serviceId, input.environmentId)
    if (instance.serviceDomains.some(({ deletedAt }) => deletedAt === null)) {
      throw refusal('A service can only have one Railway domain')
    }
    const name = world.domainName(instance)
    const port = input.targetPort ?? null
    const domain = world.addDomain(instance.serviceDomains, name, port, world.now())
    return { domain, instance }
  },

  serviceDomainDelete: (_: unknown, { id }: { id: string }, context: Context) => {
    for (const { instances } of context.world.environments.values()) {
      for (const instance of instances) {
        const domain = instance.serviceDomains.find((one) => one.id === id && !one.deletedAt)
        if (!domain) continue
        findAccessibleEnvironment(context, instance.environment.id)
        domain.deletedAt = context.world.now()
        return true
      }
    }
    throw notFound('ServiceDomain')
  },
}

function findTrigger(context: Context, id: string): DeploymentTrigger {
  const trigger = context.world.triggers.get(id)
  if (!trigger) throw notFound('DeploymentTrigger')
  findAccessibleEnvironment(context, trigger.instance.environment.id)
  return trigger
}

/**
 * Updates an instance. An empty string removes a setting. A missing property does not change it. The world's behaviour
 * decides about `null`.
 */
function update(
  { behaviour }: Context['world'],
  instance: ServiceInstance,
  { source, registryCredentials, watchPatterns, ...settings }: UpdateInput,
): void {
  const ignoresNull = behaviour.instanceUpdateNull === 'ignored'
  const isGiven = (value: unknown) => value !== undefined && !(ignoresNull && value === null)
  if (source !== undefined && isGiven(source)) instance.source = toSource(source)
  if (registryCredentials !== undefined && isGiven(registryCredentials)) {
    instance.registryCredentials = registryCredentials
  }
  if (isGiven(watchPatterns)) instance.settings.watchPatterns = watchPatterns ?? []
  for (const name of textSettings) {
    const value = settings[name]
    if (value !== undefined && isGiven(value)) instance.settings[name] = value === '' ? null : value
  }
}

/** The settings that are a text or `null`. */
const textSettings = [
  'buildCommand',
  'cronSchedule',
  'healthcheckPath',
  'railwayConfigFile',
  'rootDirectory',
  'startCommand',
] as const

function toSource(source: UpdateInput['source']): Source | null {
  if (source?.image) return { image: source.image, repo: null }
  return source?.repo ? { repo: source.repo, image: null } : null
}

export const deploymentTriggerFields: TypeResolvers = {
  environmentId: ({ instance }: DeploymentTrigger) => instance.environment.id,
  projectId: ({ instance }: DeploymentTrigger) => instance.service.project.id,
  provider: () => 'github',
  serviceId: ({ instance }: DeploymentTrigger) => instance.service.id,
  validCheckSuites: ({ checkSuites }: DeploymentTrigger) => (checkSuites ? 1 : 0),
}
