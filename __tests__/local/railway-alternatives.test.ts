import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  alternatives,
  type Behaviour,
  defaultBehaviour,
  type LocalRailwayOptions,
  scripts,
} from '../../local/railway/index.ts'
import { bench, closeAll, type GraphQLAnswer } from './railway-harness.ts'

afterEach(closeAll)

const commit = 'c'.repeat(40)
const emptyArchive = gzipSync(Buffer.alloc(1024))

/** A project with one service of each kind, and helpers for queries about it. */
async function shop(
  behaviour: Partial<Behaviour> = {},
  limits: LocalRailwayOptions['limits'] = { perHour: 1000, perSecond: 10, edge: null },
) {
  const started = await bench({ behaviour, limits })
  const { ask, clock, railway, world } = started
  const acme = world.workspace('Acme')
  const beta = world.workspace('Beta')
  const project = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const gone = world.project(acme, 'gone', { deleted: true })
  const production = world.environmentOf(project, 'production')
  const staging = world.environmentOf(project, 'staging')
  const audit = world.environment(project, 'audit', { restricted: true })
  world.sharedVariables(production, { REGION: 'eu' })
  const here = { in: ['production'] }
  const web = world.service(project, 'web', {
    source: { repo: 'acme/shop' },
    domain: true,
    customDomain: 'shop.example.com',
    customDomainVerified: false,
    variables: { A: '1', REGION: '$' + '{{shared.REGION}}' },
    sealed: { KEY: 'sealed' },
    watchPatterns: ['/web/**'],
    startCommand: 'npm start',
    checkSuites: true,
    ...here,
  })
  const api = world.service(project, 'api', { source: { repo: 'acme/shop' }, ...here })
  const database = world.service(project, 'db', {
    source: { image: 'postgres:16' },
    volume: '/data',
    ...here,
  })
  const uploaded = world.service(project, 'up', { live: {}, ...here })
  const audited = world.service(project, 'ledger', { source: { image: 'redis:7' }, in: ['audit'] })
  const tokens = {
    workspace: world.workspaceToken(acme),
    account: world.accountToken([acme, beta]),
    oauth: world.oauthToken([acme]),
    project: world.projectToken(project, 'production'),
  }
  const token = tokens.workspace
  const byProject = { 'project-access-token': tokens.project }
  /** Returns `data`, or else the first message. */
  const dataOrMessage = ({ body }: GraphQLAnswer) => body.data ?? body.errors[0].message
  const look = async (query: string, auth: string | Record<string, string> = token) =>
    dataOrMessage(await ask(auth, query))
  const mutate = (fields: string, auth?: string | Record<string, string>) =>
    look(`mutation { ${fields} }`, auth)
  const create = (name: string, more = '', auth?: string | Record<string, string>) =>
    mutate(
      `environmentCreate(input: { projectId: "${project.id}", name: "${name}", sourceEnvironmentId: "${production.id}", ephemeral: true, skipInitialDeploys: true, applyChangesInBackground: true ${more} }) { id }`,
      auth,
    )
  const clone = async (more?: string): Promise<string> => {
    const { environmentCreate } = await create('pr-7', more)
    return environmentCreate.id
  }
  const names = (edges: { node: Record<string, unknown> }[], key = 'name') =>
    edges.map(({ node }) => node[key])
  const inside = async (id: string, list: string, key: string) => {
    const { environment } = await look(
      `{ environment(id: "${id}") { ${list} { edges { node { ${key} } } } } }`,
    )
    return names(environment[list].edges, key)
  }
  const staged = async (id = production.id) => {
    const data = await look(
      `{ environmentStagedChanges(environmentId: "${id}") { id status patch lastAppliedError } }`,
    )
    const { id: patchId, ...rest } = data.environmentStagedChanges
    return { ...rest, stored: patchId !== '<empty>' }
  }
  const deploy = (service = web, sha: string | null = commit) =>
    mutate(
      `serviceInstanceDeployV2(serviceId: "${service.id}", environmentId: "${production.id}" ${sha ? `, commitSha: "${sha}"` : ''})`,
    )
  const upload = async (service = uploaded) => {
    const path = `/project/${project.id}/environment/${production.id}/up?serviceId=${service.id}`
    const answer = await fetch(new URL(path, railway.url), {
      method: 'POST',
      headers: { 'content-type': 'application/gzip', authorization: `Bearer ${token}` },
      body: emptyArchive,
    })
    return { status: answer.status, text: await answer.text() }
  }
  const deployment = async (id: string, fields: string) => {
    const answer = await look(`{ deployment(id: "${id}") { ${fields} } }`)
    return answer.deployment ?? answer
  }
  /** Returns one field of a deployment that was made through the API, some seconds later. */
  const afterDeploy = async (seconds: number, field: string) => {
    const { serviceInstanceDeployV2: id } = await deploy()
    await clock.pass(seconds)
    return (await deployment(id, field))[field]
  }
  const made = () =>
    world.newDeployments().map(({ service, cause, status }) => `${service} ${cause} ${status}`)
  const patch = async (change: unknown, id = production.id) => {
    const { body } = await ask(
      token,
      'mutation ($id: String!, $patch: EnvironmentConfig) { environmentPatchCommit(environmentId: $id, patch: $patch) }',
      { id, patch: change },
    )
    return body.data.environmentPatchCommit
  }
  const header = async (name: string) => (await ask(token, '{ __typename }')).headers.get(name)
  const place = `projectId: "${project.id}", environmentId: "${production.id}"`
  return {
    ...started,
    acme,
    afterDeploy,
    api,
    audit,
    audited,
    beta,
    byProject,
    clone,
    create,
    database,
    deploy,
    deployment,
    gone,
    header,
    inside,
    look,
    made,
    mutate,
    names,
    patch,
    place,
    production,
    project,
    staged,
    staging,
    dataOrMessage,
    token,
    tokens,
    upload,
    uploaded,
    web,
  }
}

type Shop = Awaited<ReturnType<typeof shop>>
type Probe = (shop: Shop) => Promise<unknown> | unknown

const apiToken =
  (kind: 'account' | 'oauth'): Probe =>
  async ({ look, tokens }) =>
    look('{ apiToken { workspaces { name } } }', tokens[kind])

const workspacesOf = (...all: string[]) => ({
  apiToken: { workspaces: all.map((name) => ({ name })) },
})

/** Returns the status and message of a document that requests one of the newer parts. */
const requesting =
  (query: (shop: Shop) => string): Probe =>
  async (stage) => {
    const { body, status } = await stage.ask(stage.token, query(stage))
    return body.data ? 'answered' : [status, body.errors[0].extensions.code]
  }
const refused400 = [400, 'GRAPHQL_VALIDATION_FAILED']

const instanceField = (field: string) =>
  requesting(
    ({ production, web }) =>
      `{ serviceInstance(environmentId: "${production.id}", serviceId: "${web.id}") { ${field} } }`,
  )

const pageOf =
  (first: string): Probe =>
  async ({ ask, project, token, world }) => {
    for (let count = 0; count < 130; count++) world.service(project, `s${count}`, { in: [] })
    const { body } = await ask(
      token,
      `{ project(id: "${project.id}") { services${first} { edges { cursor } pageInfo { hasNextPage } } } }`,
    )
    return body.data?.project.services.edges.length ?? body.errors[0].extensions.code
  }

const roots =
  (count: number): Probe =>
  async ({ ask, token }) => {
    const fields = Array.from({ length: count }, (_, index) => `a${index}: __typename`)
    return (await ask(token, `{ ${fields.join(' ')} }`)).status
  }

/** The status of a document with a page of so many projects, with 100 services each. */
const nested =
  (first: number): Probe =>
  async ({ ask, token }) =>
    (
      await ask(
        token,
        `{ projects(first: ${first}) { edges { node { services(first: 99) { edges { cursor } } } } } }`,
      )
    ).status

const tooMany = 'Rate limit exceeded, please try again later'

const beyondTheLimit: Probe = async ({ ask, token }) => {
  for (let count = 0; count < 10; count++) await ask(token, '{ __typename }')
  const { body, headers, status } = await ask(token, '{ __typename }')
  const { errors, message } = body
  const content = errors ? { errors: [{ message: errors[0].message }] } : { message }
  return [status, headers.get('retry-after'), content]
}

const introspect =
  (withToken: boolean): Probe =>
  async ({ ask, token }) => {
    const auth: Record<string, string> = withToken ? { authorization: `Bearer ${token}` } : {}
    return (await ask(auth, '{ __schema { queryType { name } } }')).status
  }

const header =
  (name: string): Probe =>
  (stage) =>
    stage.header(name)

const afterDeploy =
  (seconds: number, field: string): Probe =>
  (stage) =>
    stage.afterDeploy(seconds, field)

const restrictedReads: Probe = async ({ audit, audited, look, project }) => {
  const reads = [
    `{ environment(id: "${audit.id}") { serviceInstances { edges { cursor } } } }`,
    `{ environment(id: "${audit.id}") { config } }`,
    `{ deployments(input: { environmentId: "${audit.id}" }) { edges { cursor } } }`,
    `{ variables(projectId: "${project.id}", environmentId: "${audit.id}", serviceId: "${audited.id}") }`,
  ]
  return Promise.all(reads.map((query) => look(query)))
}

const createTwice =
  (name: string, seconds: number, remove = false): Probe =>
  async ({ clock, create, mutate }) => {
    const { environmentCreate } = await create('pr-7')
    if (remove) await mutate(`environmentDelete(id: "${environmentCreate.id}")`)
    await clock.pass(seconds)
    const second = await create(name)
    return typeof second === 'string' ? second : 'created'
  }

/** Returns the services, triggers, volumes or domains of a clone, some seconds after it was made. */
const cloned =
  (seconds: number, list: string, key: string): Probe =>
  async ({ clock, clone, inside }) => {
    const id = await clone()
    await clock.pass(seconds)
    return inside(id, list, key)
  }

const clonedDomains =
  (seconds: number): Probe =>
  async ({ clock, clone, look, project, web }) => {
    const id = await clone()
    await clock.pass(seconds)
    const { domains } = await look(
      `{ domains(projectId: "${project.id}", environmentId: "${id}", serviceId: "${web.id}") { serviceDomains { domain } customDomains { domain } } }`,
    )
    return [...domains.serviceDomains, ...domains.customDomains].map(({ domain }) => domain)
  }

const cloneState: Probe = async ({ clock, clone, inside, staged }) => {
  const id = await clone()
  await clock.pass(100)
  const { status, lastAppliedError } = await staged(id)
  return [await inside(id, 'serviceInstances', 'serviceName'), status, lastAppliedError]
}

const firstOfClone =
  (pick: 'database' | 'api', seconds: number): Probe =>
  async ({ clock, clone, deployment, mutate, ...stage }) => {
    const id = await clone()
    await clock.pass(10)
    const { serviceInstanceDeployV2 } = await mutate(
      `serviceInstanceDeployV2(serviceId: "${stage[pick].id}", environmentId: "${id}")`,
    )
    const states: string[] = []
    for (const wait of [seconds, 60]) {
      await clock.pass(wait)
      states.push((await deployment(serviceInstanceDeployV2, 'status')).status)
    }
    return states
  }

const sealed: Probe = async ({ look, place, web }) => {
  const { variables } = await look(`{ variables(${place}, serviceId: "${web.id}") }`)
  return 'KEY' in variables ? variables.KEY : 'absent'
}

const writeShared: Probe = async ({ made, mutate, place }) => {
  await mutate(`variableUpsert(input: { ${place}, name: "REGION", value: "us" })`)
  return made()
}

const setStart =
  (value: string): Probe =>
  async ({ look, mutate, production, web }) => {
    await mutate(
      `serviceInstanceUpdate(serviceId: "${web.id}", environmentId: "${production.id}", input: { startCommand: ${value} })`,
    )
    const { serviceInstance } = await look(
      `{ serviceInstance(environmentId: "${production.id}", serviceId: "${web.id}") { startCommand } }`,
    )
    return serviceInstance.startCommand
  }

const configSource: Probe = async ({ look, production, web }) => {
  const { environment } = await look(`{ environment(id: "${production.id}") { config } }`)
  return environment.config.services[web.id].source
}

const failedPatch: Probe = async ({ clock, patch, staged, web }) => {
  await patch({ services: { [web.id]: { deploy: { startCommand: 'x' } } } })
  await clock.pass(3)
  const { status, lastAppliedError } = await staged()
  return [status, lastAppliedError]
}
const failing = { patchError: 'no' }

const applying: Probe = async ({ patch, staged, web }) => {
  await patch({ services: { [web.id]: { deploy: { startCommand: 'x' } } } })
  return (await staged()).status
}

const pending: Probe = async ({ look, patch, production, web }) => {
  await patch({ services: { [web.id]: { deploy: { startCommand: 'x' } } } })
  const answer = await look(
    `{ environmentPendingWork(environmentId: "${production.id}") { status kind finishedAt } }`,
  )
  return answer.environmentPendingWork ?? answer
}

const uploadStatus: Probe = async ({ upload }) => (await upload()).status

const empty = { patch: {}, lastAppliedError: null }
const shopServices = ['web', 'api', 'db', 'up']
const taken = 'An environment named "pr-7" already exists in this project'
const tooQuick =
  'You are creating environments too quickly. This workspace allows 1 environment per 30 seconds'
const hour = Date.parse('2026-11-20T13:00:00Z')

interface Row {
  id: string
  probe: Probe
  usual: unknown
  other: unknown
  /** The behaviour of both worlds. */
  both?: Partial<Behaviour>
}

const rows: Row[] = [
  ...(['refused', 'empty'] as const).flatMap((reading): Row[] => {
    const other = reading === 'refused' ? 'Not Authorized' : workspacesOf()
    return [
      {
        id: `api-token-account/${reading}`,
        probe: apiToken('account'),
        usual: workspacesOf('Acme', 'Beta'),
        other,
      },
      {
        id: `api-token-oauth/${reading}`,
        probe: apiToken('oauth'),
        usual: workspacesOf('Acme'),
        other,
      },
    ]
  }),
  ...(['workspaces', 'empty'] as const).map(
    (reading): Row => ({
      id: `api-token-project/${reading}`,
      probe: ({ byProject, look }) => look('{ apiToken { workspaces { name } } }', byProject),
      usual: 'Not Authorized',
      other: reading === 'empty' ? workspacesOf() : workspacesOf('Acme'),
    }),
  ),
  {
    id: 'project-token-others/not-authorized',
    probe: ({ look }) => look('{ projectToken { projectId } }'),
    usual: 'Project Token not found',
    other: 'Not Authorized',
  },
  ...(['all', 'refused'] as const).map(
    (reading): Row => ({
      id: `own-projects/${reading}`,
      probe: async ({ look, tokens, names }) => {
        const answer = await look('{ projects { edges { node { name } } } }', tokens.account)
        return answer.projects ? names(answer.projects.edges) : answer
      },
      usual: [],
      other: reading === 'all' ? ['shop', 'gone'] : 'Not Authorized',
    }),
  ),
  {
    id: 'projects-for-project/refused',
    probe: async ({ byProject, look }) =>
      look('{ projects { edges { node { name } } } }', byProject),
    usual: { projects: { edges: [{ node: { name: 'shop' } }] } },
    other: 'Not Authorized',
  },
  {
    id: 'foreign-workspace/empty',
    probe: ({ beta, look }) => look(`{ projects(workspaceId: "${beta.id}") { edges { cursor } } }`),
    usual: 'Not Authorized',
    other: { projects: { edges: [] } },
  },
  {
    id: 'oauth-without-profile/empty',
    probe: ({ acme, look, world }) =>
      look(
        '{ me { email workspaces { name } } }',
        world.oauthToken([acme], { scopes: ['openid'] }),
      ),
    usual: 'Not Authorized',
    other: { me: { email: '', workspaces: [] } },
  },
  {
    id: 'two-factor/redacted',
    probe: ({ acme, look, world }) => {
      acme.enforcesTwoFactor = true
      const token = world.accountToken([acme], { hasTwoFactor: false })
      return look(`{ workspace(workspaceId: "${acme.id}") { redactedDueTo2FAPending } }`, token)
    },
    usual: 'Two Factor Authentication Required',
    other: { workspace: { redactedDueTo2FAPending: true } },
  },
  {
    id: 'token-budget/refused',
    probe: async ({ acme, ask, token }) => {
      const query = `{ workspace(workspaceId: "${acme.id}") { apiTokenRateLimit { remainingPoints } } }`
      const { body } = await ask(token, query)
      return [body.data.workspace.apiTokenRateLimit, body.errors?.[0].message]
    },
    usual: [{ remainingPoints: 999 }, undefined],
    other: [null, 'Not Authorized'],
  },
  {
    id: 'restricted-environment/empty',
    probe: restrictedReads,
    usual: Array(4).fill('Not Authorized'),
    other: [
      { environment: { serviceInstances: { edges: [] } } },
      { environment: { config: { services: {} } } },
      { deployments: { edges: [] } },
      { variables: {} },
    ],
  },
  {
    id: 'sibling-deployments/empty',
    probe: ({ byProject, look, staging }) =>
      look(
        `{ deployments(input: { environmentId: "${staging.id}" }) { edges { cursor } } }`,
        byProject,
      ),
    usual: 'Not Authorized',
    other: { deployments: { edges: [] } },
  },
  {
    id: 'workflow-status/refused',
    probe: async ({ look, patch }) =>
      look(`{ workflowStatus(workflowId: "${await patch({})}") { status } }`),
    usual: { workflowStatus: { status: 'Running' } },
    other: 'Not Authorized',
  },
  {
    id: 'deployment-events/refused',
    probe: async ({ deploy, look }) => {
      const { serviceInstanceDeployV2: id } = await deploy()
      return look(`{ deploymentEvents(id: "${id}") { edges { cursor } } }`)
    },
    usual: { deploymentEvents: { edges: [] } },
    other: 'Not Authorized',
  },
  ...(['not-authorized', 'problem'] as const).map(
    (reading): Row => ({
      id: `deleted-project/${reading}`,
      probe: ({ gone, look }) => look(`{ project(id: "${gone.id}") { id } }`),
      usual: 'Project not found',
      other: reading === 'problem' ? 'Problem processing request' : 'Not Authorized',
    }),
  ),
  ...(['not-found', 'not-authorized'] as const).map((reading): Row => {
    const other = reading === 'not-found' ? 'Environment not found' : 'Not Authorized'
    return {
      id: `deleted-environment/${reading}`,
      probe: async ({ deployment, look, production, web, world }) => {
        const [first] = world.deploymentsOf(web, 'production')
        world.deleteEnvironment(production)
        const environment = await look(`{ environment(id: "${production.id}") { name } }`)
        return [environment, await deployment(first?.id ?? '', 'status')]
      },
      usual: [{ environment: { name: 'production' } }, { status: 'REMOVED' }],
      other: [other, other],
    }
  }),
  {
    id: 'list-deleted/hidden',
    probe: async ({ look, names }) =>
      names((await look('{ projects { edges { node { name } } } }')).projects.edges),
    usual: ['shop', 'gone'],
    other: ['shop'],
  },
  {
    id: 'deleted-lingers/seconds',
    probe: async ({ look, mutate, names, project, staging }) => {
      await mutate(`environmentDelete(id: "${staging.id}")`)
      const { environments } = await look(
        `{ environments(projectId: "${project.id}") { edges { node { name } } } }`,
      )
      return names(environments.edges)
    },
    usual: ['production', 'audit'],
    other: ['production', 'staging', 'audit'],
  },
  {
    id: 'delete-again/not-authorized',
    probe: async ({ mutate, staging }) => {
      await mutate(`environmentDelete(id: "${staging.id}")`)
      return mutate(`environmentDelete(id: "${staging.id}")`)
    },
    usual: 'Problem processing request',
    other: 'Not Authorized',
  },
  // Documents, pages, errors
  {
    id: 'missing/all',
    probe: instanceField('hasEverDeployed'),
    usual: 'answered',
    other: refused400,
  },
  ...(
    ['hasEverDeployed', 'preDeployTimeoutSeconds', 'resolvedFileConfig { configFile }'] as const
  ).map(
    (field): Row => ({
      id: `missing/ServiceInstance.${field.split(' ')[0]}`,
      probe: instanceField(field),
      usual: 'answered',
      other: refused400,
    }),
  ),
  {
    id: 'missing/Query.environmentPendingWork',
    probe: requesting(
      ({ production }) =>
        `{ environmentPendingWork(environmentId: "${production.id}") { status } }`,
    ),
    usual: 'answered',
    other: refused400,
  },
  {
    id: 'missing/Query.environmentHistory',
    probe: requesting(
      ({ production }) =>
        `{ environmentHistory(environmentId: "${production.id}", first: 5) { edges { node { action } } } }`,
    ),
    usual: 'answered',
    other: refused400,
  },
  {
    id: 'missing/EnvironmentPatchStatus.FAILED',
    probe: failedPatch,
    both: failing,
    usual: ['FAILED', 'no'],
    other: ['STAGED', 'no'],
  },
  { id: 'introspection/tokens', probe: introspect(false), usual: 200, other: 400 },
  { id: 'introspection/nobody', probe: introspect(true), usual: 200, other: 400 },
  { id: 'page-default/20', probe: pageOf(''), usual: 50, other: 20 },
  ...([20, 50, 100] as const).flatMap((size): Row[] => [
    { id: `page-maximum/${size}`, probe: pageOf('(first: 500)'), usual: 135, other: size },
    {
      id: `page-maximum/${size}-refused`,
      probe: pageOf('(first: 101)'),
      usual: 101,
      other: 'BAD_USER_INPUT',
    },
  ]),
  ...([10, 50, 100] as const).map(
    (most): Row => ({
      id: `root-fields/${most}`,
      probe: async (stage) => [await roots(most)(stage), await roots(most + 1)(stage)],
      usual: [200, 200],
      other: [200, 400],
    }),
  ),
  ...([200, 1000] as const).map(
    (most): Row => ({
      id: `fields/${most}`,
      probe: async (stage) => [await roots(most)(stage), await roots(most + 1)(stage)],
      usual: [200, 200],
      other: [200, 400],
    }),
  ),
  ...([1000, 10_000] as const).map(
    (most): Row => ({
      id: `objects/${most}`,
      probe: async (stage) => [
        await nested(most / 100)(stage),
        await nested(most / 100 + 1)(stage),
      ],
      usual: [200, 200],
      other: [200, 400],
    }),
  ),
  {
    id: 'bad-input/200',
    probe: async ({ ask, token }) =>
      (await ask(token, 'query ($id: String!) { project(id: $id) { id } }', { id: 7 })).status,
    usual: 400,
    other: 200,
  },
  {
    id: 'trace-id/extensions',
    probe: async ({ ask, token }) => {
      const [error] = (await ask(token, '{ project(id: "x") { id } }')).body.errors
      return ['traceId' in error, 'traceId' in error.extensions]
    },
    usual: [true, false],
    other: [false, true],
  },
  {
    id: 'deployments-order/oldest-first',
    probe: async ({ clock, deploy, look, production, web }) => {
      await clock.pass(1)
      await deploy()
      const { deployments } = await look(
        `{ deployments(input: { environmentId: "${production.id}", serviceId: "${web.id}" }) { edges { node { status } } } }`,
      )
      return deployments.edges.map(({ node }: { node: { status: string } }) => node.status)
    },
    usual: ['QUEUED', 'SUCCESS'],
    other: ['SUCCESS', 'QUEUED'],
  },
  {
    id: 'list-lag/seconds',
    probe: async ({ clone, look, names, project }) => {
      await clone()
      const { environments } = await look(
        `{ environments(projectId: "${project.id}", isEphemeral: true) { edges { node { name } } } }`,
      )
      return names(environments.edges)
    },
    usual: ['pr-7'],
    other: [],
  },
  {
    id: 'not-found-lag/seconds',
    probe: async ({ deploy, deployment }) =>
      deployment((await deploy()).serviceInstanceDeployV2, 'status'),
    usual: { status: 'QUEUED' },
    other: 'Deployment not found',
  },
  // Limits
  {
    id: 'rate-limit-headers/policy-only',
    probe: async (stage) => [
      await stage.header('x-ratelimit-limit'),
      await stage.header('x-ratelimit-reset'),
      await stage.header('ratelimit-policy'),
    ],
    usual: ['1000', String(hour / 1000), '1000;w=3600, 10;w=1'],
    other: [null, null, '"default";q=1000;w=3600'],
  },
  {
    id: 'rate-limit-headers/none',
    probe: async (stage) => [
      await stage.header('x-ratelimit-remaining'),
      await stage.header('ratelimit-policy'),
    ],
    usual: ['999', '1000;w=3600, 10;w=1'],
    other: [null, null],
  },
  ...(
    [
      ['milliseconds', String(hour)],
      ['iso', '2026-11-20T13:00:00.000Z'],
      ['delta', '3600'],
      ['absent', null],
    ] as const
  ).map(
    ([reading, other]): Row => ({
      id: `rate-limit-reset/${reading}`,
      probe: header('x-ratelimit-reset'),
      usual: String(hour / 1000),
      other,
    }),
  ),
  ...(
    [
      ['structured', '"hour";q=1000;w=3600, "second";q=10;w=1'],
      ['hour-only', '"default";q=1000;w=3600'],
      ['foreign-units', '"bytes";qu="content-bytes";q=65536;w=1, "default";q=1000;w=3600'],
      ['none', null],
    ] as const
  ).map(
    ([reading, other]): Row => ({
      id: `rate-limit-policy/${reading}`,
      probe: header('ratelimit-policy'),
      usual: '1000;w=3600, 10;w=1',
      other,
    }),
  ),
  {
    id: 'rate-limit-hour/clock',
    probe: async ({ clock, header }) => {
      await clock.pass(600)
      return header('x-ratelimit-reset')
    },
    usual: String(hour / 1000 + 600),
    other: String(hour / 1000),
  },
  {
    id: 'rate-limit-unit/root-field',
    probe: async ({ ask, header, token }) => {
      await ask(token, '{ a: __typename b: __typename c: __typename }')
      return header('x-ratelimit-remaining')
    },
    usual: '998',
    other: '996',
  },
  {
    id: 'rate-limit-scope/everybody',
    probe: async ({ ask, header, tokens }) => {
      await ask(tokens.account, '{ __typename }')
      return header('x-ratelimit-remaining')
    },
    usual: '999',
    other: '998',
  },
  ...(
    [
      ['rate-limited-body/message', '1', { message: tooMany }],
      ['retry-after/date', 'Fri, 20 Nov 2026 12:00:01 GMT', undefined],
      ['retry-after/absent', null, undefined],
    ] as const
  ).map(([id, retryAfter, body]): Row => {
    const usual = { errors: [{ message: tooMany }] }
    return {
      id,
      probe: beyondTheLimit,
      usual: [429, '1', usual],
      other: [429, retryAfter, body ?? usual],
    }
  }),
  // Deployments
  {
    id: 'api-deploy-checks/waits',
    probe: afterDeploy(10, 'status'),
    usual: 'BUILDING',
    other: 'WAITING',
  },
  {
    id: 'api-deploy-watch-paths/respected',
    probe: async ({ clock, deploy, made, world }) => {
      const [hit, miss] = ['a'.repeat(40), 'b'.repeat(40)]
      world.changedFiles.set(hit, ['web/index.ts'])
      world.changedFiles.set(miss, ['docs/web/index.md'])
      for (const sha of [hit, miss]) await deploy(undefined, sha)
      await clock.pass(5)
      return made().at(-1)
    },
    usual: 'web api BUILDING',
    other: 'web api SKIPPED',
  },
  {
    id: 'upload-watch-paths/respected',
    probe: async ({ clock, made, upload, web }) => {
      await upload(web)
      await clock.pass(5)
      return made()
    },
    usual: ['web upload BUILDING'],
    other: ['web upload SKIPPED'],
  },
  {
    id: 'deploy-of-uploaded/not-found',
    probe: async ({ deploy, uploaded }) => typeof (await deploy(uploaded, null)) === 'string',
    usual: false,
    other: true,
  },
  {
    id: 'deploy-without-source/not-found',
    probe: async ({ clock, clone, mutate, uploaded }) => {
      const id = await clone()
      await clock.pass(10)
      return mutate(`serviceInstanceDeployV2(serviceId: "${uploaded.id}", environmentId: "${id}")`)
    },
    usual: 'Cannot redeploy without a snapshot',
    other: 'Deployment not found',
  },
  {
    id: 'deploy-of-uploaded-image/last-upload',
    probe: async ({ clock, database, deploy, upload, world }) => {
      await upload(database)
      await clock.pass(120)
      await deploy(database, null)
      return world.newDeployments().at(-1)?.image
    },
    usual: 'postgres:16',
    other: null,
  },
  {
    id: 'clone-crashes-first/images',
    probe: firstOfClone('database', 20),
    usual: ['SUCCESS', 'SUCCESS'],
    other: ['CRASHED', 'SUCCESS'],
  },
  {
    id: 'clone-crashes-first/all',
    probe: firstOfClone('api', 60),
    usual: ['SUCCESS', 'SUCCESS'],
    other: ['CRASHED', 'SUCCESS'],
  },
  ...(
    [
      ['branch-null', { branch: null, commitHash: commit }],
      ['commit-only', { commitHash: commit }],
      ['null', null],
    ] as const
  ).map(
    ([reading, other]): Row => ({
      id: `deployment-meta/${reading}`,
      probe: async ({ afterDeploy }) => {
        const meta = await afterDeploy(0, 'meta')
        return (
          meta && { ...('branch' in meta && { branch: meta.branch }), commitHash: meta.commitHash }
        )
      },
      usual: { branch: 'main', commitHash: commit },
      other,
    }),
  ),
  {
    id: 'skipped-reason/absent',
    probe: async ({ afterDeploy, web, world }) => {
      world.script(web, 'production', [scripts.skippedByWatchPaths])
      return (await afterDeploy(2, 'meta')).skippedReason
    },
    usual: 'No changes to watched files',
    other: undefined,
  },
  {
    id: 'config-errors/objects',
    probe: async ({ afterDeploy, web, world }) => {
      world.script(web, 'production', [{ ...scripts.configInvalid, configErrors: ['wrong'] }])
      return (await afterDeploy(2, 'meta')).configErrors
    },
    usual: ['wrong'],
    other: [{ message: 'wrong' }],
  },
  {
    id: 'deployment-urls/https',
    probe: afterDeploy(0, 'staticUrl'),
    usual: 'web-production.up.railway.app',
    other: 'https://web-production.up.railway.app',
  },
  {
    id: 'live-can-rollback/true',
    probe: afterDeploy(120, 'canRollback'),
    usual: false,
    other: true,
  },
  {
    id: 'removing/seconds',
    probe: async ({ clock, deploy, deployment, web, world }) => {
      const [first] = world.deploymentsOf(web, 'production')
      await deploy()
      await clock.pass(60)
      return deployment(first?.id ?? '', 'status')
    },
    usual: { status: 'REMOVED' },
    other: { status: 'REMOVING' },
  },
  {
    id: 'logs-unavailable/seconds',
    probe: async ({ deploy, look }) => {
      const { serviceInstanceDeployV2: id } = await deploy()
      return look(`{ buildLogs(deploymentId: "${id}") { message } }`)
    },
    usual: { buildLogs: [] },
    other: 'Problem processing request',
  },
  {
    id: 'log-lines/exact',
    probe: async ({ clock, deploy, look }) => {
      const { serviceInstanceDeployV2: id } = await deploy()
      await clock.pass(60)
      const { buildLogs } = await look(`{ buildLogs(deploymentId: "${id}", limit: 2) { message } }`)
      return buildLogs.length
    },
    usual: 3,
    other: 2,
  },
  {
    id: 'trigger-update/deploys',
    probe: async ({ made, mutate, production }) => {
      const [trigger] = production.triggers
      await mutate(
        `deploymentTriggerUpdate(id: "${trigger?.id}", input: { branch: "next" }) { id }`,
      )
      return made()
    },
    usual: [],
    other: ['web trigger QUEUED'],
  },
  {
    id: 'domain/late',
    probe: ({ api, mutate, production }) =>
      mutate(
        `serviceDomainCreate(input: { environmentId: "${production.id}", serviceId: "${api.id}" }) { syncStatus }`,
      ),
    usual: { serviceDomainCreate: { syncStatus: 'ACTIVE' } },
    other: { serviceDomainCreate: { syncStatus: 'CREATING' } },
  },
  { id: 'workspace-token-uploads/refused', probe: uploadStatus, usual: 200, other: 401 },
  { id: 'upload-refused/403', probe: uploadStatus, usual: 200, other: 403 },
  { id: 'upload-refused/404', probe: uploadStatus, usual: 200, other: 404 },
  // Variables and settings
  { id: 'sealed-variables/null', probe: sealed, usual: 'absent', other: null },
  { id: 'sealed-variables/empty', probe: sealed, usual: 'absent', other: '' },
  {
    id: 'replace/spares-sealed',
    probe: async ({ ask, place, token, web, world }) => {
      await ask(
        token,
        `mutation { variableCollectionUpsert(input: { ${place}, serviceId: "${web.id}", variables: { B: "2" }, replace: true, skipDeploys: true }) }`,
      )
      return [...world.instance(web, 'production').variables.keys()]
    },
    usual: ['B'],
    other: ['KEY', 'B'],
  },
  {
    id: 'upsert/unseals',
    probe: async ({ mutate, place, web, world }) => {
      await mutate(
        `variableUpsert(input: { ${place}, serviceId: "${web.id}", name: "KEY", value: "v", skipDeploys: true })`,
      )
      return world.instance(web, 'production').variables.get('KEY')
    },
    usual: { value: 'v', sealed: true },
    other: { value: 'v', sealed: false },
  },
  {
    id: 'variable-delete/silent',
    probe: async ({ made, mutate, place, web }) => {
      await mutate(`variableDelete(input: { ${place}, serviceId: "${web.id}", name: "A" })`)
      return made()
    },
    usual: ['web variables QUEUED'],
    other: [],
  },
  {
    id: 'variable-delete/missing-accepted',
    probe: ({ mutate, place, web }) =>
      mutate(`variableDelete(input: { ${place}, serviceId: "${web.id}", name: "NONE" })`),
    usual: 'Variable not found',
    other: { variableDelete: true },
  },
  {
    id: 'shared-variables/deploy-all',
    probe: writeShared,
    usual: ['web variables QUEUED'],
    other: [
      'web variables QUEUED',
      'api variables QUEUED',
      'db variables INITIALIZING',
      'up variables QUEUED',
    ],
  },
  {
    id: 'shared-variables/deploy-none',
    probe: writeShared,
    usual: ['web variables QUEUED'],
    other: [],
  },
  { id: 'instance-update-null/clears', probe: setStart('null'), usual: 'npm start', other: null },
  ...(
    [
      ['null', { branch: null }],
      ['absent', {}],
    ] as const
  ).map(
    ([reading, other]): Row => ({
      id: `config-branch/${reading}`,
      probe: configSource,
      usual: { repo: 'acme/shop', branch: 'main', checkSuites: true },
      other: { repo: 'acme/shop', checkSuites: true, ...other },
    }),
  ),
  // Environments and patches
  {
    id: 'environment-cooldown/none',
    probe: createTwice('pr-8', 1),
    usual: tooQuick,
    other: 'created',
  },
  {
    id: 'cooldown-message/older',
    probe: createTwice('pr-8', 1),
    usual: tooQuick,
    other: 'Only one environment can be created per user every 30s',
  },
  { id: 'duplicate-names/allowed', probe: createTwice('pr-7', 60), usual: taken, other: 'created' },
  {
    id: 'name-reserved/already-exists',
    probe: createTwice('pr-7', 60, true),
    usual: 'created',
    other: taken,
  },
  {
    id: 'name-reserved/problem',
    probe: createTwice('pr-7', 60, true),
    usual: 'created',
    other: 'Problem processing request',
  },
  {
    id: 'clone/at-once',
    probe: cloned(0, 'serviceInstances', 'serviceName'),
    usual: [],
    other: shopServices,
  },
  {
    id: 'clone/late',
    probe: cloned(100, 'serviceInstances', 'serviceName'),
    usual: shopServices,
    other: [],
  },
  {
    id: 'clone/one-by-one',
    probe: cloned(15, 'serviceInstances', 'serviceName'),
    usual: shopServices,
    other: ['web', 'api'],
  },
  {
    id: 'clone/half-committed',
    probe: cloneState,
    usual: [shopServices, 'COMMITTED', null],
    other: [['web', 'api'], 'COMMITTED', null],
  },
  {
    id: 'clone/half-failed',
    probe: cloneState,
    usual: [shopServices, 'COMMITTED', null],
    other: [['web', 'api'], 'FAILED', 'Failed to apply the changes'],
  },
  {
    id: 'clone/half-forever',
    probe: cloneState,
    usual: [shopServices, 'COMMITTED', null],
    other: [['web', 'api'], 'APPLYING', null],
  },
  {
    id: 'clone-domains/copied',
    probe: clonedDomains(10),
    usual: [],
    other: ['web-pr-7.up.railway.app'],
  },
  {
    id: 'clone-domains/late',
    probe: async (stage) => [
      await clonedDomains(10)(stage),
      await stage.clock.pass(20).then(() => stage.world.runDueEvents()),
      stage.world.instance(stage.web, 'pr-7').serviceDomains.length,
    ],
    usual: [[], undefined, 0],
    other: [[], undefined, 1],
  },
  {
    id: 'clone-volumes/late',
    probe: cloned(10, 'volumeInstances', 'mountPath'),
    usual: ['/data'],
    other: [],
  },
  {
    id: 'clone-volumes/absent',
    probe: cloned(90, 'volumeInstances', 'mountPath'),
    usual: ['/data'],
    other: [],
  },
  {
    id: 'clone-triggers/late',
    probe: cloned(10, 'deploymentTriggers', 'branch'),
    usual: ['main', 'main'],
    other: [],
  },
  {
    id: 'clone-triggers/absent',
    probe: cloned(90, 'deploymentTriggers', 'branch'),
    usual: ['main', 'main'],
    other: [],
  },
  {
    id: 'project-token-environments/allowed',
    probe: async ({ byProject, create }) => typeof (await create('pr-7', '', byProject)),
    usual: 'string',
    other: 'object',
  },
  {
    id: 'nothing-staged/empty-staged',
    probe: ({ staged }) => staged(),
    usual: { ...empty, status: 'COMMITTED', stored: true },
    other: { ...empty, status: 'STAGED', stored: true },
  },
  {
    id: 'nothing-staged/empty-id-staged',
    probe: ({ staged }) => staged(),
    usual: { ...empty, status: 'COMMITTED', stored: true },
    other: { ...empty, status: 'STAGED', stored: false },
  },
  {
    id: 'nothing-staged/empty-id-committed',
    probe: ({ staged }) => staged(),
    usual: { ...empty, status: 'COMMITTED', stored: true },
    other: { ...empty, status: 'COMMITTED', stored: false },
  },
  { id: 'unfinished-patches/hidden', probe: applying, usual: 'APPLYING', other: 'COMMITTED' },
  { id: 'unfinished-patches/hidden-empty', probe: applying, usual: 'APPLYING', other: 'STAGED' },
  {
    id: 'failed-patch/staged',
    probe: failedPatch,
    both: failing,
    usual: ['FAILED', 'no'],
    other: ['STAGED', 'no'],
  },
  {
    id: 'failed-patch/committed',
    probe: failedPatch,
    both: failing,
    usual: ['FAILED', 'no'],
    other: ['COMMITTED', 'no'],
  },
  {
    id: 'equal-patch/ignored',
    probe: async ({ api, clock, made, patch, web }) => {
      await patch({
        services: {
          [web.id]: { deploy: { startCommand: 'npm start' } },
          [api.id]: { deploy: { startCommand: 'other' } },
        },
      })
      await clock.pass(3)
      return made()
    },
    usual: ['web patch QUEUED', 'api patch QUEUED'],
    other: ['api patch QUEUED'],
  },
  {
    id: 'pending-work/empty',
    probe: pending,
    usual: [{ status: 'applying', kind: 'environment-patch', finishedAt: null }],
    other: [],
  },
  {
    id: 'pending-work/refused',
    probe: pending,
    usual: [{ status: 'applying', kind: 'environment-patch', finishedAt: null }],
    other: 'Not Authorized',
  },
  {
    id: 'patch/at-once',
    probe: async ({ look, patch }) =>
      look(`{ workflowStatus(workflowId: "${await patch({})}") { status } }`),
    usual: { workflowStatus: { status: 'Running' } },
    other: { workflowStatus: { status: 'Complete' } },
  },
  {
    id: 'patch/late',
    probe: async ({ clock, look, patch }) => {
      const id = await patch({})
      await clock.pass(30)
      return look(`{ workflowStatus(workflowId: "${id}") { status } }`)
    },
    usual: { workflowStatus: { status: 'Complete' } },
    other: { workflowStatus: { status: 'Running' } },
  },
  {
    id: 'workflow/hidden',
    probe: async ({ look, patch }) =>
      look(`{ workflowStatus(workflowId: "${await patch({})}") { status } }`),
    usual: { workflowStatus: { status: 'Running' } },
    other: { workflowStatus: { status: 'NotFound' } },
  },
  {
    id: 'patch/shows-staged',
    probe: async ({ clock, look, patch, production }) => {
      await patch({})
      await clock.pass(5)
      const [committed] = production.patches
      return look(`{ environmentPatch(id: "${committed?.id}") { status } }`)
    },
    usual: { environmentPatch: { status: 'COMMITTED' } },
    other: { environmentPatch: { status: 'STAGED' } },
  },
  {
    id: 'patch/variables-late',
    probe: async ({ clock, look, patch, place, web }) => {
      await patch({ services: { [web.id]: { variables: { A: { value: '2' } } } } })
      await clock.pass(5)
      return (await look(`{ variables(${place}, serviceId: "${web.id}") }`)).variables.A
    },
    usual: '2',
    other: '1',
  },
]

describe('the list of alternatives', () => {
  it('names each once, and each is tested below', () => {
    const ids = alternatives.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort())
  })

  it('has an entry for every option but amounts and failures', () => {
    const amounts = [
      'cloneDomainSeconds',
      'cloneError',
      'cloneOmits',
      'cloneTriggerSeconds',
      'cloneVolumeSeconds',
      'crashedSeconds',
      'patchError',
    ]
    const covered = alternatives.flatMap(({ option }) => Object.keys(option))
    const options = Object.keys(defaultBehaviour).filter((name) => !amounts.includes(name))
    expect(options.filter((name) => !covered.includes(name))).toEqual([])
  })

  it.each(alternatives)('$id differs from the default behaviour', ({ option, description }) => {
    expect({ ...defaultBehaviour, ...option }).not.toEqual(defaultBehaviour)
    expect(description).toMatch(/^[A-Z`].*[^.]$/)
  })
})

describe('the alternative', () => {
  it.each(rows)('$id changes the response', async ({ id, probe, usual, other, both }) => {
    const option = alternatives.find((one) => one.id === id)?.option
    expect(await probe(await shop(both))).toEqual(usual)
    expect(await probe(await shop({ ...both, ...option }))).toEqual(other)
  })
})
