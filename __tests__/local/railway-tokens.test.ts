import { afterEach, describe, expect, it } from '@jest/globals'
import { type Behaviour, sampleWorkspace } from '../../local/railway/index.ts'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

async function sample(behaviour: Partial<Behaviour> = {}) {
  const started = await bench({ behaviour })
  return { ...started, ...sampleWorkspace(started.world) }
}

/** Returns `data` if there is some, else the first message. */
function outcome({ body }: { body: { data?: unknown; errors?: { message: string }[] } }) {
  return body.errors?.[0]?.message ?? body.data
}

const project = (token: string) => ({ 'project-access-token': token })

describe('the queries about the token', () => {
  it('return no user and one workspace for a workspace token', async () => {
    const { acme, ask, tokens } = await sample()
    expect(outcome(await ask(tokens.workspace, '{ me { id } }'))).toBe('Not Authorized')
    const workspaces = await ask(tokens.workspace, '{ apiToken { workspaces { id name } } }')
    expect(outcome(workspaces)).toEqual({
      apiToken: { workspaces: [{ id: acme.id, name: 'Acme' }] },
    })
    const external = await ask(tokens.workspace, '{ externalWorkspaces { id } }')
    expect(outcome(external)).toBe('Not Authorized')
  })

  it('return no data at all in one document if one of them is refused', async () => {
    const { ask, tokens } = await sample()
    const { body, status } = await ask(
      tokens.workspace,
      '{ me { id } apiToken { workspaces { id } } }',
    )
    expect(status).toBe(200)
    expect(body.data).toBeNull()
    expect(body.errors).toHaveLength(1)
  })

  it('return the user and all workspaces for an account token', async () => {
    const { ask, tokens } = await sample()
    const answer = await ask(tokens.account, '{ me { workspaces { name } } }')
    expect(outcome(answer)).toEqual({ me: { workspaces: [{ name: 'Acme' }, { name: 'Beta' }] } })
    const two = await ask(tokens.account, '{ apiToken { workspaces { name } } }')
    expect(outcome(two)).toEqual({ apiToken: { workspaces: [{ name: 'Acme' }, { name: 'Beta' }] } })
  })

  it('may refuse `apiToken` for an account token', async () => {
    const { ask, tokens } = await sample({ apiTokenForAccount: 'refused' })
    const answer = await ask(tokens.account, '{ apiToken { workspaces { id } } }')
    expect(outcome(answer)).toBe('Not Authorized')
  })

  it('return the granted workspaces for an OAuth token with profile scopes', async () => {
    const { acme, ask, projects, tokens, world } = await sample()
    const answer = await ask(tokens.oauth, '{ me { workspaces { name } } }')
    expect(outcome(answer)).toEqual({ me: { workspaces: [{ name: 'Acme' }] } })
    const narrow = world.oauthToken([], { scopes: ['project:viewer'], projects: [projects.shop] })
    expect(outcome(await ask(narrow, '{ me { id } }'))).toBe('Not Authorized')
    const external = await ask(narrow, '{ externalWorkspaces { id projects { name } } }')
    expect(outcome(external)).toEqual({
      externalWorkspaces: [{ id: acme.id, projects: [{ name: 'shop' }] }],
    })
    const other = await ask(narrow, 'query ($id: String!) { project(id: $id) { name } }', {
      id: projects.billing.id,
    })
    expect(outcome(other)).toBe('Not Authorized')
  })

  it('return a project and an environment for a project token in its header', async () => {
    const { ask, projects, tokens, world } = await sample()
    const own = world.environmentOf(projects.shop, 'production')
    const answer = await ask(
      project(tokens.project),
      '{ projectToken { projectId environmentId } }',
    )
    expect(outcome(answer)).toEqual({
      projectToken: { projectId: projects.shop.id, environmentId: own.id },
    })
    const me = await ask(project(tokens.project), '{ me { id } }')
    expect(outcome(me)).toBe('Not Authorized')
    const tree = await ask(
      project(tokens.project),
      `{ project(id: "${projects.shop.id}") { environments { edges { node { name canAccess } } } } }`,
    )
    expect(outcome(tree)).toEqual({
      project: {
        environments: {
          edges: [
            { node: { name: 'production', canAccess: true } },
            { node: { name: 'staging', canAccess: false } },
          ],
        },
      },
    })
    const other = world.environmentOf(projects.shop, 'staging')
    const foreign = await ask(
      project(tokens.project),
      `{ environment(id: "${other.id}") { name } }`,
    )
    expect(outcome(foreign)).toBe('Not Authorized')
  })

  it.each([
    ['a project token as Bearer', 'project', 'bearer', 'Not Authorized', 'Project Token not found'],
    [
      'a workspace token as project token',
      'workspace',
      'project',
      'Not Authorized',
      'Project Token not found',
    ],
    ['a revoked token', 'revoked', 'bearer', 'Not Authorized', 'Project Token not found'],
  ] as const)('treat %s as no token', async (_, name, header, apiToken, projectToken) => {
    const { ask, tokens } = await sample()
    const auth = header === 'bearer' ? tokens[name] : project(tokens[name])
    expect(outcome(await ask(auth, '{ apiToken { workspaces { id } } }'))).toBe(apiToken)
    expect(outcome(await ask(auth, '{ projectToken { projectId } }'))).toBe(projectToken)
    expect(outcome(await ask(auth, '{ projects { edges { node { id } } } }'))).toBe(
      'Not Authorized',
    )
  })

  it('are refused without a token, and with an empty one', async () => {
    const { ask } = await sample()
    const none = await ask({}, '{ me { id } }')
    expect(none.body.errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR')
    const empty = await ask({ authorization: 'Bearer ' }, '{ me { id } }')
    expect(empty.body.errors[0].extensions.code).toBe('UNAUTHENTICATED')
  })

  it('accept only OAuth tokens at the OAuth endpoint', async () => {
    const { railway, tokens } = await sample()
    const ask = async (token: string) => {
      const url = new URL('/oauth/me', railway.url)
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      return { status: answer.status, body: await answer.json() }
    }
    expect(await ask(tokens.oauth)).toMatchObject({
      status: 200,
      body: { sub: expect.any(String) },
    })
    expect(await ask(tokens.account)).toMatchObject({ status: 401 })
  })
})

describe('projects', () => {
  const all = '{ projects { edges { node { name } } } }'
  const of = (id: string) => `{ projects(workspaceId: "${id}") { edges { node { name } } } }`
  const names = ({
    body,
  }: {
    body: { data: { projects: { edges: { node: { name: string } }[] } } }
  }) => body.data.projects.edges.map(({ node }) => node.name)

  it('without a workspace are those of the token, or none for an account token', async () => {
    const { ask, tokens } = await sample()
    expect(names(await ask(tokens.workspace, all))).toEqual([
      'shop',
      'shop-eu',
      'billing',
      'labs',
      'blog',
    ])
    expect(names(await ask(tokens.account, all))).toEqual([])
    expect(names(await ask(project(tokens.project), all))).toEqual(['shop'])
  })

  it('of a foreign workspace are refused, or an empty list', async () => {
    const first = await sample()
    const refused = await first.ask(first.tokens.workspace, of(first.beta.id))
    expect(outcome(refused)).toBe('Not Authorized')
    const second = await sample({ foreignWorkspace: 'empty' })
    expect(names(await second.ask(second.tokens.workspace, of(second.beta.id)))).toEqual([])
  })

  it('by their ids do not contain projects outside the scope of the token', async () => {
    const { ask, projects, tokens } = await sample()
    const ids = [projects.warehouse.id, projects.shop.id, 'nothing']
    const query = 'query ($ids: [String!]!) { projectsByIds(ids: $ids) { name } }'
    const answer = await ask(tokens.workspace, query, { ids })
    expect(outcome(answer)).toEqual({ projectsByIds: [{ name: 'shop' }] })
  })

  it.each([
    ['of another workspace', 'foreign', 'Not Authorized'],
    ['unknown', 'unknown', 'Project not found'],
  ])('%s: %s', async (_, which, message) => {
    const { ask, projects, tokens } = await sample()
    const id = which === 'foreign' ? projects.warehouse.id : 'unknown'
    expect(outcome(await ask(tokens.workspace, `{ project(id: "${id}") { id } }`))).toBe(message)
  })
})

describe('a restricted environment', () => {
  const inside = (id: string, fields: string) => `{ project(id: "${id}") { environments {
    edges { node { name canAccess ${fields} } } } } }`

  it('is listed', async () => {
    const { ask, projects, tokens } = await sample()
    const { body } = await ask(tokens.workspace, inside(projects.billing.id, ''))
    expect(body.data.project.environments.edges[2].node).toEqual({
      name: 'audit',
      canAccess: false,
    })
  })

  it('refuses every read of its content', async () => {
    const { ask, projects, tokens } = await sample()
    const fields = 'serviceInstances { edges { node { id } } }'
    const { body } = await ask(tokens.workspace, inside(projects.billing.id, fields))
    expect(body.data).toBeNull()
    expect(body.errors[0]).toMatchObject({
      message: 'Not Authorized',
      path: ['project', 'environments', 'edges', 2, 'node', 'serviceInstances'],
    })
  })

  it('has empty content if `restrictedEnvironment` is `empty`', async () => {
    const { ask, projects, tokens } = await sample({ restrictedEnvironment: 'empty' })
    const fields = 'serviceInstances { edges { node { id } } }'
    const { body } = await ask(tokens.workspace, inside(projects.billing.id, fields))
    expect(body.data.project.environments.edges[2].node.serviceInstances.edges).toEqual([])
  })

  it('refuses deployments', async () => {
    const { ask, projects, services, tokens, world } = await sample()
    const { id } = world.environmentOf(projects.billing, 'audit')
    const mutation = `mutation { serviceInstanceDeployV2(environmentId: "${id}", serviceId: "${services.invoices.id}") }`
    expect(outcome(await ask(tokens.workspace, mutation))).toBe('Not Authorized')
  })
})

describe('a user without a second factor in a workspace that enforces it', () => {
  async function enforced(behaviour: Partial<Behaviour>) {
    const started = await bench({ behaviour })
    const acme = started.world.workspace('Acme', { enforcesTwoFactor: true })
    started.world.project(acme, 'shop')
    const person = started.world.accountToken([acme], { hasTwoFactor: false })
    return { ...started, acme, person, token: started.world.workspaceToken(acme) }
  }

  it('is refused, with the name of the workspace', async () => {
    const { acme, ask, person } = await enforced({})
    const { body } = await ask(person, `{ workspace(workspaceId: "${acme.id}") { name } }`)
    expect(body.errors[0]).toMatchObject({
      message: 'Two Factor Authentication Required',
      extensions: { workspaceName: 'Acme' },
    })
  })

  it('reads an empty workspace if `twoFactor` is `redacted`', async () => {
    const { acme, ask, person } = await enforced({ twoFactor: 'redacted' })
    const fields = '{ redactedDueTo2FAPending projects { edges { node { id } } } }'
    const { body } = await ask(person, `{ workspace(workspaceId: "${acme.id}") ${fields} }`)
    expect(body.data.workspace).toEqual({ redactedDueTo2FAPending: true, projects: { edges: [] } })
  })

  it('does not affect the workspace token', async () => {
    const { ask, token } = await enforced({})
    const { body } = await ask(token, '{ projects { edges { node { name } } } }')
    expect(body.data.projects.edges).toHaveLength(1)
  })
})

describe('the request log', () => {
  it('never contains a token', async () => {
    const { ask, railway, tokens } = await sample()
    await ask(tokens.workspace, 'query Q($id: String!) { project(id: $id) { id } }', {
      id: tokens.workspace,
    })
    await ask(project(tokens.project), '{ projectToken { id } }')
    await fetch(`${railway.url}?token=${tokens.account}`, { method: 'POST', body: '{}' })
    const text = JSON.stringify(railway.requests)
    for (const token of Object.values(tokens)) expect(text).not.toContain(token)
    expect(railway.requests[0]).toMatchObject({
      index: 0,
      operationName: 'Q',
      kind: 'query',
      roots: ['project'],
      variables: { id: '***' },
      authentication: 'bearer',
      status: 200,
      fault: null,
      effect: false,
    })
  })
})
