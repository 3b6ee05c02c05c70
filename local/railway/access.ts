/** Permissions of a token. Everything out of reach is refused in the same words. */
import type { GraphQLError } from 'graphql'
import type { Context } from './context.ts'
import type {
  Deployment,
  Environment,
  Project,
  Service,
  ServiceInstance,
  Token,
  User,
  Workspace,
} from './model.ts'
import { notAuthorized, notFound, problem, refusal } from './refusal.ts'

export function tokenOf({ caller }: Context): Token {
  if (caller.token) return caller.token
  if (caller.emptyBearer) throw refusal('Not Authorized', { code: 'UNAUTHENTICATED' })
  throw notAuthorized()
}

/** The person behind the token. Workspace and project tokens have none. */
export function userOf(context: Context): { token: Token; user: User } {
  const token = tokenOf(context)
  if (!token.user) throw notAuthorized()
  return { token, user: token.user }
}

function reachesWorkspace(token: Token, workspace: Workspace): boolean {
  return token.workspaces.includes(workspace)
}

export function reachesProject(token: Token, project: Project): boolean {
  if (token.kind === 'project') return token.environment?.project === project
  return token.workspaces.includes(project.workspace) || token.projects.includes(project)
}

/** Railway's `canAccess`: what is restricted can be seen, but neither looked into nor changed. */
export function canAccess(token: Token, environment: Environment): boolean {
  if (environment.restrictedFor.includes(token.kind)) return false
  if (token.kind === 'project') return token.environment === environment
  return reachesProject(token, environment.project)
}

/** Whether a person without second factor meets a workspace that demands one. */
export function lacksTwoFactor({ user }: Token, workspace: Workspace): boolean {
  return workspace.enforcesTwoFactor && user !== null && !user.hasTwoFactor
}

function demandTwoFactor(context: Context, token: Token, workspace: Workspace): void {
  if (!lacksTwoFactor(token, workspace)) return
  if (context.world.behaviour.twoFactor === 'redacted') return
  throw refusal('Two Factor Authentication Required', { workspaceName: workspace.name })
}

export function findWorkspace(context: Context, id: string): Workspace {
  const token = tokenOf(context)
  const workspace = context.world.workspaces.find((one) => one.id === id)
  if (!workspace) throw notFound('Workspace')
  if (!reachesWorkspace(token, workspace)) throw notAuthorized()
  demandTwoFactor(context, token, workspace)
  return workspace
}

export function findProject(context: Context, id: string): Project {
  const token = tokenOf(context)
  const project = context.world.projects.get(id)
  if (!project) throw notFound('Project')
  if (!reachesProject(token, project)) throw notAuthorized()
  if (project.deletedAt !== null) throw gone(context.world.behaviour.deletedProject, 'Project')
  demandTwoFactor(context, token, project.workspace)
  return project
}

function gone(answer: 'not-found' | 'not-authorized' | 'problem', what: string): GraphQLError {
  if (answer === 'not-found') return notFound(what)
  return answer === 'problem' ? problem() : notAuthorized()
}

/** An environment that may be seen; it may be off limits, and deleted if such ones are still answered. */
export function findEnvironment(
  context: Context,
  id: string,
  projectId?: string | null,
): Environment {
  const environment = locateEnvironment(context, id, projectId)
  const { deletedEnvironment } = context.world.behaviour
  if (environment.deletedAt !== null && deletedEnvironment !== 'answered') {
    throw gone(deletedEnvironment, 'Environment')
  }
  return environment
}

/** An environment that may be seen; it may be deleted, or off limits. */
export function locateEnvironment(
  context: Context,
  id: string,
  projectId?: string | null,
): Environment {
  const token = tokenOf(context)
  const { world } = context
  const environment = world.environments.get(id)
  if (!environment) throw notFound('Environment')
  if (token.kind === 'project' && token.environment !== environment) throw notAuthorized()
  findProject(context, environment.project.id)
  const hidden = environment.createdAt + world.behaviour.notFoundLagSeconds * 1000
  if (world.now() < hidden) throw notFound('Environment')
  if (projectId && environment.project.id !== projectId) throw notFound('Environment')
  return environment
}

/** Whether an environment that is off limits is shown as if nothing were in it. */
export function looksEmpty(context: Context, environment: Environment): boolean {
  const { restrictedEnvironment } = context.world.behaviour
  return restrictedEnvironment === 'empty' && !canAccess(tokenOf(context), environment)
}

/** Looks into an environment, which restricted ones do not allow. */
export function enter(context: Context, environment: Environment): Environment {
  if (!canAccess(tokenOf(context), environment)) throw notAuthorized()
  return environment
}

/** An environment in which something shall be read or changed. */
export function findOpenEnvironment(
  context: Context,
  id: string,
  projectId?: string | null,
): Environment {
  const environment = findEnvironment(context, id, projectId)
  if (environment.deletedAt !== null) throw notFound('Environment')
  return enter(context, environment)
}

export function findService(context: Context, id: string): Service {
  const token = tokenOf(context)
  const service = context.world.services.get(id)
  if (!service) throw notFound('Service')
  if (!reachesProject(token, service.project)) throw notAuthorized()
  findProject(context, service.project.id)
  return service
}

export function findInstance(
  context: Context,
  serviceId: string,
  environmentId: string,
): ServiceInstance {
  const environment = findOpenEnvironment(context, environmentId)
  const service = context.world.services.get(serviceId)
  const instance = environment.instances.find(
    (one) => one.service === service && one.deletedAt === null,
  )
  if (!instance) throw notFound('ServiceInstance')
  return instance
}

/** A deployment in an environment that the token may enter. */
export function reachDeployment(context: Context, deployment: Deployment): Deployment {
  enter(context, findEnvironment(context, deployment.instance.environment.id))
  return deployment
}
