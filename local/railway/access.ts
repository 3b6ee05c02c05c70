/** Permissions of tokens. Railway refuses access to everything outside a token's scope with `Not Authorized`. */
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

/** Returns the caller's token. Throws `Not Authorized` if the request has no valid token. */
export function tokenOf({ caller }: Context): Token {
  if (caller.token) return caller.token
  if (caller.emptyBearer) throw refusal('Not Authorized', { code: 'UNAUTHENTICATED' })
  throw notAuthorized()
}

/** Returns the token and the user that it belongs to. Throws for workspace and project tokens, which belong to no user. */
export function userOf(context: Context): { token: Token; user: User } {
  const token = tokenOf(context)
  if (!token.user) throw notAuthorized()
  return { token, user: token.user }
}

function canAccessWorkspace(token: Token, workspace: Workspace): boolean {
  return token.workspaces.includes(workspace)
}

export function canAccessProject(token: Token, project: Project): boolean {
  if (token.kind === 'project') return token.environment?.project === project
  return token.workspaces.includes(project.workspace) || token.projects.includes(project)
}

/** Whether the token may read and change the content of the environment: the field `canAccess` of the API. */
export function canAccess(token: Token, environment: Environment): boolean {
  if (environment.restrictedFor.includes(token.kind)) return false
  if (token.kind === 'project') return token.environment === environment
  return canAccessProject(token, environment.project)
}

/** Whether the workspace enforces two-factor authentication and the token's user has none. */
export function lacksTwoFactor({ user }: Token, workspace: Workspace): boolean {
  return workspace.enforcesTwoFactor && user !== null && !user.hasTwoFactor
}

function requireTwoFactor(context: Context, token: Token, workspace: Workspace): void {
  if (!lacksTwoFactor(token, workspace)) return
  if (context.world.behaviour.twoFactor === 'redacted') return
  throw refusal('Two Factor Authentication Required', { workspaceName: workspace.name })
}

/** Returns the workspace. Throws if there is none with this id, or if the token may not read it. */
export function findWorkspace(context: Context, id: string): Workspace {
  const token = tokenOf(context)
  const workspace = context.world.workspaces.find((one) => one.id === id)
  if (!workspace) throw notFound('Workspace')
  if (!canAccessWorkspace(token, workspace)) throw notAuthorized()
  requireTwoFactor(context, token, workspace)
  return workspace
}

/** Returns the project. Throws if it does not exist, was deleted, or is outside the token's scope. */
export function findProject(context: Context, id: string): Project {
  const token = tokenOf(context)
  const project = context.world.projects.get(id)
  if (!project) throw notFound('Project')
  if (!canAccessProject(token, project)) throw notAuthorized()
  if (project.deletedAt !== null)
    throw deletedError(context.world.behaviour.deletedProject, 'Project')
  requireTwoFactor(context, token, project.workspace)
  return project
}

function deletedError(
  error: 'not-found' | 'not-authorized' | 'problem',
  typeName: string,
): GraphQLError {
  if (error === 'not-found') return notFound(typeName)
  return error === 'problem' ? problem() : notAuthorized()
}

/**
 * Returns the environment, which may be restricted. Throws if the token may not see it. The property
 * `deletedEnvironment` of the world's behaviour determines whether a deleted environment is returned or refused.
 */
export function findEnvironment(
  context: Context,
  id: string,
  projectId?: string | null,
): Environment {
  const environment = locateEnvironment(context, id, projectId)
  const { deletedEnvironment } = context.world.behaviour
  if (environment.deletedAt !== null && deletedEnvironment !== 'answered') {
    throw deletedError(deletedEnvironment, 'Environment')
  }
  return environment
}

/** Returns the environment, which may be deleted or restricted. Throws if the token may not see it. */
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
  const foundFrom = environment.createdAt + world.behaviour.notFoundLagSeconds * 1000
  if (world.now() < foundFrom) throw notFound('Environment')
  if (projectId && environment.project.id !== projectId) throw notFound('Environment')
  return environment
}

/** Whether the token may not access the environment and reads empty content instead of an error. */
export function isShownEmpty(context: Context, environment: Environment): boolean {
  const { restrictedEnvironment } = context.world.behaviour
  return restrictedEnvironment === 'empty' && !canAccess(tokenOf(context), environment)
}

/** Returns the environment. Throws `Not Authorized` if the token may not access its content. */
export function requireAccess(context: Context, environment: Environment): Environment {
  if (!canAccess(tokenOf(context), environment)) throw notAuthorized()
  return environment
}

/** Returns an environment whose content the token may read and change. Throws if it is deleted or restricted. */
export function findAccessibleEnvironment(
  context: Context,
  id: string,
  projectId?: string | null,
): Environment {
  const environment = findEnvironment(context, id, projectId)
  if (environment.deletedAt !== null) throw notFound('Environment')
  return requireAccess(context, environment)
}

/** Returns the service. Throws if it does not exist or is outside the token's scope. */
export function findService(context: Context, id: string): Service {
  const token = tokenOf(context)
  const service = context.world.services.get(id)
  if (!service) throw notFound('Service')
  if (!canAccessProject(token, service.project)) throw notAuthorized()
  findProject(context, service.project.id)
  return service
}

/** Returns the instance of the service in the environment. Throws if there is none, or if the token may not access it. */
export function findInstance(
  context: Context,
  serviceId: string,
  environmentId: string,
): ServiceInstance {
  const environment = findAccessibleEnvironment(context, environmentId)
  const service = context.world.services.get(serviceId)
  const instance = environment.instances.find(
    (one) => one.service === service && one.deletedAt === null,
  )
  if (!instance) throw notFound('ServiceInstance')
  return instance
}

/** Returns the deployment. Throws if the token may not access its environment. */
export function requireDeploymentAccess(context: Context, deployment: Deployment): Deployment {
  requireAccess(context, findEnvironment(context, deployment.instance.environment.id))
  return deployment
}
