import { describe, expect, it } from '@jest/globals'
import type { FaultRule, World } from '../../local/railway/index.ts'
import { stageChanges } from '../../local/railway/patches.ts'
import { commit, repository, type StageOptions, setStage } from './stage.ts'
import { type FleetOptions, fleet, refer, storedIn, twenty } from './variables-stage.ts'

const everywhere = { command: 'variables', environment: 'production', projects: '*', services: '*' }

const isMutation = ({ kind }: { kind: string }) => kind === 'mutation'

/** One project with these services, and a database that others refer to. */
function shop(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const source = { repo: repository }
  const postgres = world.service(project, 'Postgres', {
    source: { image: 'postgres:17' },
    variables: { DATABASE_URL: 'postgres://user:hidden-password@db/main' },
  })
  const api = world.service(project, 'api', {
    source,
    variables: { DATABASE_URL: refer('Postgres.DATABASE_URL'), LOG_LEVEL: 'info' },
  })
  const web = world.service(project, 'web', { source, variables: { LOG_LEVEL: 'info' } })
  return { project, api, web, postgres, token: world.workspaceToken(acme) }
}

type Shop = ReturnType<typeof shop>

async function openShop(
  change: (place: Shop, world: World) => void = () => {},
  options: Omit<StageOptions, 'fill'> = {},
) {
  let place: Shop | undefined
  const stage = await setStage({
    ...options,
    fill: (world) => {
      place = shop(world)
      change(place, world)
      return place.token
    },
  })
  if (!place) throw new Error('no shop')
  const { api, web, project } = place
  const production = stage.world.environmentOf(project, 'production')
  return {
    ...stage,
    ...place,
    production,
    ofApi: () => storedIn(stage.world, api, 'production'),
    ofWeb: () => storedIn(stage.world, web, 'production'),
  }
}

const rows = (results: unknown) =>
  (results as { service: string | null; action: string; status: string }[]).map(
    ({ service, action, status }) => `${service} ${action} ${status}`,
  )

describe('fifty services of twenty variables, three of them changed', () => {
  const options: FleetOptions = { projects: 5, services: 10 }
  const changed = 'VARIABLE_03=new three\nVARIABLE_11=new eleven\nVARIABLE_20=new twenty'
  const all = `${Object.entries(twenty)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}`

  it('take one write and one deployment per service, a few reads, and no mutation the second time', async () => {
    const { run, railway, world } = await setStage({ fill: (world) => fleet(world, options).token })
    const inputs = {
      ...everywhere,
      variables: all.replace(/^VARIABLE_(03|11|20)=.*$/gm, '') + changed,
    }
    const first = await run(inputs)
    expect(first.codes).toEqual([])
    const count = (name: string) =>
      railway.requests.filter(({ operationName }) => operationName === name).length
    expect(count('ServiceVariables')).toBe(1)
    expect(count('EnvironmentVariables') + count('MoreEnvironmentVariables')).toBe(1)
    expect(count('WriteServiceVariables')).toBe(50)
    expect(count('DeployService')).toBe(50)
    expect(railway.requests.filter(isMutation)).toHaveLength(100)
    for (const { variables } of railway.requests.filter(
      ({ operationName }) => operationName === 'WriteServiceVariables',
    )) {
      expect(Object.keys(variables.values as object)).toEqual([
        'VARIABLE_03',
        'VARIABLE_11',
        'VARIABLE_20',
      ])
    }
    expect(world.newDeployments()).toHaveLength(50)
    for (const serving of Object.values(world.snapshot())) {
      expect(serving?.variables).toMatchObject({
        VARIABLE_11: 'new eleven',
        VARIABLE_12: twenty.VARIABLE_12,
      })
    }
    const before = railway.requests.length
    const second = await run(inputs)
    expect(second.outputs.status).toBe('unchanged')
    expect(second.outputs.changed).toBe('false')
    expect(railway.requests.slice(before).filter(isMutation)).toEqual([])
    expect(world.newDeployments()).toHaveLength(50)
    expect(second.outputs.requests).toBe('6')
  })
})

describe('a service whose variables change', () => {
  it('is deployed once at its current commit, and its neighbour is not', async () => {
    const { run, world, api, ofApi, ofWeb } = await openShop()
    const live = world.deploymentsOf(api, 'production').at(-1)?.commit
    const result = await run({
      ...everywhere,
      services: 'api\nweb',
      variables: 'LOG_LEVEL=info\nNEW=x',
      'remove-variables': '',
    })
    expect(result.codes).toEqual([])
    expect(rows(result.json('results'))).toEqual([
      'api set-variables success',
      'api deploy success',
      'web set-variables success',
      'web deploy success',
    ])
    expect(world.deploymentsOf(api, 'production').at(-1)).toMatchObject({
      commit: live,
      cause: 'api',
    })
    expect(ofApi()).toEqual({
      DATABASE_URL: refer('Postgres.DATABASE_URL'),
      LOG_LEVEL: 'info',
      NEW: 'x',
    })
    expect(ofWeb()).toEqual({ LOG_LEVEL: 'info', NEW: 'x' })
  })

  it('is not deployed with `redeploy: false`, and the report says that it runs with the old values', async () => {
    const { run, world, ofApi } = await openShop()
    const result = await run({
      ...everywhere,
      services: 'api',
      variables: 'LOG_LEVEL=debug',
      redeploy: 'false',
    })
    expect(result.codes).toEqual([])
    expect(rows(result.json('results'))).toEqual(['api set-variables success'])
    expect(world.newDeployments()).toEqual([])
    expect(ofApi().LOG_LEVEL).toBe('debug')
    expect(result.summary).toContain('nothing was deployed')
  })

  it('is deployed by the next run if the first deployment with them failed, and then skipped', async () => {
    const { run, world, web, railway } = await openShop()
    const inputs = {
      ...everywhere,
      projects: 'shop',
      services: 'web',
      variables: 'LOG_LEVEL=debug',
    }
    world.script(web, 'production', [{ steps: ['FAILED'] }])
    expect((await run(inputs)).codes).toEqual(['deployment-failed'])
    const writes = () =>
      railway.requests.filter(({ operationName }) => operationName === 'WriteServiceVariables')
    expect(writes()).toHaveLength(1)
    const second = await run(inputs)
    expect(second.codes).toEqual([])
    expect(rows(second.json('results'))).toEqual(['web deploy success'])
    expect(writes()).toHaveLength(1)
    expect((await run(inputs)).outputs.status).toBe('unchanged')
  })

  it('is shown and not changed by a dry run', async () => {
    const { run, railway, ofApi } = await openShop()
    const result = await run({
      ...everywhere,
      services: 'api',
      variables: 'LOG_LEVEL=debug\nA=secret-value-1',
      'dry-run': 'true',
    })
    expect(result.outputs.status).toBe('planned')
    expect(result.json('plan')).toEqual([
      expect.objectContaining({
        action: 'set-variables',
        service: 'api',
        detail: 'adds A; changes LOG_LEVEL',
      }),
      expect.objectContaining({ action: 'deploy', service: 'api' }),
    ])
    expect(railway.requests.filter(isMutation)).toEqual([])
    expect(ofApi().LOG_LEVEL).toBe('info')
  })

  it('that was never deployed only gets its variables', async () => {
    const { run, world } = await openShop(({ project }, world) => {
      world.service(project, 'new', { source: { repo: repository }, live: false })
    })
    const result = await run({ ...everywhere, services: 'new', variables: 'A=1' })
    expect(rows(result.json('results'))).toEqual(['new set-variables success', 'new keep skipped'])
    expect(world.newDeployments()).toEqual([])
  })
})

describe('variables on deploy', () => {
  const inputs = { environment: 'production' }

  it('are written before the one deployment of the commit', async () => {
    const { run, world, api, railway } = await openShop()
    const result = await run({ ...inputs, variables: 'LOG_LEVEL=debug' })
    expect(result.codes).toEqual([])
    expect(rows(result.json('results'))).toEqual([
      'api set-variables success',
      'api deploy success',
      'web set-variables success',
      'web deploy success',
    ])
    expect(world.newDeployments()).toHaveLength(2)
    expect(world.snapshot()['shop/production/api']).toMatchObject({
      commit,
      variables: { LOG_LEVEL: 'debug' },
    })
    const order = railway.requests
      .filter(isMutation)
      .filter(({ variables }) => variables.serviceId === api.id)
    expect(order.map(({ operationName }) => operationName)).toEqual([
      'WriteServiceVariables',
      'DeployService',
    ])
  })

  it('deploy a service that is live at the commit already, once, and only if they change', async () => {
    const { run, world } = await openShop()
    await run(inputs)
    const result = await run({
      ...inputs,
      services: 'api\nweb',
      projects: 'shop',
      variables: 'LOG_LEVEL=info',
      'remove-variables': 'DATABASE_URL',
    })
    expect(rows(result.json('results'))).toEqual([
      'api set-variables success',
      'api deploy success',
      'web keep unchanged',
    ])
    expect(world.newDeployments()).toHaveLength(3)
  })

  it('prevent the deployment of a service whose variables were refused', async () => {
    const { run, railway, world, api } = await openShop()
    railway.inject({
      operation: 'WriteServiceVariables',
      matching: ({ variables }) => variables.serviceId === api.id,
      fault: 'refused',
    })
    const result = await run({ ...inputs, variables: 'LOG_LEVEL=debug' })
    expect(result.outputs.status).toBe('partial')
    expect(result.codes).toEqual(['operation-not-permitted'])
    expect(rows(result.json('results'))).toEqual([
      'api set-variables refused',
      'api deploy not-started',
      'web set-variables success',
      'web deploy success',
    ])
    expect(world.deploymentsOf(api, 'production').filter(({ cause }) => cause !== 'seed')).toEqual(
      [],
    )
    expect(result.summary).toContain('it has the old variables')
  })
})

describe('`remove-variables`', () => {
  it('removes without a deployment of Railway’s own, for many services in few patches', async () => {
    const { run, world, railway, ofApi, ofWeb } = await openShop()
    const result = await run({
      ...everywhere,
      services: 'api\nweb',
      'remove-variables': 'LOG_LEVEL\nNOT_THERE',
    })
    expect(result.codes).toEqual([])
    expect(world.newDeployments().map(({ cause }) => cause)).toEqual(['api', 'api'])
    expect(ofApi()).toEqual({ DATABASE_URL: refer('Postgres.DATABASE_URL') })
    expect(ofWeb()).toEqual({})
    expect(
      railway.requests.filter(({ operationName }) => operationName === 'WriteServiceVariables'),
    ).toEqual([])
    const again = await run({
      ...everywhere,
      services: 'api\nweb',
      'remove-variables': 'LOG_LEVEL',
    })
    expect(again.outputs.status).toBe('unchanged')
  })

  it('is refused before any change if there are staged changes of others', async () => {
    const { run, railway, production, world, ofApi } = await openShop()
    stageChanges(
      world,
      production,
      { sharedVariables: { THEIRS: { value: 'x' } } },
      { merge: true },
    )
    const result = await run({
      ...everywhere,
      services: 'api',
      variables: 'A=1',
      'remove-variables': 'LOG_LEVEL',
    })
    expect(result.codes).toEqual(['staged-changes'])
    expect(result.errors[0]).toContain(
      'Environment "production" of project "shop" has staged changes since 2026-01-05 09:00 UTC',
    )
    expect(railway.requests.filter(isMutation)).toEqual([])
    expect(ofApi().LOG_LEVEL).toBe('info')
  })

  it.each(['refused', 'problem', 'truncated', 'wrong-type', 'silence-before-effect'] as const)(
    'are reported without their time if it cannot be read: %s',
    async (fault) => {
      const { run, railway, production, world } = await openShop()
      stageChanges(
        world,
        production,
        { sharedVariables: { THEIRS: { value: 'x' } } },
        { merge: true },
      )
      railway.inject({ operation: 'StagedSince', fault, times: Infinity })
      const result = await run({ ...everywhere, services: 'api', 'remove-variables': 'LOG_LEVEL' })
      expect(result.codes).toEqual(['staged-changes'])
      expect(result.errors[0]).toContain('has staged changes, so nothing was changed there')
    },
  )

  it('never commits changes that others stage at the same moment', async () => {
    const { run, railway, production, world, ofApi } = await openShop()
    railway.inject({
      operation: 'StageChange',
      matching: () => {
        stageChanges(
          world,
          production,
          { sharedVariables: { THEIRS: { value: 'x' } } },
          { merge: true },
        )
        return false
      },
      fault: 'slow',
    })
    const result = await run({
      ...everywhere,
      services: 'api',
      variables: 'A=1',
      'remove-variables': 'LOG_LEVEL',
    })
    expect(result.codes).toEqual(['staged-changes'])
    expect(rows(result.json('results'))).toEqual([
      'api set-variables failed',
      'api deploy not-started',
    ])
    expect(production.sharedVariables.has('THEIRS')).toBe(false)
    expect(ofApi()).toMatchObject({ A: '1', LOG_LEVEL: 'info' })
    expect(result.summary).toContain('still the variables to remove: LOG&#95;LEVEL')
  })

  const removal = { ...everywhere, services: 'api', 'remove-variables': 'LOG_LEVEL' }
  const commitsOf = ({ railway }: { railway: { requests: { operationName: string | null }[] } }) =>
    railway.requests.filter(({ operationName }) => operationName === 'CommitStaged').length

  it.each<[string, FaultRule['fault']]>([
    ['was lost', 'silence-before-effect'],
    ['had to wait for a limit', { kind: 'rate-limited', retryAfter: 25 }],
    ['was throttled', { kind: 'error', message: 'Service deployment rate limit exceeded' }],
  ])('never commits changes that others stage while a commit %s', async (_, fault) => {
    const stage = await openShop(undefined, { faults: [{ operation: 'CommitStaged', fault }] })
    const { clock, world, production, ofApi, run } = stage
    clock.at(clock.now() + 8_000, () => {
      stageChanges(
        world,
        production,
        { sharedVariables: { THEIRS: { value: 'x' } } },
        { merge: true },
      )
    })
    const result = await run(removal)
    expect(result.codes).toEqual(['staged-changes'])
    expect(result.errors[0]).toContain('The removal is now staged together with the other changes')
    expect(commitsOf(stage)).toBe(1)
    expect(ofApi().LOG_LEVEL).toBe('info')
    expect(production.sharedVariables.has('THEIRS')).toBe(false)
  })

  it.each<FaultRule['fault']>(['silence-before-effect', { kind: 'rate-limited', retryAfter: 25 }])(
    'commits again if there are no such changes: %j',
    async (fault) => {
      const stage = await openShop(undefined, { faults: [{ operation: 'CommitStaged', fault }] })
      const result = await stage.run(removal)
      expect(result.codes).toEqual([])
      expect(commitsOf(stage)).toBe(2)
      expect(stage.ofApi()).toEqual({ DATABASE_URL: refer('Postgres.DATABASE_URL') })
    },
  )

  it('waits for a patch no longer than `timeout`, and reports only the write as unknown', async () => {
    const stage = await openShop(undefined, { behaviour: { patchSeconds: 600 } })
    const result = await stage.run({ ...removal, timeout: '1m' })
    expect(result.exitCode).toBe(1)
    expect(rows(result.json('results'))).toEqual([
      'api set-variables unknown',
      'api deploy not-started',
    ])
    expect(result.errors[0]).toContain('not applied in time')
    expect(result.seconds).toBeLessThan(75)
    expect(commitsOf(stage)).toBe(1)
  })

  it('commits an accepted change only once, although the patch still shows as staged', async () => {
    const stage = await openShop(undefined, {
      behaviour: { patchSeconds: 5, patchShowsStagedSeconds: 40 },
      faults: [{ operation: 'WorkflowState', fault: 'refused', times: Infinity }],
    })
    const result = await stage.run(removal)
    expect(result.codes).toEqual([])
    expect(commitsOf(stage)).toBe(1)
    expect(stage.ofApi()).toEqual({ DATABASE_URL: refer('Postgres.DATABASE_URL') })
  })
})

describe('`variables-mode: replace`', () => {
  it('removes variables that are not named, except sealed ones and settings of Railway', async () => {
    const { run, world, web, ofWeb } = await openShop()
    const instance = world.instance(web, 'production')
    instance.variables.set('SEALED', { value: 'sealed-value', sealed: true })
    instance.variables.set('RAILWAY_DOCKERFILE_PATH', { value: 'Dockerfile.web', sealed: false })
    instance.variables.set('API', { value: refer('api.RAILWAY_PUBLIC_DOMAIN'), sealed: false })
    const result = await run({
      ...everywhere,
      services: 'web',
      'variables-mode': 'replace',
      variables: `API=${refer('api.RAILWAY_PUBLIC_DOMAIN')}\nB=2`,
    })
    expect(result.codes).toEqual([])
    expect(ofWeb()).toEqual({
      SEALED: 'sealed-value',
      RAILWAY_DOCKERFILE_PATH: 'Dockerfile.web',
      API: refer('api.RAILWAY_PUBLIC_DOMAIN'),
      B: '2',
    })
    expect(instance.variables.get('SEALED')?.sealed).toBe(true)
    expect(result.json('plan')).toContainEqual(
      expect.objectContaining({
        detail: expect.stringContaining('adds B; removes LOG_LEVEL; 1 unchanged; leaves'),
      }),
    )
  })

  const copied = {
    ...everywhere,
    services: 'web',
    'variables-mode': 'replace',
    'variables-from': 'staging',
  }

  it('keeps a value if the other environment has the variable sealed', async () => {
    const { run, world, web, ofWeb } = await openShop()
    const staging = world.instance(web, 'staging').variables
    staging.set('STRIPE_KEY', { value: 'of-staging', sealed: true })
    const production = world.instance(web, 'production').variables
    production.set('STRIPE_KEY', { value: 'of-production', sealed: false })
    production.set('OLD', { value: '1', sealed: false })
    const result = await run(copied)
    expect(result.codes).toEqual([])
    expect(ofWeb()).toEqual({ LOG_LEVEL: 'info', STRIPE_KEY: 'of-production' })
    expect(result.json('plan')).toContainEqual(
      expect.objectContaining({
        detail: expect.stringMatching(/removes OLD;.* leaves .*STRIPE_KEY/),
      }),
    )
  })

  it('keeps a shared value if the other environment has the variable sealed', async () => {
    const { run, world, project, production } = await openShop()
    const staging = world.environmentOf(project, 'staging')
    staging.sharedVariables.set('STRIPE_KEY', { value: 'of-staging', sealed: true })
    staging.sharedVariables.set('REGION', { value: 'eu', sealed: false })
    production.sharedVariables.set('STRIPE_KEY', { value: 'of-production', sealed: false })
    const { services: _, ...rest } = copied
    const result = await run({ ...rest, 'shared-variables': 'true' })
    expect(result.codes).toEqual([])
    expect([...production.sharedVariables].map(([name, { value }]) => [name, value])).toEqual([
      ['STRIPE_KEY', 'of-production'],
      ['REGION', 'eu'],
    ])
  })

  it.each([
    ['that `remove-variables` names', { 'remove-variables': 'STRIPE_KEY' }],
    ['that `variables-names` does not take', { 'variables-names': 'LOG_*' }],
  ])('removes a value %s, also if the other environment has it sealed', async (_, inputs) => {
    const { run, world, web, ofWeb } = await openShop()
    const staging = world.instance(web, 'staging').variables
    staging.set('STRIPE_KEY', { value: 'of-staging', sealed: true })
    const production = world.instance(web, 'production').variables
    production.set('STRIPE_KEY', { value: 'of-production', sealed: false })
    const result = await run({ ...copied, ...inputs })
    expect(result.codes).toEqual([])
    expect(ofWeb()).toEqual({ LOG_LEVEL: 'info' })
  })

  it('is refused if nothing would be left', async () => {
    const { run, ofWeb, railway } = await openShop()
    const result = await run(
      {
        ...everywhere,
        services: 'web',
        'variables-mode': 'replace',
        'variables-file': 'empty.env',
      },
      { workspaceFiles: { 'empty.env': '# nothing\n' } },
    )
    expect(result.codes).toEqual(['input-invalid'])
    expect(railway.requests.filter(isMutation)).toEqual([])
    expect(ofWeb()).toEqual({ LOG_LEVEL: 'info' })
  })
})

describe('a service whose live image Railway does not report', () => {
  const title = 'Railway does not report which image is live for these services: shop/cache'
  const open = () =>
    openShop(({ project }, world) => {
      world.service(project, 'cache', { source: { image: 'ghcr.io/acme/cache:1.0.0' } })
    })
  const inputs = { ...everywhere, services: 'cache', variables: 'A=1' }
  const upload = {
    environment: 'production',
    projects: 'shop',
    services: 'cache',
    directory: 'site',
  }
  const files = { workspaceFiles: { 'site/index.html': 'hello' } }

  it('is named in a warning, because an upload is replaced by the image', async () => {
    const { run, world } = await open()
    const uploaded = await run(upload, files)
    expect(uploaded.codes).toEqual([])
    const result = await run(inputs)
    expect(result.codes).toEqual([])
    expect(result.warnings).toContainEqual(expect.stringContaining(title))
    expect(world.newDeployments().at(-1)?.image).toBe('ghcr.io/acme/cache:1.0.0')
  })

  it('is also named in a dry run', async () => {
    const { run } = await open()
    await run(upload, files)
    const result = await run({ ...inputs, 'dry-run': 'true' })
    expect(result.warnings).toContainEqual(expect.stringContaining(title))
  })

  it.each([
    ['that runs its image', inputs],
    ['that is not deployed', { ...inputs, redeploy: 'false' }],
  ])('is not named for a service %s', async (_, given) => {
    const { run } = await open()
    const result = await run(given)
    expect(result.codes).toEqual([])
    expect(result.warnings.filter((warning) => warning.includes('which image is live'))).toEqual([])
  })
})

describe('a sealed variable', () => {
  it.each(['absent', 'null', 'empty'] as const)(
    'that shows as %s is written when set, and reported as sealed',
    async (sealedVariables) => {
      const { run, world, web, ofWeb } = await openShop()
      world.behaviour.sealedVariables = sealedVariables
      world.instance(web, 'production').variables.set('KEY', { value: 'old-sealed', sealed: true })
      const result = await run({
        ...everywhere,
        services: 'web',
        variables: 'KEY=new-sealed-1\nLOG_LEVEL=info',
      })
      expect(result.codes).toEqual([])
      expect(ofWeb().KEY).toBe('new-sealed-1')
      expect(result.json('plan')).toContainEqual(
        expect.objectContaining({ detail: 'writes sealed KEY; 1 unchanged' }),
      )
      expect(world.newDeployments()).toHaveLength(1)
    },
  )
})

describe('`shared-variables`', () => {
  const shared = {
    command: 'variables',
    environment: 'production',
    projects: 'shop',
    'shared-variables': 'true',
  }
  const withUsers = (place: Shop, world: World) => {
    const production = world.environmentOf(place.project, 'production')
    world.sharedVariables(production, {
      REGION: 'eu',
      URL: `https://${refer('shared.REGION')}.example.com`,
    })
    world
      .instance(place.api, 'production')
      .variables.set('URL', { value: refer('shared.URL'), sealed: false })
    world
      .instance(place.api, 'staging')
      .variables.set('URL', { value: refer('shared.URL'), sealed: false })
  }

  it('writes the shared set alone, then deploys the services that use it, also indirectly', async () => {
    const { run, world, production, ofApi, ofWeb } = await openShop(withUsers)
    const result = await run({ ...shared, variables: 'REGION=us' })
    expect(result.codes).toEqual([])
    expect(rows(result.json('results'))).toEqual([
      'null set-variables success',
      'api deploy success',
    ])
    expect(production.sharedVariables.get('REGION')?.value).toBe('us')
    expect(ofApi()).not.toHaveProperty('REGION')
    expect(ofWeb()).not.toHaveProperty('REGION')
    expect(
      world.newDeployments().map(({ service, environment }) => `${environment}/${service}`),
    ).toEqual(['production/api'])
    expect(world.snapshot()['shop/production/api']?.variables.URL).toBe('https://us.example.com')
  })

  it('deploys nothing for one that no service uses, and removes', async () => {
    const { run, world, production } = await openShop(withUsers)
    const result = await run({
      ...shared,
      variables: 'UNUSED=1',
      'remove-variables': 'REGION',
      redeploy: 'false',
    })
    expect(result.codes).toEqual([])
    expect([...production.sharedVariables.keys()].sort()).toEqual(['UNUSED', 'URL'])
    expect(world.newDeployments()).toEqual([])
    const unused = await run({ ...shared, variables: 'UNUSED=2' })
    expect(rows(unused.json('results'))).toEqual(['null set-variables success'])
  })

  it('on deploy are written before the services that use it, and name those that the run does not deploy', async () => {
    const { run, production, world } = await openShop((place, world) => {
      withUsers(place, world)
      world
        .instance(place.postgres, 'production')
        .variables.set('R', { value: refer('shared.REGION'), sealed: false })
    })
    await run({ environment: 'production' })
    const result = await run({
      environment: 'production',
      variables: 'REGION=us',
      'shared-variables': 'true',
    })
    expect(result.codes).toEqual([])
    expect(rows(result.json('results'))).toEqual([
      'null set-variables success',
      'api deploy success',
      'web keep unchanged',
    ])
    expect(production.sharedVariables.get('REGION')?.value).toBe('us')
    expect(world.snapshot()['shop/production/api']).toMatchObject({
      commit,
      variables: { URL: 'https://us.example.com' },
    })
    expect(result.warnings).toContainEqual(
      expect.stringContaining('does not deploy them: shop/Postgres'),
    )
  })
})

describe('`variables-from`', () => {
  it('copies references as references, overrides them with values, and names the sealed ones', async () => {
    const { run, world, api, ofApi, web } = await openShop()
    const staging = world.instance(api, 'staging').variables
    staging.set('URL', { value: `https://${refer('web.RAILWAY_PUBLIC_DOMAIN')}`, sealed: false })
    staging.set('RAILWAY_RUN_UID', { value: '0', sealed: false })
    staging.set('SECRET', { value: 'cannot-be-read', sealed: true })
    staging.set('LOG_LEVEL', { value: 'debug', sealed: false })
    const result = await run({
      ...everywhere,
      services: 'api',
      'variables-from': 'staging',
      variables: 'LOG_LEVEL=warn',
      'remove-variables': 'DATABASE_URL',
    })
    expect(result.codes).toEqual([])
    expect(ofApi()).toEqual({
      LOG_LEVEL: 'warn',
      URL: `https://${refer('web.RAILWAY_PUBLIC_DOMAIN')}`,
      RAILWAY_RUN_UID: '0',
    })
    expect(result.warnings).toContainEqual(expect.stringContaining('shop/api (SECRET)'))
    expect(storedIn(world, api, 'staging').LOG_LEVEL).toBe('debug')
    expect(storedIn(world, web, 'production')).toEqual({ LOG_LEVEL: 'info' })
  })

  it('reports everything that does not exist before anything is changed', async () => {
    const { run, railway, world } = await openShop(({ project }, world) => {
      world.service(project, 'only-here', { source: { repo: repository }, in: ['production'] })
    })
    void world
    const missing = await run({ ...everywhere, services: 'api', 'variables-from': 'stagin' })
    expect(missing.codes).toEqual(['environment-not-found'])
    const same = await run({ ...everywhere, services: 'api', 'variables-from': 'production' })
    expect(same.codes).toEqual(['input-invalid'])
    const service = await run({ ...everywhere, 'variables-from': 'staging' })
    expect(service.codes).toEqual(['service-not-found'])
    expect(railway.requests.filter(isMutation)).toEqual([])
  })
})

describe('the order of the sources', () => {
  it('is: another environment, files from first to last, the input', async () => {
    const { run, ofWeb, world, web } = await openShop()
    world.instance(web, 'staging').variables.set('A', { value: 'staging', sealed: false })
    world.instance(web, 'staging').variables.set('Z', { value: 'staging', sealed: false })
    const result = await run(
      {
        ...everywhere,
        services: 'web',
        'variables-from': 'staging',
        'variables-file': 'one.env\ntwo.json',
        variables: 'C=input',
      },
      {
        workspaceFiles: {
          'one.env': 'A=one\nB=one\nC=one',
          'two.json': '{"B": "two", "C": "two"}',
        },
      },
    )
    expect(result.codes).toEqual([])
    expect(ofWeb()).toEqual({ LOG_LEVEL: 'info', A: 'one', B: 'two', C: 'input', Z: 'staging' })
  })
})

describe('a token for one project', () => {
  it('writes there, and cannot copy from another environment', async () => {
    const { run, world, project, ofWeb } = await openShop()
    const token = world.projectToken(project, 'production')
    const result = await run({ ...everywhere, token, services: 'web', variables: 'A=1' })
    expect(result.codes).toEqual([])
    expect(ofWeb().A).toBe('1')
    const refused = await run({
      ...everywhere,
      token,
      services: 'web',
      'variables-from': 'staging',
    })
    expect(refused.codes).toEqual(['token-project-scoped'])
  })
})
