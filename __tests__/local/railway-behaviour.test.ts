import { afterEach, describe, expect, it } from '@jest/globals'
import type { Behaviour, ServiceOptions } from '../../local/railway/index.ts'
import { bench, closeAll, type GraphQLAnswer } from './railway-harness.ts'

afterEach(closeAll)

async function shop(behaviour: Partial<Behaviour> = {}, options: ServiceOptions = {}) {
  const started = await bench({ behaviour })
  const { ask, world } = started
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const production = world.environmentOf(project, 'production')
  const web = world.service(project, 'web', { source: { repo: 'acme/shop' }, ...options })
  const token = world.workspaceToken(acme)
  const dataOrMessage = ({ body }: GraphQLAnswer) => body.data ?? body.errors[0].message
  const look = async (query: string, variables?: Record<string, unknown>) =>
    dataOrMessage(await ask(token, query, variables))
  const instance = async (fields: string) => {
    const answer = await look(
      `{ serviceInstance(environmentId: "${production.id}", serviceId: "${web.id}") { ${fields} } }`,
    )
    return answer.serviceInstance
  }
  const update = (input: Record<string, unknown>) =>
    look(
      `mutation ($input: ServiceInstanceUpdateInput!) { serviceInstanceUpdate(serviceId: "${web.id}", environmentId: "${production.id}", input: $input) }`,
      { input },
    )
  return { ...started, instance, look, production, project, update, web }
}

describe('an update of a service', () => {
  const settings = [
    'startCommand',
    'rootDirectory',
    'railwayConfigFile',
    'healthcheckPath',
    'cronSchedule',
  ]

  it.each(settings)('%s: null is ignored, an empty text clears it', async (name) => {
    const { instance, update } = await shop()
    expect(await update({ [name]: '/value' })).toEqual({ serviceInstanceUpdate: true })
    await update({ [name]: null })
    expect(await instance(name)).toEqual({ [name]: '/value' })
    await update({ [name]: '' })
    expect(await instance(name)).toEqual({ [name]: null })
  })

  it('ignores null for source and watch paths, and clears them with an empty list', async () => {
    const { instance, update } = await shop({}, { watchPatterns: ['/web/**'] })
    await update({ source: null, watchPatterns: null })
    const fields = 'source { repo image } watchPatterns'
    expect(await instance(fields)).toEqual({
      source: { repo: 'acme/shop', image: null },
      watchPatterns: ['/web/**'],
    })
    await update({ source: { image: 'nginx:1' }, watchPatterns: [] })
    expect(await instance(fields)).toEqual({
      source: { repo: null, image: 'nginx:1' },
      watchPatterns: [],
    })
  })

  it('clears a setting with null if `instanceUpdateNull` is `clears`', async () => {
    const { instance, update } = await shop(
      { instanceUpdateNull: 'clears' },
      { startCommand: 'npm start', watchPatterns: ['/web/**'] },
    )
    await update({ source: null, startCommand: null, watchPatterns: null })
    expect(await instance('source { repo } startCommand watchPatterns')).toEqual({
      source: null,
      startCommand: null,
      watchPatterns: [],
    })
  })
})

describe('a trigger', () => {
  it('refuses a root directory, and does not change', async () => {
    const { look, production } = await shop()
    const [trigger] = production.triggers
    expect(
      await look(
        `mutation { deploymentTriggerUpdate(id: "${trigger?.id}", input: { branch: "x", rootDirectory: "/web" }) { id } }`,
      ),
    ).toBe('Problem processing request')
    expect(trigger?.branch).toBe('main')
  })
})

describe('a service', () => {
  it.each([
    ['went live', {}, true],
    ['failed only', { live: { script: ['FAILED'] } }, false],
    [
      'went live once and crashed',
      { live: { script: [{ status: 'SUCCESS', seconds: 5 }, 'CRASHED'] } },
      true,
    ],
    ['has no deployment', { live: false }, false],
  ] satisfies [string, ServiceOptions, boolean][])('%s', async (_, options, hasEverDeployed) => {
    const { instance } = await shop({}, options)
    expect(await instance('hasEverDeployed')).toEqual({ hasEverDeployed })
  })

  it.each([
    [true, 'CERTIFICATE_STATUS_TYPE_VALID'],
    [false, 'CERTIFICATE_STATUS_TYPE_VALIDATING_OWNERSHIP'],
  ])('has a custom domain that is verified: %s', async (verified, certificateStatus) => {
    const { instance } = await shop(
      {},
      { customDomain: 'shop.example.com', customDomainVerified: verified },
    )
    const { domains } = await instance(
      'domains { customDomains { domain syncStatus status { verified certificateStatus } } }',
    )
    expect(domains.customDomains).toEqual([
      {
        domain: 'shop.example.com',
        syncStatus: 'ACTIVE',
        status: { verified, certificateStatus },
      },
    ])
  })

  it('has a volume', async () => {
    const { look, production, web } = await shop({}, { volume: '/data' })
    const { environment } = await look(
      `{ environment(id: "${production.id}") { config volumeInstances { edges { node { mountPath serviceId volumeId volume { id name } } } } } }`,
    )
    const [{ node }] = environment.volumeInstances.edges
    expect(node).toMatchObject({
      mountPath: '/data',
      serviceId: web.id,
      volume: { id: node.volumeId, name: 'web-volume' },
    })
    expect(environment.config).toMatchObject({
      volumes: { [node.volumeId]: {} },
      services: { [web.id]: { volumeMounts: { [node.volumeId]: { mountPath: '/data' } } } },
    })
  })
})

describe('the pending work of an environment', () => {
  async function changes(behaviour: Partial<Behaviour> = {}) {
    const stage = await shop(behaviour)
    const { look, production, web } = stage
    const change = { services: { [web.id]: { deploy: { startCommand: 'x' } } } }
    const send = (mutation: string) =>
      look(`mutation ($change: EnvironmentConfig!) { ${mutation} }`, { change })
    const pending = async () => {
      const answer = await look(
        `{ environmentPendingWork(environmentId: "${production.id}") { status kind finishedAt workflowId } }`,
      )
      return answer.environmentPendingWork
    }
    const history = async () => {
      const answer = await look(
        `{ environmentHistory(environmentId: "${production.id}", first: 10) { edges { node { outcome serviceIds } } pageInfo { hasNextPage } } }`,
      )
      return answer.environmentHistory
    }
    const id = production.id
    return {
      ...stage,
      history,
      pending,
      stageIt: () => send(`environmentStageChanges(environmentId: "${id}", input: $change) { id }`),
      commitIt: () => send(`environmentPatchCommit(environmentId: "${id}", patch: $change)`),
    }
  }
  const patch = { kind: 'environment-patch', finishedAt: null }

  it('is a staged patch, then an applied one, then a deployment, then empty', async () => {
    const { clock, commitIt, history, pending, stageIt, web } = await changes()
    expect(await pending()).toEqual([])
    await stageIt()
    expect(await pending()).toEqual([{ ...patch, status: 'staged', workflowId: null }])
    await commitIt()
    expect((await pending()).at(-1)).toEqual({
      ...patch,
      status: 'applying',
      workflowId: expect.any(String),
    })
    await clock.pass(3)
    expect((await pending()).map(({ kind }: { kind: string }) => kind)).toEqual([
      'environment-patch',
      'deployment',
    ])
    await clock.pass(60)
    expect(await pending()).toMatchObject([{ status: 'staged' }])
    expect(await history()).toEqual({
      edges: [{ node: { outcome: 'success', serviceIds: [web.id] } }],
      pageInfo: { hasNextPage: false },
    })
  })

  it('is a failed patch if the patch failed', async () => {
    const { clock, commitIt, history, pending } = await changes({ patchError: 'no' })
    await commitIt()
    await clock.pass(3)
    expect(await pending()).toMatchObject([{ status: 'failed', finishedAt: expect.any(String) }])
    expect((await history()).edges).toMatchObject([{ node: { outcome: 'failure' } }])
  })

  it.each(['empty-id-staged', 'empty-id-committed'] as const)(
    'without pending work, the patch cannot be found by its id: %s',
    async (nothingStaged) => {
      const { look, production } = await changes({ nothingStaged })
      const root = `environmentStagedChanges(environmentId: "${production.id}")`
      expect(await look(`{ ${root} { id environmentId } }`)).toEqual({
        environmentStagedChanges: { id: '<empty>', environmentId: production.id },
      })
      expect(await look(`{ ${root} { environment { id } } }`)).toBe('Problem processing request')
      expect(await look('{ environmentPatch(id: "<empty>") { id } }')).toBe(
        'EnvironmentPatch not found',
      )
    },
  )

  it.each(['last-patch', 'empty-staged', 'empty-id-staged', 'empty-id-committed'] as const)(
    'the pending work is the same with every behaviour: %s',
    async (nothingStaged) => {
      const { look, production, stageIt, web } = await changes({ nothingStaged })
      await stageIt()
      const { environmentStagedChanges } = await look(
        `{ environmentStagedChanges(environmentId: "${production.id}") { status patch } }`,
      )
      expect(environmentStagedChanges).toEqual({
        status: 'STAGED',
        patch: { services: { [web.id]: { deploy: { startCommand: 'x' } } } },
      })
    },
  )
})

describe('introspection', () => {
  it('returns an older schema if the server has one', async () => {
    const { ask } = await bench({ behaviour: { missing: ['EnvironmentPatchStatus.FAILED'] } })
    const query = '{ __type(name: "EnvironmentPatchStatus") { enumValues { name } } }'
    const { body } = await ask({}, query)
    expect(body.data.__type.enumValues.map(({ name }: { name: string }) => name)).toEqual([
      'APPLYING',
      'COMMITTED',
      'STAGED',
    ])
  })

  it('is refused with the error of a server without introspection', async () => {
    const { ask } = await bench({ behaviour: { introspection: 'nobody' } })
    const { body, status } = await ask({}, '{ __schema { types { name } } }')
    expect(status).toBe(400)
    expect(body.errors[0]).toMatchObject({
      message: expect.stringContaining('introspection has been disabled'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
    expect((await ask({}, '{ __typename }')).status).toBe(200)
  })
})

describe('options of the server', () => {
  it('take precedence over the behaviour of the world', async () => {
    const { ask } = await bench({
      behaviour: { rateLimitHeaders: 'none', rateLimitReset: 'absent', rootFieldsMaximum: 10 },
      limits: { perHour: 5, headers: { rateHeaders: true, reset: 'delta' } },
      documents: { roots: 2 },
    })
    expect((await ask({}, '{ a: __typename }')).headers.get('x-ratelimit-reset')).toBe('3600')
    expect((await ask({}, '{ a: __typename b: __typename c: __typename }')).status).toBe(400)
  })
})
