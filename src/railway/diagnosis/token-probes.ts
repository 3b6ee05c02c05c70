import { z } from 'zod'
import {
  ask,
  counted,
  type DiagnosisProbe,
  dataOf,
  instanceIn,
  isRefused,
  nothing,
  seen,
  undecided,
  unread,
  unusable,
} from './probe.ts'
import { refusalOf } from './query-client.ts'

const otherToken = undecided('another token')

const tokenWorkspaces: DiagnosisProbe = {
  name: 'token-workspaces',
  decides: ['api-token-account', 'api-token-oauth', 'api-token-project'],
  async run(context) {
    const open = Object.fromEntries(this.decides.map((id) => [id, otherToken]))
    if (context.kind === 'workspace') return open
    const asked = await ask(
      context,
      'query DiagnoseTokenWorkspaces { apiToken { workspaces { id } } }',
    )
    const shape = z.object({ apiToken: z.object({ workspaces: z.array(z.unknown()) }) })
    const data = dataOf(asked, shape)
    const reading = data?.apiToken.workspaces.length === 0 ? 'empty' : 'workspaces'
    const found = data ? seen(reading) : isRefused(asked) ? seen('refused') : unread(asked)
    return { ...open, [`api-token-${context.kind}`]: found }
  },
}

const projectToken: DiagnosisProbe = {
  name: 'project-token',
  decides: ['project-token-others'],
  async run(context) {
    if (context.kind === 'project') return { 'project-token-others': otherToken }
    const asked = await ask(context, 'query DiagnoseProjectToken { projectToken { projectId } }')
    const reason = asked.ok ? refusalOf(asked.answer) : null
    const known = reason === 'not-found' || reason === 'not-authorized'
    return { 'project-token-others': known ? seen(reason) : unread(asked) }
  },
}

const visibleProjects: DiagnosisProbe = {
  name: 'visible-projects',
  decides: ['own-projects', 'projects-for-project'],
  async run(context) {
    const { kind, inventory } = context
    const open = { 'own-projects': otherToken, 'projects-for-project': otherToken }
    if (kind === 'workspace') return open
    const id = kind === 'project' ? 'projects-for-project' : 'own-projects'
    const asked = await ask(
      context,
      'query DiagnoseProjects { projects(first: 1) { edges { cursor } } }',
    )
    if (isRefused(asked)) return { ...open, [id]: seen('refused') }
    const data = dataOf(asked, z.object({ projects: counted }))
    if (!data) return { ...open, [id]: unread(asked) }
    if (data.projects.edges.length > 0) {
      return { ...open, [id]: seen(kind === 'project' ? 'own' : 'all') }
    }
    if (kind === 'project') return { ...open, [id]: seen('other') }
    return { ...open, [id]: inventory.projects.length > 0 ? seen('empty') : nothing }
  },
}

const oauthUser: DiagnosisProbe = {
  name: 'oauth-user',
  decides: ['oauth-without-profile'],
  async run(context) {
    const id = 'oauth-without-profile'
    if (context.kind !== 'oauth') return { [id]: otherToken }
    const asked = await ask(context, 'query DiagnoseUser { me { workspaces { id } } }')
    if (isRefused(asked)) return { [id]: seen('refused') }
    const data = dataOf(asked, z.object({ me: z.object({ workspaces: z.array(z.unknown()) }) }))
    // With workspaces in it, the token was granted the profile.
    if (!data) return { [id]: unread(asked) }
    return { [id]: data.me.workspaces.length === 0 ? seen('empty') : nothing }
  },
}

const tokenBudget: DiagnosisProbe = {
  name: 'token-budget',
  decides: ['token-budget'],
  async run(context) {
    if (context.workspaceId === null) return { 'token-budget': otherToken }
    const asked = await ask(
      context,
      'query DiagnoseBudget($id: String!) { workspace(workspaceId: $id) { apiTokenRateLimit { remainingPoints } } }',
      { id: context.workspaceId },
    )
    if (isRefused(asked)) return { 'token-budget': seen('refused') }
    const shape = z.object({
      workspace: z.object({ apiTokenRateLimit: z.looseObject({}).nullable() }),
    })
    const data = dataOf(asked, shape)
    if (!data) return { 'token-budget': unread(asked) }
    return { 'token-budget': data.workspace.apiTokenRateLimit ? seen('answered') : nothing }
  },
}

const restricted: DiagnosisProbe = {
  name: 'restricted-environment',
  decides: ['restricted-environment'],
  async run(context) {
    const id = 'restricted-environment'
    if (context.kind === 'project') return { [id]: otherToken }
    const closed = context.inventory.projects
      .flatMap(({ environments }) => environments)
      .find(({ accessible }) => !accessible)
    if (!closed) return { [id]: nothing }
    const asked = await ask(
      context,
      'query DiagnoseRestricted($id: String!) { environment(id: $id) { serviceInstances(first: 1) { edges { cursor } } } }',
      { id: closed.id },
    )
    if (isRefused(asked)) return { [id]: seen('refused') }
    const shape = z.object({ environment: z.object({ serviceInstances: counted }) })
    const data = dataOf(asked, shape)
    if (!data) return { [id]: unread(asked) }
    const isEmpty = data.environment.serviceInstances.edges.length === 0
    return { [id]: seen(isEmpty ? 'empty' : 'other') }
  },
}

const siblings: DiagnosisProbe = {
  name: 'sibling-deployments',
  decides: ['sibling-deployments'],
  async run(context) {
    const id = 'sibling-deployments'
    const { own, inventory } = context
    if (own === null) return { [id]: otherToken }
    const sibling = inventory.projects
      .flatMap(({ environments }) => environments)
      .find((environment) => environment.id !== own.environmentId)
    if (!sibling) return { [id]: nothing }
    const asked = await ask(
      context,
      'query DiagnoseSibling($input: DeploymentListInput!) { deployments(input: $input, first: 1) { edges { cursor } } }',
      { input: { projectId: own.projectId, environmentId: sibling.id } },
    )
    if (isRefused(asked)) return { [id]: seen('refused') }
    const data = dataOf(asked, z.object({ deployments: counted }))
    if (!data) return { [id]: unread(asked) }
    return { [id]: seen(data.deployments.edges.length === 0 ? 'empty' : 'other') }
  },
}

const events: DiagnosisProbe = {
  name: 'deployment-events',
  decides: ['deployment-events'],
  async run(context) {
    const id = 'deployment-events'
    const deployed = instanceIn(context, ({ latest }) => latest !== null)
    if (!deployed?.instance.latest) return { [id]: nothing }
    const asked = await ask(
      context,
      'query DiagnoseEvents($id: String!) { deploymentEvents(id: $id, first: 1) { edges { cursor } } }',
      { id: deployed.instance.latest.id },
    )
    if (isRefused(asked)) return { [id]: seen('refused') }
    if (!asked.ok) return { [id]: unread(asked) }
    return {
      [id]: dataOf(asked, z.object({ deploymentEvents: counted })) ? seen('answered') : unusable,
    }
  },
}

/** Probes of what the token may read. */
export const tokenProbes: readonly DiagnosisProbe[] = [
  tokenWorkspaces,
  projectToken,
  visibleProjects,
  oauthUser,
  tokenBudget,
  restricted,
  siblings,
  events,
]
