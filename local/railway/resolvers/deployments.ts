import {
  canAccess,
  findAccessibleEnvironment,
  findEnvironment,
  findInstance,
  findProject,
  findService,
  isShownEmpty,
  requireDeploymentAccess,
  tokenOf,
} from '../access.ts'
import { connection, type PageArguments } from '../connection.ts'
import {
  commitContent,
  contentToDeploy,
  currentContent,
  headContent,
  triggerOf,
} from '../content.ts'
import type { Context } from '../context.ts'
import {
  cannotRedeployYet,
  canRedeploy,
  canRollback,
  findDeployment,
  isStopped,
  redeployRefused,
  statusOf,
} from '../deployment-state.ts'
import {
  approve,
  cancel,
  deployAgain,
  deployInstance,
  redeploy,
  remove,
  restart,
  rollBack,
  startDeployment,
  stop,
} from '../deployments.ts'
import { type DeploymentEvent, eventsOf } from '../events.ts'
import { buildLog, deployLog, type LogArguments } from '../logs.ts'
import type { Deployment, ServiceInstance } from '../model.ts'
import { notAuthorized, problem } from '../refusal.ts'
import type { DeploymentStatus } from '../script.ts'
import type { World } from '../world.ts'
import { listedDeployments } from './listed.ts'
import { type TypeResolvers, toDate } from './resolver.ts'

interface ListInput {
  environmentId?: string | null
  projectId?: string | null
  serviceId?: string | null
  status?: { in?: DeploymentStatus[] | null; notIn?: DeploymentStatus[] | null } | null
}

const deploymentById = (context: Context, id: string): Deployment =>
  requireDeploymentAccess(context, findDeployment(context.world, id))

export const deploymentQueries: TypeResolvers = {
  deployment: (_: unknown, { id }: { id: string }, context: Context) => deploymentById(context, id),

  deployments: (_: unknown, args: PageArguments & { input: ListInput }, context: Context) => {
    const { status } = args.input
    const found = instancesFor(context, args.input)
      .flatMap(({ deployments }) => deployments)
      .filter((deployment) => {
        const now = statusOf(context.world, deployment).status
        return (status?.in?.includes(now) ?? true) && !(status?.notIn?.includes(now) ?? false)
      })
    return connection(listedDeployments(context, found), args, context.pages)
  },

  deploymentEvents: (_: unknown, args: PageArguments & { id: string }, context: Context) =>
    connection(eventsFor(context, args.id), args, context.pages),

  buildLogs: (_: unknown, args: LogArguments & { deploymentId: string }, context: Context) =>
    buildLog(context.world, deploymentById(context, args.deploymentId), args),

  deploymentLogs: (_: unknown, args: LogArguments & { deploymentId: string }, context: Context) =>
    deployLog(context.world, deploymentById(context, args.deploymentId), args),
}

function eventsFor(context: Context, id: string): DeploymentEvent[] {
  const deployment = deploymentById(context, id)
  if (context.world.behaviour.deploymentEvents === 'refused') throw notAuthorized()
  return eventsOf(context.world, deployment)
}

/** Whether a project token reads an empty list for another environment of its project, instead of an error. */
function readsSiblingAsEmpty(context: Context, environmentId: string): boolean {
  const own = tokenOf(context).environment
  const requested = context.world.environments.get(environmentId)
  if (!own || !requested || own === requested || own.project !== requested.project) return false
  return context.world.behaviour.siblingDeployments === 'empty'
}

function instancesFor(
  context: Context,
  { environmentId, projectId, serviceId }: ListInput,
): ServiceInstance[] {
  const ofService = (one: ServiceInstance) => !serviceId || one.service.id === serviceId
  if (environmentId) {
    if (readsSiblingAsEmpty(context, environmentId)) return []
    if (isShownEmpty(context, findEnvironment(context, environmentId, projectId))) return []
    return findAccessibleEnvironment(context, environmentId).instances.filter(ofService)
  }
  if (!projectId && !serviceId) throw problem()
  const project = projectId
    ? findProject(context, projectId)
    : findService(context, serviceId ?? '').project
  return project.environments
    .filter((one) => one.deletedAt === null && canAccess(tokenOf(context), one))
    .flatMap(({ instances }) => instances)
    .filter(ofService)
}

interface Place {
  serviceId: string
  environmentId: string
}

export const deploymentMutations: TypeResolvers = {
  serviceInstanceDeployV2: (
    _: unknown,
    args: Place & { commitSha?: string | null },
    context: Context,
  ) => {
    const { world, origin } = context
    const instance = findInstance(context, args.serviceId, args.environmentId)
    const content = args.commitSha
      ? commitContent(world, instance, args.commitSha)
      : contentToDeploy(world, instance)
    return deployInstance(world, instance, content, origin).id
  },

  serviceInstanceDeploy: (
    _: unknown,
    args: Place & { commitSha?: string | null; latestCommit?: boolean | null },
    context: Context,
  ) => {
    const { world, origin } = context
    const instance = findInstance(context, args.serviceId, args.environmentId)
    const requested = args.commitSha
      ? commitContent(world, instance, args.commitSha)
      : currentContent(world, instance)
    const content = args.latestCommit ? headContent(world, instance) : requested
    deployInstance(world, instance, content, origin)
    return true
  },

  serviceInstanceRedeploy: (_: unknown, args: Place, context: Context) => {
    const instance = findInstance(context, args.serviceId, args.environmentId)
    if (cannotRedeployYet(context.world, instance)) throw redeployRefused()
    deployAgain(context.world, instance, 'redeploy', context.origin)
    return true
  },

  environmentTriggersDeploy: (_: unknown, { input }: { input: Place }, context: Context) => {
    const { world, origin } = context
    const instance = findInstance(context, input.serviceId, input.environmentId)
    if (triggerOf(instance)) {
      const content = headContent(world, instance)
      startDeployment(world, instance, { cause: 'trigger', content, origin })
    }
    return true
  },

  deploymentRedeploy: (_: unknown, { id }: { id: string }, context: Context) =>
    redeploy(context.world, deploymentById(context, id), context.origin),

  deploymentRollback: (_: unknown, { id }: { id: string }, context: Context) => {
    const deployment = deploymentById(context, id)
    const { service, environment } = deployment.instance
    findInstance(context, service.id, environment.id)
    rollBack(context.world, deployment, context.origin)
    return true
  },

  deploymentApprove: mutationOf(approve),
  deploymentCancel: mutationOf(cancel),
  deploymentRemove: mutationOf(remove),
  deploymentRestart: mutationOf(restart),
  deploymentStop: mutationOf(stop),
}

/** Returns the resolver of a mutation that changes the deployment with the argument `id`. */
function mutationOf(change: (world: Context['world'], deployment: Deployment) => void) {
  return (_: unknown, { id }: { id: string }, context: Context): boolean => {
    change(context.world, deploymentById(context, id))
    return true
  }
}

export const deploymentFields: TypeResolvers = {
  canRedeploy: (deployment: Deployment, _args: unknown, { world }: Context) =>
    canRedeploy(world, deployment),
  canRollback: (deployment: Deployment, _args: unknown, { world }: Context) =>
    canRollback(world, deployment),
  createdAt: (deployment: Deployment) => toDate(deployment.createdAt),
  deploymentStopped: (deployment: Deployment, _args: unknown, { world }: Context) =>
    isStopped(world, deployment),
  diagnosis: (deployment: Deployment, _args: unknown, { world }: Context) => {
    const { status } = statusOf(world, deployment)
    return status === 'FAILED' || status === 'CRASHED' ? deployment.script.diagnosis : null
  },
  environment: ({ instance }: Deployment) => instance.environment,
  environmentId: ({ instance }: Deployment) => instance.environment.id,
  meta: (deployment: Deployment, _args: unknown, { world }: Context) => metaOf(world, deployment),
  projectId: ({ instance }: Deployment) => instance.service.project.id,
  service: ({ instance }: Deployment) => instance.service,
  serviceId: ({ instance }: Deployment) => instance.service.id,
  snapshotId: (deployment: Deployment, _args: unknown, { world }: Context) =>
    deployment.content.kind === 'image' ? null : world.ids.uuid('snapshot', deployment.id),
  staticUrl: ({ instance }: Deployment, _args: unknown, { world }: Context) =>
    siteOf(world, instance),
  status: (deployment: Deployment, _args: unknown, { world }: Context) =>
    statusOf(world, deployment).status,
  statusUpdatedAt: (deployment: Deployment, _args: unknown, { world }: Context) =>
    toDate(statusOf(world, deployment).from),
  updatedAt: (deployment: Deployment, _args: unknown, { world }: Context) =>
    toDate(statusOf(world, deployment).from),
  url: ({ instance }: Deployment, _args: unknown, { world }: Context) => siteOf(world, instance),
}

/** Returns the address of an instance. The world's behaviour determines whether it is a host or a URL. `null`: it has no domain. */
function siteOf(world: World, { serviceDomains, customDomains }: ServiceInstance): string | null {
  const found = [...serviceDomains, ...customDomains].find(({ deletedAt }) => deletedAt === null)
  if (!found) return null
  return world.behaviour.deploymentUrls === 'https' ? `https://${found.domain}` : found.domain
}

/** Returns the `meta` of a deployment. Railway's schema does not specify its content. */
function metaOf(world: World, deployment: Deployment) {
  const { content, script } = deployment
  if (script.meta !== undefined) return script.meta
  const { deploymentMeta } = world.behaviour
  if (deploymentMeta === 'null') return null
  if (deploymentMeta === 'commit-only') {
    return content.kind === 'commit' ? { commitHash: content.commit } : {}
  }
  const branch = deploymentMeta === 'branch-null' ? { branch: null } : {}
  return { ...contentMeta(deployment), ...branch, ...outcomeMeta(world, deployment) }
}

/** Returns the parts of `meta` about a skipped deployment and about errors of the configuration. */
function outcomeMeta(world: World, deployment: Deployment) {
  const { skippedReason, configErrors } = deployment.script
  const isSkipped = statusOf(world, deployment).status === 'SKIPPED'
  const hasReason = isSkipped && world.behaviour.skippedReason === 'present'
  const asObjects = world.behaviour.configErrors === 'objects'
  return {
    ...(hasReason && skippedReason && { skippedReason }),
    ...(configErrors && {
      configErrors: asObjects ? configErrors.map((message) => ({ message })) : configErrors,
    }),
  }
}

function contentMeta({ content, instance, cause }: Deployment) {
  const reason = cause === 'rollback' || cause === 'redeploy' ? cause : 'deploy'
  const { rootDirectory } = instance.settings
  if (content.kind === 'image') {
    return { image: content.image, imageDigest: content.digest, reason }
  }
  if (content.kind === 'upload') return { cliMessage: content.message, rootDirectory, reason }
  const { repo, branch, commit, message } = content
  return {
    repo,
    branch,
    commitHash: commit,
    commitMessage: message,
    commitAuthor: 'robin',
    rootDirectory,
    reason,
  }
}

export const deploymentEventFields: TypeResolvers = {
  completedAt: (event: DeploymentEvent) => toDate(event.completedAt),
  createdAt: (event: DeploymentEvent) => toDate(event.createdAt),
}
