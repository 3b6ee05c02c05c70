import { afterEach, describe, expect, it } from '@jest/globals'
import type { Behaviour } from '../../local/railway/index.ts'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

const ref = (name: string) => `$${`{{${name}}}`}`

async function shop(behaviour: Partial<Behaviour> = {}) {
  const started = await bench({ behaviour })
  const { ask, world } = started
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const production = world.environmentOf(project, 'production')
  world.sharedVariables(production, { REGION: 'eu', BARE: 'shared' })
  world.service(project, 'Postgres', {
    source: { image: 'postgres:16' },
    variables: {
      PASSWORD: 'secret',
      DATABASE_URL: `pg://${ref('PASSWORD')}@${ref('RAILWAY_PRIVATE_DOMAIN')}`,
    },
  })
  const api = world.service(project, 'api', {
    source: { repo: 'acme/shop' },
    variables: {
      DATABASE_URL: ref('Postgres.DATABASE_URL'),
      WHERE: `in ${ref('shared.REGION')}`,
      NOTHING: ref('Nobody.KEY'),
    },
    sealed: { STRIPE_KEY: 'sk_live' },
  })
  const web = world.service(project, 'web', { source: { repo: 'acme/shop' } })
  const token = world.workspaceToken(acme)
  const ids = { projectId: project.id, environmentId: production.id }
  const read = async (serviceId: string | null, unrendered: boolean) => {
    const query = `query ($projectId: String!, $environmentId: String!, $serviceId: String, $unrendered: Boolean) {
      variables(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: $unrendered)
    }`
    const { body } = await ask(token, query, { ...ids, serviceId, unrendered })
    return body.data?.variables ?? body.errors[0].message
  }
  const upsert = async (
    serviceId: string | null,
    variables: Record<string, string>,
    more: { replace?: boolean; skipDeploys?: boolean } = { skipDeploys: true },
  ) => {
    const mutation = `mutation ($input: VariableCollectionUpsertInput!) { variableCollectionUpsert(input: $input) }`
    const input = { ...ids, ...(serviceId && { serviceId }), variables, ...more }
    const { body } = await ask(token, mutation, { input })
    return body.data?.variableCollectionUpsert ?? body.errors[0].message
  }
  const stored = (name: string) =>
    Object.fromEntries(world.instance(name === 'api' ? api : web, 'production').variables)
  return { ...started, project, production, api, web, token, ids, read, upsert, stored }
}

describe('variables of a service', () => {
  it('unrendered are the stored values, and those of Railway', async () => {
    const { api, read } = await shop()
    expect(await read(api.id, true)).toMatchObject({
      DATABASE_URL: ref('Postgres.DATABASE_URL'),
      WHERE: `in ${ref('shared.REGION')}`,
      RAILWAY_SERVICE_NAME: 'api',
      RAILWAY_ENVIRONMENT_NAME: 'production',
    })
  })

  it('rendered have references resolved in the environment', async () => {
    const { api, read } = await shop()
    expect(await read(api.id, false)).toMatchObject({
      DATABASE_URL: 'pg://secret@postgres.railway.internal',
      WHERE: 'in eu',
      NOTHING: '',
    })
  })

  it('are not the shared ones, which are read without a service', async () => {
    const { api, read } = await shop()
    expect(await read(api.id, true)).not.toHaveProperty('BARE')
    expect(await read(null, true)).toEqual({ REGION: 'eu', BARE: 'shared' })
  })

  it.each([
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
  ] as const)('a sealed one is %s', async (sealedVariables, expected) => {
    const { api, read, world } = await shop({ sealedVariables })
    expect((await read(api.id, true)).STRIPE_KEY).toBe(expected)
    expect(world.snapshot()['shop/production/api']?.variables.STRIPE_KEY).toBe('sk_live')
  })

  it('are listed with their references, without values', async () => {
    const { ask, production, token } = await shop()
    const { body, text } = await ask(
      token,
      `{ environment(id: "${production.id}") { variables(first: 50) { edges { node { name isSealed references } } } } }`,
    )
    const nodes = body.data.environment.variables.edges.map(({ node }: { node: object }) => node)
    expect(nodes).toContainEqual({ name: 'STRIPE_KEY', isSealed: true, references: [] })
    expect(nodes).toContainEqual({
      name: 'DATABASE_URL',
      isSealed: false,
      references: ['Postgres.DATABASE_URL'],
    })
    expect(text).not.toContain('secret')
  })
})

describe('writing variables', () => {
  it.each([
    ['line breaks', 'a\nb\r\nc'],
    ['text that looks like commands', '::error::%0A'],
    ['unicode', 'naïve 🚂'],
    ['nothing', ''],
    ['references', `x${ref('Postgres.DATABASE_URL')}y`],
  ])('keeps %s byte for byte', async (_, value) => {
    const { read, upsert, web } = await shop()
    await upsert(web.id, { KEY: value })
    expect((await read(web.id, true)).KEY).toBe(value)
  })

  it('deploys nothing with `skipDeploys`, and the service once without', async () => {
    const { clock, upsert, web, world } = await shop()
    await upsert(web.id, { A: '1', B: '2' })
    expect(world.newDeployments()).toEqual([])
    await upsert(web.id, { A: '3' }, {})
    expect(world.newDeployments()).toMatchObject([{ service: 'web', cause: 'variables' }])
    await clock.pass(60)
    expect(world.snapshot()['shop/production/web']?.variables).toEqual({ A: '3', B: '2' })
  })

  it('stores the value even if the deployment is refused', async () => {
    const { stored, upsert, web } = await shop()
    await upsert(web.id, { A: '1' }, {})
    expect(await upsert(web.id, { A: '2' }, {})).toContain('Cannot redeploy yet')
    expect(stored('web').A?.value).toBe('2')
  })

  it('without a service writes shared ones, and deploys the services that refer to them', async () => {
    const { stored, upsert, world } = await shop()
    await upsert(null, { REGION: 'us' }, {})
    expect(world.newDeployments()).toMatchObject([{ service: 'api' }])
    expect(stored('web')).toEqual({})
  })

  it('with `replace` deletes all other variables, sealed or not', async () => {
    const { api, stored, upsert } = await shop()
    await upsert(api.id, { WHERE: 'here' }, { replace: true, skipDeploys: true })
    expect(stored('api')).toEqual({ WHERE: { value: 'here', sealed: false } })
  })

  it('with `replace` may keep sealed variables', async () => {
    const { api, stored, upsert } = await shop({ replaceSparesSealed: true })
    await upsert(api.id, { WHERE: 'here' }, { replace: true, skipDeploys: true })
    expect(Object.keys(stored('api'))).toEqual(['STRIPE_KEY', 'WHERE'])
  })

  it('does not store values that Railway provides', async () => {
    const { read, stored, upsert, web } = await shop()
    await upsert(web.id, await read(web.id, true), { replace: true, skipDeploys: true })
    expect(stored('web')).toEqual({})
  })

  it('keeps a sealed variable sealed', async () => {
    const { api, stored, upsert } = await shop()
    await upsert(api.id, { STRIPE_KEY: 'sk_new' })
    expect(stored('api').STRIPE_KEY).toEqual({ value: 'sk_new', sealed: true })
  })

  it('accepts strings only', async () => {
    const { ask, ids, token } = await shop()
    const mutation = `mutation ($input: VariableCollectionUpsertInput!) { variableCollectionUpsert(input: $input) }`
    const { body, status } = await ask(token, mutation, { input: { ...ids, variables: { A: 1 } } })
    expect(status).toBe(400)
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('deleting a variable', () => {
  const remove = 'mutation ($input: VariableDeleteInput!) { variableDelete(input: $input) }'

  it.each([
    [true, 1],
    [false, 0],
  ])('may deploy the service: %s', async (variableDeleteDeploys, count) => {
    const { api, ask, ids, stored, token, world } = await shop({ variableDeleteDeploys })
    await ask(token, remove, { input: { ...ids, serviceId: api.id, name: 'WHERE' } })
    expect(stored('api')).not.toHaveProperty('WHERE')
    expect(world.newDeployments()).toHaveLength(count)
  })

  it('is possible without a deployment by a staged patch', async () => {
    const { api, ask, clock, ids, stored, token, world } = await shop()
    const input = { services: { [api.id]: { variables: { WHERE: null } } } }
    const { environmentId } = ids
    await ask(
      token,
      `mutation ($environmentId: String!, $input: EnvironmentConfig!) {
        environmentStageChanges(environmentId: $environmentId, input: $input) { status }
        environmentPatchCommitStaged(environmentId: $environmentId, skipDeploys: true)
      }`,
      { environmentId, input },
    )
    await clock.pass(5)
    world.runDueEvents()
    expect(Object.keys(stored('api'))).toEqual(['DATABASE_URL', 'NOTHING', 'STRIPE_KEY'])
    expect(world.newDeployments()).toEqual([])
  })
})
