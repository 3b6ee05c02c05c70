import {
  canAccess,
  canAccessProject,
  findAccessibleEnvironment,
  findEnvironment,
  findInstance,
  findProject,
  findService,
  findWorkspace,
  isShownEmpty,
  requireAccess,
  tokenOf,
} from '../access.ts'
import { configOf } from '../config.ts'
import { type Connection, connection, type PageArguments } from '../connection.ts'
import type { Context } from '../context.ts'
import { activeDeployments, latestDeployment, wasLive } from '../deployment-state.ts'
import type {
  Domain,
  Environment,
  Project,
  Service,
  ServiceInstance,
  VolumeMount,
} from '../model.ts'
import { notAuthorized } from '../refusal.ts'
import type { World } from '../world.ts'
import {
  listedDeployments,
  listedEnvironments,
  listedProjects,
  type ProjectsOrder,
  shownDeletion,
} from './listed.ts'
import { type TypeResolvers, toDate } from './resolver.ts'
import { accessibleProjects } from './tokens.ts'
import { variablesListed } from './variables.ts'

interface ProjectsArguments extends PageArguments {
  workspaceId?: string | null
  includeDeleted?: boolean | null
  orderBy?: ProjectsOrder | null
}

export const inventoryQueries: TypeResolvers = {
  workspace: (_: unknown, { workspaceId }: { workspaceId: string }, context: Context) =>
    findWorkspace(context, workspaceId),

  projects: (_: unknown, args: ProjectsArguments, context: Context) =>
    connection(
      listedProjects(context, projectsOf(context, args.workspaceId), args),
      args,
      context.pages,
    ),

  projectsByIds: (_: unknown, { ids }: { ids: string[] }, context: Context): Project[] => {
    const token = tokenOf(context)
    return ids
      .map((id) => context.world.projects.get(id))
      .filter((project) => project !== undefined)
      .filter((project) => project.deletedAt === null && canAccessProject(token, project))
  },

  project: (_: unknown, { id }: { id: string }, context: Context) => findProject(context, id),

  environments: (
    _: unknown,
    args: PageArguments & { projectId: string; isEphemeral?: boolean | null },
    context: Context,
  ) => {
    const project = findProject(context, args.projectId)
    const { isEphemeral = null } = args
    const shown = listedEnvironments(context, project, { isEphemeral, deleted: false })
    return connection(shown, args, context.pages)
  },

  environment: (
    _: unknown,
    { id, projectId }: { id: string; projectId?: string | null },
    context: Context,
  ) => findEnvironment(context, id, projectId),

  service: (_: unknown, { id }: { id: string }, context: Context) => findService(context, id),

  serviceInstance: (
    _: unknown,
    { serviceId, environmentId }: { serviceId: string; environmentId: string },
    context: Context,
  ) => findInstance(context, serviceId, environmentId),

  domains: (
    _: unknown,
    args: { serviceId: string; environmentId: string; projectId: string },
    context: Context,
  ) => {
    findAccessibleEnvironment(context, args.environmentId, args.projectId)
    return domainsOf(findInstance(context, args.serviceId, args.environmentId))
  },
}

function projectsOf(context: Context, workspaceId?: string | null): Project[] {
  const token = tokenOf(context)
  const { behaviour, workspaces } = context.world
  if (workspaceId) {
    const foreign = !token.workspaces.some(({ id }) => id === workspaceId)
    if (foreign && behaviour.foreignWorkspace === 'empty') return []
    return accessibleProjects(context, findWorkspace(context, workspaceId))
  }
  if (token.kind === 'project') {
    if (behaviour.projectsForProject === 'refused') throw notAuthorized()
  } else if (token.kind !== 'workspace') {
    if (behaviour.ownProjects === 'refused') throw notAuthorized()
    if (behaviour.ownProjects === 'empty') return []
  }
  return workspaces.flatMap((workspace) => accessibleProjects(context, workspace))
}

export const projectFields: TypeResolvers = {
  baseEnvironmentId: (project: Project) => project.baseEnvironment?.id ?? null,
  createdAt: (project: Project) => toDate(project.createdAt),
  deletedAt: (project: Project) => toDate(project.deletedAt),
  environments: (
    project: Project,
    args: PageArguments & { isEphemeral?: boolean | null; sort?: 'asc' | 'desc' | null },
    context: Context,
  ) => {
    const { isEphemeral = null } = args
    const deleted = context.world.behaviour.listDeleted
    const shown = listedEnvironments(context, project, { isEphemeral, deleted })
    return connection(args.sort === 'desc' ? shown.reverse() : shown, args, context.pages)
  },
  primaryEnvironmentId: (project: Project) =>
    project.environments.find(({ ephemeral, deletedAt }) => !ephemeral && deletedAt === null)?.id ??
    null,
  services: (project: Project, args: PageArguments, context: Context) =>
    connection(listed(context, project.services), args, context.pages),
  updatedAt: (project: Project) => toDate(project.createdAt),
  workspaceId: (project: Project) => project.workspace.id,
}

/** Removes deleted objects, unless the world's behaviour lists them. */
function listed<T extends { deletedAt: number | null }>({ world }: Context, all: T[]): T[] {
  return world.behaviour.listDeleted ? all : all.filter(({ deletedAt }) => deletedAt === null)
}

export const environmentFields: TypeResolvers = {
  canAccess: (environment: Environment, _args: unknown, context: Context) =>
    canAccess(tokenOf(context), environment),
  config: (
    environment: Environment,
    { decryptVariables }: { decryptVariables?: boolean | null },
    context: Context,
  ) => {
    if (isShownEmpty(context, environment)) return { services: {} }
    const branch = context.world.behaviour.configBranch
    return configOf(requireAccess(context, environment), {
      decrypt: decryptVariables ?? false,
      branch,
    })
  },
  createdAt: (environment: Environment) => toDate(environment.createdAt),
  deletedAt: (environment: Environment, _args: unknown, context: Context) =>
    toDate(shownDeletion(context, environment)),
  deploymentTriggers: (environment: Environment, args: PageArguments, context: Context) =>
    contentPage(environment, args, context, () =>
      environment.triggers.filter(({ instance }) => instance.deletedAt === null),
    ),
  deployments: (environment: Environment, args: PageArguments, context: Context) =>
    contentPage(environment, args, context, () =>
      listedDeployments(
        context,
        environment.instances.flatMap(({ deployments }) => deployments),
      ),
    ),
  isEphemeral: (environment: Environment) => environment.ephemeral,
  projectId: (environment: Environment) => environment.project.id,
  serviceInstances: (environment: Environment, args: PageArguments, context: Context) =>
    contentPage(environment, args, context, () => listed(context, environment.instances)),
  sourceEnvironment: (environment: Environment) => environment.source,
  unmergedChangesCount: () => null,
  updatedAt: (environment: Environment) => toDate(environment.createdAt),
  variables: (environment: Environment, args: PageArguments, context: Context) =>
    contentPage(environment, args, context, () => variablesListed(context, environment)),
  volumeInstances: (environment: Environment, args: PageArguments, context: Context) =>
    contentPage(environment, args, context, () => volumesOf(environment)),
}

/** A volume and the instance that it is attached to. */
interface PlacedVolume extends VolumeMount {
  instance: ServiceInstance
}

function volumesOf(environment: Environment): PlacedVolume[] {
  return environment.instances
    .filter(({ deletedAt }) => deletedAt === null)
    .flatMap((instance) => instance.volumes.map((mount) => ({ ...mount, instance })))
}

export const volumeInstanceFields: TypeResolvers = {
  createdAt: ({ createdAt }: PlacedVolume) => toDate(createdAt),
  deletedAt: () => null,
  environmentId: ({ instance }: PlacedVolume) => instance.environment.id,
  serviceId: ({ instance }: PlacedVolume) => instance.service.id,
  volume: ({ instance, volume }: PlacedVolume) => ({
    id: volume.id,
    name: volume.name,
    createdAt: toDate(volume.createdAt),
    projectId: instance.service.project.id,
  }),
  volumeId: ({ volume }: PlacedVolume) => volume.id,
}

/** Returns a page of an environment's content. For a restricted environment, it throws or returns an empty page. */
function contentPage<T extends { id: string }>(
  environment: Environment,
  args: PageArguments,
  context: Context,
  contents: () => T[],
): Connection<T> {
  const isAccessible = canAccess(tokenOf(context), environment)
  const { restrictedEnvironment } = context.world.behaviour
  if (!isAccessible && restrictedEnvironment === 'refused') throw notAuthorized()
  return connection(isAccessible ? contents() : [], args, context.pages)
}

export const serviceFields: TypeResolvers = {
  createdAt: (service: Service) => toDate(service.createdAt),
  deletedAt: (service: Service) => toDate(service.deletedAt),
  isRestricted: (service: Service) => service.restricted,
  projectId: (service: Service) => service.project.id,
  updatedAt: (service: Service) => toDate(service.createdAt),
}

export const serviceInstanceFields: TypeResolvers = {
  activeDeployments: (instance: ServiceInstance, _args: unknown, { world }: Context) =>
    activeDeployments(world, instance),
  buildCommand: ({ settings }: ServiceInstance) => settings.buildCommand,
  createdAt: (instance: ServiceInstance) => toDate(instance.createdAt),
  cronSchedule: ({ settings }: ServiceInstance) => settings.cronSchedule,
  deletedAt: (instance: ServiceInstance) =>
    toDate(instance.deletedAt ?? instance.service.deletedAt),
  domains: (instance: ServiceInstance) => domainsOf(instance),
  environmentId: (instance: ServiceInstance) => instance.environment.id,
  hasEverDeployed: (instance: ServiceInstance, _args: unknown, { world }: Context) =>
    instance.deployments.some((deployment) => wasLive(world, deployment)),
  healthcheckPath: ({ settings }: ServiceInstance) => settings.healthcheckPath,
  isUpdatable: ({ source }: ServiceInstance) => Boolean(source?.repo),
  latestDeployment: (instance: ServiceInstance, _args: unknown, { world }: Context) =>
    latestDeployment(world, instance) ?? null,
  numReplicas: () => 1,
  preDeployTimeoutSeconds: () => null,
  railwayConfigFile: ({ settings }: ServiceInstance) => settings.railwayConfigFile,
  resolvedFileConfig: (instance: ServiceInstance, _args: unknown, { world }: Context) =>
    resolvedFileConfig(world, instance),
  rootDirectory: ({ settings }: ServiceInstance) => settings.rootDirectory,
  serviceId: (instance: ServiceInstance) => instance.service.id,
  serviceName: (instance: ServiceInstance) => instance.service.name,
  startCommand: ({ settings }: ServiceInstance) => settings.startCommand,
  updatedAt: (instance: ServiceInstance) => toDate(instance.createdAt),
  watchPatterns: ({ settings }: ServiceInstance) => settings.watchPatterns,
}

/** Returns the config file of the newest deployment. `null`: there is none, as in a deployment of an image. */
function resolvedFileConfig(world: World, instance: ServiceInstance) {
  const { settings, foundConfigFile, source } = instance
  const configFile = settings.railwayConfigFile || foundConfigFile
  const deployment = latestDeployment(world, instance)
  if (!configFile || !deployment || deployment.content.kind === 'image') return null
  return {
    commitHash: deployment.content.kind === 'commit' ? deployment.content.commit : null,
    configFile,
    deploymentId: deployment.id,
    fileManifest: {},
    propertyFileMapping: {},
    repo: source?.repo ?? null,
    resolvedAt: toDate(deployment.createdAt),
  }
}

/** A domain and its instance. */
export interface PlacedDomain {
  domain: Domain
  instance: ServiceInstance
}

function domainsOf(instance: ServiceInstance) {
  const place = (domain: Domain): PlacedDomain => ({ domain, instance })
  return {
    serviceDomains: instance.serviceDomains.map(place),
    customDomains: instance.customDomains.map(place),
  }
}

const placedDomain: TypeResolvers = {
  createdAt: ({ domain }: PlacedDomain) => toDate(domain.createdAt),
  deletedAt: ({ domain }: PlacedDomain) => toDate(domain.deletedAt),
  domain: ({ domain }: PlacedDomain) => domain.domain,
  environmentId: ({ instance }: PlacedDomain) => instance.environment.id,
  id: ({ domain }: PlacedDomain) => domain.id,
  projectId: ({ instance }: PlacedDomain) => instance.service.project.id,
  serviceId: ({ instance }: PlacedDomain) => instance.service.id,
  syncStatus: ({ domain }: PlacedDomain, _args: unknown, { world }: Context) => {
    if (domain.deletedAt !== null) return 'DELETED'
    return domain.activeFrom <= world.now() ? 'ACTIVE' : 'CREATING'
  },
  targetPort: ({ domain }: PlacedDomain) => domain.targetPort,
}

export const serviceDomainFields = placedDomain

export const customDomainFields: TypeResolvers = {
  ...placedDomain,
  status: ({ domain }: PlacedDomain) => ({
    verified: domain.verified,
    certificateStatus: domain.verified
      ? 'CERTIFICATE_STATUS_TYPE_VALID'
      : 'CERTIFICATE_STATUS_TYPE_VALIDATING_OWNERSHIP',
  }),
}
