import { canAccessProject, lacksTwoFactor, tokenOf, userOf } from '../access.ts'
import { connection, type PageArguments } from '../connection.ts'
import type { Context } from '../context.ts'
import type { Environment, Project, Token, User, Workspace } from '../model.ts'
import { notAuthorized, notFound } from '../refusal.ts'
import { listedProjects } from './listed.ts'
import { type TypeResolvers, toDate } from './resolver.ts'

/** Queries about the token itself. Each query refuses the kinds of token that it is not about. */
export const tokenQueries: TypeResolvers = {
  me: (_: unknown, _args: unknown, context: Context): User => {
    const { token, user } = userOf(context)
    if (token.kind === 'oauth' && !hasProfileScopes(token)) {
      if (context.world.behaviour.oauthWithoutProfile === 'refused') throw notAuthorized()
      return { ...user, name: '', email: '' }
    }
    return user
  },

  apiToken: (_: unknown, _args: unknown, context: Context) => {
    const token = tokenOf(context)
    const { behaviour } = context.world
    const results = {
      workspace: 'workspaces',
      account: behaviour.apiTokenForAccount,
      oauth: behaviour.apiTokenForOAuth,
      project: behaviour.apiTokenForProject,
    }
    if (results[token.kind] === 'refused') throw notAuthorized()
    if (results[token.kind] === 'empty') return { workspaces: [] }
    const own = token.environment ? [token.environment.project.workspace] : token.workspaces
    return { workspaces: own.map(({ id, name }) => ({ id, name })) }
  },

  projectToken: (_: unknown, _args: unknown, { caller, world }: Context): Environment => {
    const isOther = caller.token !== null && caller.token.environment === null
    if (isOther && world.behaviour.projectTokenForOthers === 'not-authorized') throw notAuthorized()
    if (!caller.token?.environment) throw notFound('Project Token')
    return caller.token.environment
  },

  externalWorkspaces: (_: unknown, _args: unknown, context: Context): External[] => {
    const { token } = userOf(context)
    const workspaces = new Set(token.projects.map(({ workspace }) => workspace))
    return [...workspaces].map((workspace) => ({
      ...workspace,
      projects: token.projects.filter((project) => project.workspace === workspace),
    }))
  },
}

type External = Workspace & { projects: Project[] }

function hasProfileScopes({ scopes }: Token): boolean {
  return scopes.includes('email') && scopes.includes('profile')
}

const plans = { free: 'FREE', hobby: 'HOBBY', pro: 'PRO' } as const

export const userFields: TypeResolvers = {
  apiTokenRateLimit: (_: User, _args: unknown, context: Context) => rateLimit(context),
  has2FA: (user: User) => user.hasTwoFactor,
  username: (user: User) => user.name.toLowerCase(),
  workspaces: (_: User, _args: unknown, context: Context) => {
    const { token } = userOf(context)
    return token.kind === 'oauth' && !hasProfileScopes(token) ? [] : token.workspaces
  },
}

/** Fields of a project token. The object of the resolvers is the environment of the token. */
export const projectTokenFields: TypeResolvers = {
  createdAt: (environment: Environment) => toDate(environment.createdAt),
  environment: (environment: Environment) => environment,
  environmentId: (environment: Environment) => environment.id,
  id: (environment: Environment, _args: unknown, { world }: Context) =>
    world.ids.uuid('project-token', environment.id),
  name: (environment: Environment) => `${environment.name} token`,
  project: (environment: Environment) => environment.project,
  projectId: (environment: Environment) => environment.project.id,
}

export const workspaceFields: TypeResolvers = {
  apiTokenRateLimit: (_: Workspace, _args: unknown, context: Context) => rateLimit(context),
  createdAt: (workspace: Workspace) => toDate(workspace.createdAt),
  has2FAEnforcement: (workspace: Workspace) => workspace.enforcesTwoFactor,
  plan: (workspace: Workspace) => plans[workspace.plan],
  projectCount: (
    workspace: Workspace,
    { includeDeleted }: { includeDeleted?: boolean },
    context: Context,
  ) =>
    accessibleProjects(context, workspace).filter(
      ({ deletedAt }) => includeDeleted === true || deletedAt === null,
    ).length,
  projects: (workspace: Workspace, args: PageArguments, context: Context) =>
    connection(
      listedProjects(context, accessibleProjects(context, workspace), {}),
      args,
      context.pages,
    ),
  redactedDueTo2FAPending: (workspace: Workspace, _args: unknown, context: Context) =>
    lacksTwoFactor(tokenOf(context), workspace),
}

export const externalWorkspaceFields: TypeResolvers = {
  currentSessionHasAccess: () => true,
  has2FAEnforcement: (workspace: External) => workspace.enforcesTwoFactor,
  plan: (workspace: External) => plans[workspace.plan],
  redactedDueTo2FAPending: () => false,
}

/** Returns the projects of a workspace that the token can access. Without a required second factor, there are none. */
export function accessibleProjects(context: Context, workspace: Workspace): Project[] {
  const token = tokenOf(context)
  if (lacksTwoFactor(token, workspace)) return []
  return workspace.projects.filter((project) => canAccessProject(token, project))
}

function rateLimit({ budget, world }: Context) {
  if (world.behaviour.tokenBudget === 'refused') throw notAuthorized()
  const rest = budget()
  return rest && { remainingPoints: rest.remaining, resetsAt: toDate(rest.resetsAt) }
}
