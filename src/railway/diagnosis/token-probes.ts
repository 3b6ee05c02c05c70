import { z } from 'zod'
import {
  countedConnection,
  type DiagnosisProbe,
  findInstance,
  isNotAuthorized,
  nothingToTest,
  observed,
  parseData,
  sendQuery,
  toUndecided,
  undecided,
  unusableResponse,
} from './probe.ts'
import { rejectionReason } from './query-client.ts'

const otherToken = undecided('another token')

const tokenWorkspaces: DiagnosisProbe = {
  name: 'token-workspaces',
  decides: ['api-token-account', 'api-token-oauth', 'api-token-project'],
  async run(context) {
    const untested = Object.fromEntries(this.decides.map((id) => [id, otherToken]))
    if (context.tokenType === 'workspace') return untested
    const result = await sendQuery(
      context,
      'query DiagnoseTokenWorkspaces { apiToken { workspaces { id } } }',
    )
    const shape = z.object({ apiToken: z.object({ workspaces: z.array(z.unknown()) }) })
    const data = parseData(result, shape)
    const variant = data?.apiToken.workspaces.length === 0 ? 'empty' : 'workspaces'
    const found = data
      ? observed(variant)
      : isNotAuthorized(result)
        ? observed('refused')
        : toUndecided(result)
    return { ...untested, [`api-token-${context.tokenType}`]: found }
  },
}

const projectToken: DiagnosisProbe = {
  name: 'project-token',
  decides: ['project-token-others'],
  async run(context) {
    if (context.tokenType === 'project') return { 'project-token-others': otherToken }
    const result = await sendQuery(
      context,
      'query DiagnoseProjectToken { projectToken { projectId } }',
    )
    const reason = result.ok ? rejectionReason(result.response) : null
    const known = reason === 'not-found' || reason === 'not-authorized'
    return { 'project-token-others': known ? observed(reason) : toUndecided(result) }
  },
}

const visibleProjects: DiagnosisProbe = {
  name: 'visible-projects',
  decides: ['own-projects', 'projects-for-project'],
  async run(context) {
    const { tokenType, inventory } = context
    const untested = { 'own-projects': otherToken, 'projects-for-project': otherToken }
    if (tokenType === 'workspace') return untested
    const id = tokenType === 'project' ? 'projects-for-project' : 'own-projects'
    const result = await sendQuery(
      context,
      'query DiagnoseProjects { projects(first: 1) { edges { cursor } } }',
    )
    if (isNotAuthorized(result)) return { ...untested, [id]: observed('refused') }
    const data = parseData(result, z.object({ projects: countedConnection }))
    if (!data) return { ...untested, [id]: toUndecided(result) }
    if (data.projects.edges.length > 0) {
      return { ...untested, [id]: observed(tokenType === 'project' ? 'own' : 'all') }
    }
    if (tokenType === 'project') return { ...untested, [id]: observed('other') }
    return { ...untested, [id]: inventory.projects.length > 0 ? observed('empty') : nothingToTest }
  },
}

const oauthUser: DiagnosisProbe = {
  name: 'oauth-user',
  decides: ['oauth-without-profile'],
  async run(context) {
    const id = 'oauth-without-profile'
    if (context.tokenType !== 'oauth') return { [id]: otherToken }
    const result = await sendQuery(context, 'query DiagnoseUser { me { workspaces { id } } }')
    if (isNotAuthorized(result)) return { [id]: observed('refused') }
    const data = parseData(result, z.object({ me: z.object({ workspaces: z.array(z.unknown()) }) }))
    // If the response has workspaces, the token has access to the profile.
    if (!data) return { [id]: toUndecided(result) }
    return { [id]: data.me.workspaces.length === 0 ? observed('empty') : nothingToTest }
  },
}

const tokenBudget: DiagnosisProbe = {
  name: 'token-budget',
  decides: ['token-budget'],
  async run(context) {
    if (context.workspaceId === null) return { 'token-budget': otherToken }
    const result = await sendQuery(
      context,
      'query DiagnoseBudget($id: String!) { workspace(workspaceId: $id) { apiTokenRateLimit { remainingPoints } } }',
      { id: context.workspaceId },
    )
    if (isNotAuthorized(result)) return { 'token-budget': observed('refused') }
    const shape = z.object({
      workspace: z.object({ apiTokenRateLimit: z.looseObject({}).nullable() }),
    })
    const data = parseData(result, shape)
    if (!data) return { 'token-budget': toUndecided(result) }
    return {
      'token-budget': data.workspace.apiTokenRateLimit ? observed('answered') : nothingToTest,
    }
  },
}

const restricted: DiagnosisProbe = {
  name: 'restricted-environment',
  decides: ['restricted-environment'],
  async run(context) {
    const id = 'restricted-environment'
    if (context.tokenType === 'project') return { [id]: otherToken }
    const inaccessible = context.inventory.projects
      .flatMap(({ environments }) => environments)
      .find(({ accessible }) => !accessible)
    if (!inaccessible) return { [id]: nothingToTest }
    const result = await sendQuery(
      context,
      'query DiagnoseRestricted($id: String!) { environment(id: $id) { serviceInstances(first: 1) { edges { cursor } } } }',
      { id: inaccessible.id },
    )
    if (isNotAuthorized(result)) return { [id]: observed('refused') }
    const shape = z.object({ environment: z.object({ serviceInstances: countedConnection }) })
    const data = parseData(result, shape)
    if (!data) return { [id]: toUndecided(result) }
    const isEmpty = data.environment.serviceInstances.edges.length === 0
    return { [id]: observed(isEmpty ? 'empty' : 'other') }
  },
}

const siblings: DiagnosisProbe = {
  name: 'sibling-deployments',
  decides: ['sibling-deployments'],
  async run(context) {
    const id = 'sibling-deployments'
    const { ownEnvironment, inventory } = context
    if (ownEnvironment === null) return { [id]: otherToken }
    const sibling = inventory.projects
      .flatMap(({ environments }) => environments)
      .find((environment) => environment.id !== ownEnvironment.environmentId)
    if (!sibling) return { [id]: nothingToTest }
    const result = await sendQuery(
      context,
      'query DiagnoseSibling($input: DeploymentListInput!) { deployments(input: $input, first: 1) { edges { cursor } } }',
      { input: { projectId: ownEnvironment.projectId, environmentId: sibling.id } },
    )
    if (isNotAuthorized(result)) return { [id]: observed('refused') }
    const data = parseData(result, z.object({ deployments: countedConnection }))
    if (!data) return { [id]: toUndecided(result) }
    return { [id]: observed(data.deployments.edges.length === 0 ? 'empty' : 'other') }
  },
}

const events: DiagnosisProbe = {
  name: 'deployment-events',
  decides: ['deployment-events'],
  async run(context) {
    const id = 'deployment-events'
    const deployed = findInstance(context, ({ latest }) => latest !== null)
    if (!deployed?.instance.latest) return { [id]: nothingToTest }
    const result = await sendQuery(
      context,
      'query DiagnoseEvents($id: String!) { deploymentEvents(id: $id, first: 1) { edges { cursor } } }',
      { id: deployed.instance.latest.id },
    )
    if (isNotAuthorized(result)) return { [id]: observed('refused') }
    if (!result.ok) return { [id]: toUndecided(result) }
    return {
      [id]: parseData(result, z.object({ deploymentEvents: countedConnection }))
        ? observed('answered')
        : unusableResponse,
    }
  },
}

/** Probes of the data that the token may read. */
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
