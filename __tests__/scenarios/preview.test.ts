import { describe, expect, it } from '@jest/globals'
import { type Behaviour, type FaultRule, scripts, type World } from '../../local/railway/index.ts'
import { stageChanges } from '../../local/railway/patches.ts'
import { fillShop, type PreviewStage, setPreviewStage } from './preview-stage.ts'
import { repository } from './stage.ts'
import { refer } from './variables-stage.ts'

const sha = (digit: string) => digit.repeat(40)
const [first, second, third] = [sha('1'), sha('2'), sha('3')]

/** Makes Railway refuse the operation, with a reason that quotes a value. */
const quoting = (operation: string, message: string): FaultRule => ({
  operation,
  times: Infinity,
  fault: { kind: 'error', message },
})

/** The requests of a run that makes a preview of four services, one of them with a domain. */
const creation = {
  WhoAmI: 1,
  TokenWorkspaces: 1,
  WorkspaceProjects: 1,
  ResolvedConfigFiles: 1,
  CreateEnvironment: 1,
  PreviewState: 6,
  StopAutoDeploy: 1,
  StagePreview: 1,
  CommitPreview: 1,
  CreateDomain: 1,
  DeployService: 4,
  ServedDeployments: 5,
}

describe('a preview that Railway makes quickly', () => {
  it.each([
    [0, 0, 15],
    [0.4, 0.5, 15],
    [1.5, 2.5, 18.5],
    [8, 3, 26],
  ])('in %i and %i seconds is reported soon', async (cloneSeconds, patchSeconds, most) => {
    const stage = await setPreviewStage({
      fill: (world) => {
        world.defaults.build = { steps: [{ status: 'BUILDING', seconds: 8.1 }, 'SUCCESS'] }
        world.defaults.image = world.defaults.build
        return fillShop(world)
      },
      behaviour: { cloneSeconds, patchSeconds },
    })
    const result = await stage.preview({ action: 'opened' })
    expect(result.codes).toEqual([])
    expect(result.seconds).toBeLessThanOrEqual(most)
    const polls = stage.railway.requests.filter(
      ({ operationName }) => operationName === 'PreviewState',
    )
    expect(polls.length).toBeLessThanOrEqual(
      2 + (cloneSeconds > 1 ? 2 : 0) + (cloneSeconds > 5 ? 2 : 0),
    )
  })

  it.each([
    { cloneSeconds: 0.3, patchSeconds: 0.3, requests: 16, seconds: 13.3 },
    { cloneSeconds: 8, patchSeconds: 3, requests: 20, seconds: 23.2 },
  ])(
    'of one project with four services in $cloneSeconds and $patchSeconds seconds takes $requests requests',
    async (row) => {
      const { cloneSeconds, patchSeconds } = row
      const stage = await setPreviewStage({
        fill: (world) => {
          world.defaults.build = { steps: [{ status: 'BUILDING', seconds: 8.1 }, 'SUCCESS'] }
          world.defaults.image = world.defaults.build
          return fillShop(world, { live: { script: world.defaults.build } })
        },
        behaviour: { cloneSeconds, patchSeconds },
      })
      const result = await stage.preview({ action: 'opened' })
      expect(result.codes).toEqual([])
      expect(stage.railway.requests.length).toBeLessThanOrEqual(row.requests)
      expect(result.seconds).toBeLessThanOrEqual(row.seconds)
    },
  )
})

describe('the life of a preview', () => {
  it('opened, pushed to twice, closed, reopened: one environment, one comment, each commit once', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const { hub, world, preview, spent, environments, deployed } = stage

    const opened = await preview({ action: 'opened', sha: first })
    expect(opened.errors).toEqual([])
    expect(opened.outputs).toMatchObject({
      status: 'success',
      'environment-name': 'pr-7',
      'environment-created': 'true',
      url: 'https://web-pr-7.up.railway.app',
    })
    expect(spent()).toEqual(creation)
    expect(environments('shop')).toEqual(['production', 'pr-7'])
    const everything = ['Postgres: postgres:16', 'web: 1111111', 'api: 1111111']
    expect(deployed().toSorted()).toEqual(
      [...everything, deployed().find((one) => one.startsWith('mailer'))].toSorted(),
    )
    expect(hub.deploymentStates()).toEqual(['shop / pr-7: success'])

    const pushed = await preview({ sha: second })
    expect(pushed.outputs).toMatchObject({ status: 'success', 'environment-created': 'false' })
    expect(spent()).toEqual({
      WhoAmI: 1,
      TokenWorkspaces: 1,
      WorkspaceProjects: 1,
      ResolvedConfigFiles: 1,
      EnvironmentRecords: 1,
      DeployService: 2,
      ServedDeployments: 5,
    })
    const again = await preview({ sha: third })
    expect(again.outputs['environment-id']).toBe(opened.outputs['environment-id'])
    expect(deployed().slice(4)).toEqual([
      'web: 2222222',
      'api: 2222222',
      'web: 3333333',
      'api: 3333333',
    ])
    expect(hub.deploymentStates()).toEqual([
      'shop / pr-7: inactive',
      'shop / pr-7: inactive',
      'shop / pr-7: success',
    ])
    spent()

    const closed = await preview({ action: 'closed', sha: third })
    expect(closed.outputs).toMatchObject({ status: 'success', changed: 'true' })
    expect(spent()).toEqual({
      WhoAmI: 1,
      TokenWorkspaces: 1,
      WorkspaceProjects: 1,
      EnvironmentRecords: 1,
      DeleteEnvironment: 1,
      ProjectRecords: 1,
    })
    expect(environments('shop')).toEqual(['production'])
    expect(hub.comments).toHaveLength(1)
    expect(hub.comments[0]?.body).toContain('was deleted')
    expect(hub.deploymentStates()).toEqual(Array(3).fill('shop / pr-7: inactive'))

    const closedAgain = await preview({ action: 'closed', sha: third })
    expect(closedAgain.outputs).toMatchObject({ status: 'unchanged', changed: 'false' })

    const reopened = await preview({ action: 'reopened', sha: third })
    expect(reopened.outputs).toMatchObject({ status: 'success', 'environment-created': 'true' })
    expect(environments('shop')).toEqual(['production', 'pr-7'])
    expect(hub.comments).toHaveLength(1)
    expect(hub.comments[0]?.body).toContain('is live')
    expect(world.snapshot()['shop/production/web']?.commit).not.toBe(third)
    for (const run of [opened, pushed, again, closed, reopened]) expect(run.leaked).toEqual([])
  })

  it('has nothing to do when the same commit comes again', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first })
    const before = stage.deployed()
    const again = await stage.preview({ sha: first })
    expect(again.outputs).toMatchObject({ status: 'unchanged', changed: 'false' })
    expect(stage.deployed()).toEqual(before)
  })

  it('does not change on pushes: to the base branch, to its own, and of other repositories', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first })
    const before = stage.deployed()
    stage.world.push(repository, 'main', sha('a'))
    stage.world.push(repository, 'feature', sha('b'))
    stage.world.push('acme/mailer', 'main', sha('c'))
    expect(stage.deployed()).toEqual(before)
  })

  it('gets a domain on the port of the base for services that have one there, and for no others', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first })
    const preview = [...stage.world.environments.values()].find(({ name }) => name === 'pr-7')
    const domains = preview?.instances.map(({ service, serviceDomains }) => [
      service.name,
      serviceDomains.map(({ domain, targetPort }) => `${domain}:${targetPort}`),
    ])
    expect(Object.fromEntries(domains ?? [])).toEqual({
      Postgres: [],
      web: ['web-pr-7.up.railway.app:8080'],
      api: [],
      mailer: [],
    })
  })

  it('has no domains if the base has none', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world, { domains: false }) })
    const run = await stage.preview({ sha: first })
    expect(run.outputs).toMatchObject({ status: 'success', url: '' })
    expect(stage.spent()).not.toHaveProperty('CreateDomain')
  })

  it('keeps the domains that a clone contains', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world),
      behaviour: { cloneDomains: true },
    })
    const run = await stage.preview({ sha: first })
    expect(run.outputs.status).toBe('success')
    expect(stage.spent()).not.toHaveProperty('CreateDomain')
  })
})

describe('several projects', () => {
  it('get a preview each, if they have a service of this repository, and deploy while the next is made', async () => {
    const stage = await setPreviewStage({
      fill(world) {
        const token = fillShop(world, { projects: ['shop', 'shop-eu'] })
        const other = world.project(world.workspaces[0] ?? world.workspace('?'), 'billing')
        world.service(other, 'invoices', { source: { repo: 'acme/billing' } })
        return token
      },
    })
    const run = await stage.preview({ sha: first })
    expect(run.outputs.status).toBe('success')
    expect(stage.environments('shop')).toContain('pr-7')
    expect(stage.environments('shop-eu')).toContain('pr-7')
    expect(stage.environments('billing')).toEqual(['production'])
    const at = (operation: string) =>
      stage.railway.requests
        .filter(({ operationName }) => operationName === operation)
        .map(({ at }) => at)
    const [made, madeNext = 0] = at('CreateEnvironment')
    expect(madeNext - (made ?? 0)).toBeGreaterThanOrEqual(30_000)
    expect(at('CreateEnvironment')).toHaveLength(2)
    expect(at('DeployService')[0]).toBeLessThan(madeNext)
    expect(run.json('plan')).toContainEqual(
      expect.objectContaining({
        action: 'create-preview',
        detail: expect.stringContaining('after about 30 s'),
      }),
    )
    expect(stage.hub.deploymentStates()).toEqual([
      'shop / pr-7: success',
      'shop-eu / pr-7: success',
    ])
  })

  it('of which one has a failing build: the other is live, the comment names the failed build', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world, { projects: ['shop', 'shop-eu'] }),
    })
    const api = [...stage.world.services.values()].find(
      ({ name, project }) => name === 'api' && project.name === 'shop-eu',
    )
    if (api) stage.world.script(api, 'pr-7', [scripts.buildFails])
    const run = await stage.preview({ sha: first })
    expect(run.exitCode).toBe(1)
    expect(run.codes).toEqual(['deployment-failed'])
    expect(run.outputs.status).toBe('partial')
    expect(stage.hub.deploymentStates()).toEqual([
      'shop / pr-7: success',
      'shop-eu / pr-7: failure',
    ])
    expect(stage.hub.comments[0]?.body).toMatch(/partly failed[\s\S]*BUILD/)
    const fixed = await stage.preview({ sha: second })
    expect(fixed.outputs.status).toBe('success')
    expect(stage.hub.comments).toHaveLength(1)
  })
})

describe('a name that something else has', () => {
  it('is refused before anything is changed, and never deleted', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const shop = [...stage.world.projects.values()][0]
    if (shop) stage.world.environment(shop, 'pr-7')
    const run = await stage.preview({ sha: first })
    expect(run.codes).toEqual(['name-taken'])
    expect(run.errors[0]).toContain('persistent')
    expect(stage.railway.requests.every(({ kind }) => kind === 'query')).toBe(true)
    const closed = await stage.preview({ action: 'closed' })
    expect(closed.exitCode).toBe(0)
    expect(closed.json('results')).toEqual([
      expect.objectContaining({
        action: 'keep',
        status: 'skipped',
        message: expect.stringContaining('persistent'),
      }),
    ])
    expect(stage.environments('shop')).toEqual(['production', 'pr-7'])
  })

  it.each(['production', 'PRODUCTION'])(
    'is refused when it is the base itself: %s',
    async (name) => {
      const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
      const run = await stage.preview({ action: 'closed' }, { 'preview-name': name })
      expect(run.json('results')).toEqual([expect.objectContaining({ action: 'keep' })])
      expect(stage.environments('shop')).toEqual(['production'])
    },
  )

  it('is left to Railway if it is Railway’s own preview', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const shop = [...stage.world.projects.values()][0]
    if (shop) {
      stage.world.environment(shop, 'pr-7', { ephemeral: true, meta: { prNumber: 7 } })
    }
    expect((await stage.preview({ sha: first })).codes).toEqual(['name-taken'])
    expect((await stage.preview({ action: 'closed' })).exitCode).toBe(0)
    expect(stage.environments('shop')).toContain('pr-7')
  })
})

describe('a base in which nothing is built from this repository', () => {
  it('gets no preview, because no later run could distinguish it from one of another author', async () => {
    const stage = await setPreviewStage({
      fill(world) {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop')
        world.service(shop, 'api', { source: { image: 'ghcr.io/acme/api:1' } })
        return world.workspaceToken(acme)
      },
    })
    const inputs = { projects: 'shop', services: 'api', image: 'ghcr.io/acme/api:pr-7' }
    const run = await stage.preview({ action: 'opened', sha: first }, inputs)
    expect(run.codes).toEqual(['service-not-found'])
    expect(stage.environments('shop')).toEqual(['production'])
  })
})

describe('an event of a pull request that is closed', () => {
  it('deletes the preview, and does not make it again', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ action: 'opened', sha: first })
    await stage.preview({ action: 'closed' })
    const labeled = await stage.preview({ action: 'labeled', closed: true })
    expect(labeled.outputs.status).toBe('unchanged')
    expect(stage.environments('shop')).toEqual(['production'])
  })
})

describe('two runs at once', () => {
  it('make one environment, one comment, and one deployment per service', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const runs = await Promise.all([
      stage.preview({ action: 'opened', sha: first }),
      stage.preview({ sha: first }, {}, { env: { GITHUB_RUN_ID: '2' } }),
    ])
    expect(runs.map(({ outputs }) => outputs.status)).not.toContain('failure')
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(stage.environments('shop')).toEqual(['production', 'pr-7'])
    expect(stage.deployed()).toHaveLength(4)
    expect(stage.hub.comments).toHaveLength(1)
    expect(runs.filter(({ outputs }) => outputs['environment-created'] === 'true')).toHaveLength(1)
    expect(stage.spent()).toMatchObject({ CreateEnvironment: 3, DeployService: 4 })
  })
})

describe('a clone that was not completed', () => {
  it('is completed from the base, without sealed variables', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world),
      behaviour: { cloneOmits: ['api'] },
    })
    const run = await stage.preview({ sha: first })
    expect(run.outputs.status).toBe('success')
    expect(stage.deployed()).toContain('api: 1111111')
    expect(run.json('results')).toContainEqual(
      expect.objectContaining({
        action: 'create-preview',
        message: expect.stringContaining('completed the clone with api'),
      }),
    )
  })

  it('by a run that was killed is found and finished by the next', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const killed = await stage.preview(
      { sha: first },
      {},
      { signals: [{ at: 2, signal: 'SIGKILL' }] },
    )
    expect(killed.signal).toBe('SIGKILL')
    expect(stage.environments('shop')).toContain('pr-7')
    const next = await stage.preview({ sha: first })
    expect(next.outputs).toMatchObject({ status: 'success', 'environment-created': 'false' })
    expect(stage.deployed()).toHaveLength(4)
    expect((await stage.preview({ action: 'closed' })).outputs.status).toBe('success')
    expect(stage.environments('shop')).toEqual(['production'])
  })

  it('is reported if it cannot be completed, without Railway’s reason, which may quote values', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world),
      behaviour: { cloneOmits: ['api'], patchError: 'Volume quota exceeded' },
    })
    const run = await stage.preview({ sha: first })
    expect(run.codes).toEqual(['operation-not-permitted'])
    expect(run.errors[0]).toContain('the change did not take effect within')
    expect(run.errors[0]).toContain('not shown, because it may contain values of variables')
    expect(run.shown).not.toContain('Volume quota exceeded')
    expect(stage.deployed()).toEqual([])
  })

  it('is reported with the kind of the token', async () => {
    const stage = await setPreviewStage({
      fill: (world) => {
        fillShop(world)
        return world.accountToken([...world.workspaces])
      },
      behaviour: { cloneOmits: ['api'], patchError: 'Volume quota exceeded' },
    })
    const run = await stage.preview({ sha: first })
    expect(run.errors[0]).toContain('Railway accepted the account token')
  })
})

describe('a preview that was made and could not be completed', () => {
  it('counts as a change, and is reported as existing', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world),
      faults: [{ operation: 'CommitPreview', fault: 'refused', times: Infinity }],
    })
    const run = await stage.preview({ action: 'opened', sha: first })
    expect(run.codes[0]).toBe('operation-not-permitted')
    expect(stage.environments('shop')).toEqual(['production', 'pr-7'])
    expect(run.outputs).toMatchObject({ changed: 'true', 'environment-name': 'pr-7' })
    const id = [...stage.world.environments.values()].find(({ name }) => name === 'pr-7')?.id
    expect(run.outputs['environment-id']).toBe(id)
    expect(run.outputs['environment-created']).toBe('true')
    expect(run.outputs.results).toContain('the environment was created; ')
  })

  it('because Railway accepts a change and does not apply it, is not reported as a rejection', async () => {
    const data = { environmentPatchCommitStaged: 'workflow' }
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world),
      faults: [
        { operation: 'CommitPreview', times: Infinity, fault: { kind: 'fixed-data', data } },
      ],
    })
    const run = await stage.preview({ action: 'opened', sha: first })
    expect(run.codes).toEqual(['operation-not-permitted'])
    expect(run.annotations[0]?.title).toBe('Railway: change without effect')
    expect(run.errors[0]).toMatch(
      /Railway accepted the request to set branch, image and variables of the preview environment "pr-7" of project "shop", but the change did not take effect within \d+ s\..* Railway reported no error\./,
    )
    expect(run.errors[0]).not.toMatch(/rejected|Railway's message/)
    expect(stage.deployed()).toEqual([])
  })
})

describe('a preview that may have been made', () => {
  it('is not reported as made', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world),
      faults: [
        { operation: 'CreateEnvironment', fault: 'reset-after-effect' },
        { operation: 'ProjectRecords', fault: 'status-500', times: Infinity },
      ],
    })
    const run = await stage.preview({ action: 'opened', sha: first })
    expect(run.json('results')).toContainEqual(
      expect.objectContaining({ action: 'create-preview', status: 'unknown' }),
    )
    expect(run.outputs).toMatchObject({ 'environment-created': 'false', changed: 'true' })
  })
})

describe('a response', () => {
  it('of `false` to the deletion is a refusal: the preview is neither deleted nor reported as deleted', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first })
    const data = { environmentDelete: false }
    stage.railway.inject({
      operation: 'DeleteEnvironment',
      times: Infinity,
      fault: { kind: 'fixed-data', data },
    })
    const run = await stage.preview({ action: 'closed', sha: first })
    expect(run.codes).toEqual(['operation-not-permitted'])
    expect(run.outputs).toMatchObject({ status: 'failure', changed: 'false' })
    expect(stage.environments('shop')).toEqual(['production', 'pr-7'])
    expect(stage.hub.comments[0]?.body).not.toContain('was deleted')
  })

  it('that pushes still deploy is accepted, and reported', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const data = { item0: { enabled: true }, item1: { enabled: true }, item2: { enabled: true } }
    stage.railway.inject({
      operation: 'StopAutoDeploy',
      times: Infinity,
      fault: { kind: 'fixed-data', data },
    })
    const run = await stage.preview({ sha: first })
    expect(run.outputs.status).toBe('success')
    expect(run.outputs.results).toMatch(/pushes may still deploy (web|api|mailer)/)
  })

  it('with the current domain decides the address of the site, also for a run that does not wait', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha: first }, { wait: 'false' })
    expect(run.outputs).toMatchObject({
      status: 'accepted',
      url: 'https://web-pr-7.up.railway.app',
      urls: '{"shop/web":"https://web-pr-7.up.railway.app"}',
    })
  })
})

describe('a preview that the token may not read', () => {
  const faults: FaultRule[] = [{ operation: 'PreviewState', times: Infinity, fault: 'refused' }]

  it('is abandoned after two minutes, with Railway’s message', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world), faults })
    const run = await stage.preview({ sha: first })
    expect(run.codes[0]).toBe('operation-not-permitted')
    expect(run.errors[0]).toContain('Not Authorized')
    expect(run.seconds).toBeLessThan(180)
    expect(run.outputs).toMatchObject({ changed: 'true', 'environment-name': 'pr-7' })
  })

  it('is not reported as changed if it existed before', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first })
    for (const rule of faults) stage.railway.inject(rule)
    const run = await stage.preview({ sha: second }, { variables: 'LOG_LEVEL=debug' })
    expect(run.codes[0]).toBe('operation-not-permitted')
    expect(run.outputs.changed).toBe('false')
    expect(run.seconds).toBeLessThan(180)
  })
})

describe('a run that is cancelled', () => {
  it('leaves a comment that reports the preview neither as live nor as deleted', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const signals = [{ at: 40, signal: 'SIGINT' as const }]
    const run = await stage.preview({ action: 'opened', sha: first }, {}, { signals })
    expect(run.codes).toEqual(['cancelled'])
    const [comment] = stage.hub.comments
    expect(comment?.body).toContain('Preview `pr-7` partly failed')
    expect(comment?.body).toContain('cancelled')
    expect(comment?.body).not.toMatch(/is live|was deleted/)
  })
})

describe('`require-overrides`', () => {
  const fill = (world: Parameters<typeof fillShop>[0]) => {
    const token = fillShop(world)
    const shop = [...world.projects.values()][0]
    if (shop) {
      world.service(shop, 'worker', {
        source: { repo: repository },
        variables: { STRIPE_LIVE_KEY: 'sk_live_1', DATABASE_URL: 'postgres://production' },
        sealed: { SENTRY_LIVE_DSN: 'x' },
      })
    }
    return token
  }

  it('refuses a preview that would start with literal values of the base; references are fine', async () => {
    const stage = await setPreviewStage({ fill })
    const run = await stage.preview(
      { sha: first },
      { 'require-overrides': 'DATABASE_URL\n*_LIVE_*' },
    )
    expect(run.codes).toEqual(['inherited-variable', 'inherited-variable'])
    expect(run.errors.join()).toMatch(/STRIPE_LIVE_KEY[\s\S]*DATABASE_URL/)
    expect(run.shown).not.toContain('postgres://production')
    expect(stage.railway.requests.every(({ kind }) => kind === 'query')).toBe(true)
  })

  it('gives advice for a shared value, which `variables` does not replace', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const [shop] = stage.world.projects.values()
    if (!shop) throw new Error('no shop')
    const production = stage.world.environmentOf(shop, 'production')
    stage.world.sharedVariables(production, { STRIPE_LIVE_KEY: 'sk_live_1' })
    const inputs = { 'require-overrides': '*_LIVE_*', variables: 'STRIPE_LIVE_KEY=sk_test_1' }
    const run = await stage.preview({ sha: first }, inputs)
    expect(run.codes).toEqual(['inherited-variable'])
    expect(run.errors[0]).toMatch(/replace it with variables of the services/)
  })

  it('resolves references to their literal, and accepts an override for it', async () => {
    const stage = await setPreviewStage({
      fill(world) {
        const token = fillShop(world)
        const [shop] = world.projects.values()
        if (!shop) throw new Error('no shop')
        world.service(shop, 'legacy', {
          source: 'none',
          variables: { DSN: 'postgres://production' },
        })
        const variables = { LEGACY_URL: refer('shared.LEGACY') }
        world.service(shop, 'worker', { source: { repo: repository }, variables })
        const production = world.environmentOf(shop, 'production')
        world.sharedVariables(production, { LEGACY: refer('legacy.DSN') })
        return token
      },
    })
    const guard = { 'require-overrides': '*_URL' }
    const run = await stage.preview({ sha: first }, guard)
    expect(run.codes).toEqual(['inherited-variable'])
    expect(run.errors[0]).toMatch(
      /LEGACY_URL[\s\S]*In the base environment, it refers to legacy\.DSN/,
    )
    expect(run.leaks('postgres://production')).toEqual([])
    const empty = await stage.preview({ sha: first }, { ...guard, variables: 'LEGACY_URL=' })
    expect(empty.codes.sort()).toEqual(['empty-value', 'inherited-variable'])
    const allowed = { ...guard, variables: 'LEGACY_URL=', 'allow-empty-values': 'true' }
    expect((await stage.preview({ sha: first }, allowed)).codes).toEqual(['inherited-variable'])
    expect(stage.railway.requests.every(({ kind }) => kind === 'query')).toBe(true)
    const given = { ...guard, variables: 'LEGACY_URL=postgres://branch' }
    expect((await stage.preview({ sha: first }, given)).codes).toEqual([])
  })

  it('permits a preview that has none, and names the sealed variables that it lacks', async () => {
    const stage = await setPreviewStage({ fill })
    const run = await stage.preview({ sha: first }, { 'require-overrides': 'URL\nSENTRY_*' })
    expect(run.outputs.status).toBe('success')
    expect(run.warnings.join()).toContain('SENTRY_LIVE_DSN of service "worker" of project "shop"')
  })
})

describe('`variables` and `image`', () => {
  const given = {
    variables: `DATABASE_URL=postgres://branch\nGREETING=${refer('Postgres.URL')}`,
  }
  const secret = 'postgres://branch'

  it('are written as one change before anything starts, references as references, and are printed nowhere', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha: first }, given)
    expect(run.outputs.status).toBe('success')
    expect(stage.spent()).toMatchObject({ StagePreview: 1, CommitPreview: 1, DeployService: 4 })
    const web = [...stage.world.deployments.values()].find(
      ({ instance, cause }) => cause !== 'seed' && instance.service.name === 'web',
    )
    expect(web?.variables).toMatchObject({
      DATABASE_URL: secret,
      GREETING: expect.stringMatching(/^postgres:\/\/user:hunter2@\S+$/),
      LOG_LEVEL: 'info',
    })
    expect(run.leaks(secret)).toEqual([])
    expect(stage.hub.comments[0]?.body).not.toContain(secret)
  })

  it('are waited for: nothing starts with the values of the base', async () => {
    const behaviour = { patchVariablesLagSeconds: 10 }
    const stage = await setPreviewStage({ fill: (world) => fillShop(world), behaviour })
    const run = await stage.preview({ sha: first }, { variables: 'LOG_LEVEL=preview' })
    expect(run.outputs.status).toBe('success')
    const started = [...stage.world.deployments.values()].filter(
      ({ instance, cause }) => cause !== 'seed' && instance.service.name === 'web',
    )
    expect(started.map(({ variables }) => variables.LOG_LEVEL)).toEqual(['preview'])
  })

  it.each<[string, FaultRule[], Partial<Behaviour>]>([
    ['staged', [quoting('StagePreview', 'Invalid value "short-5" for variable LOG_LEVEL')], {}],
    ['staged, cut short', [quoting('StagePreview', 'Variable short-… not found')], {}],
    ['committed', [quoting('CommitPreview', 'Invalid value "short-5" for variable LOG_LEVEL')], {}],
    ['applied', [], { patchError: 'Invalid value "short-5" for variable LOG_LEVEL' }],
  ])(
    'are not in Railway’s message if they are %s without success',
    async (_, faults, behaviour) => {
      const fill = (world: World) => fillShop(world)
      const stage = await setPreviewStage({ fill, faults, behaviour })
      const run = await stage.preview({ sha: first }, { variables: 'LOG_LEVEL=short-5' })
      expect(run.codes).toContain('operation-not-permitted')
      expect(run.errors[0]).toContain('message not shown, because it may quote a value')
      expect(run.leaks('short-')).toEqual([])
      expect(stage.hub.comments[0]?.body).not.toContain('short-')
      const again = await setPreviewStage({ fill, faults, behaviour })
      const other = await again.preview({ sha: first })
      expect(other.leaks('short-')).toEqual([])
    },
  )

  it('override those of the base, which satisfies `require-overrides`', async () => {
    const stage = await setPreviewStage({
      fill(world) {
        const token = fillShop(world)
        const api = [...world.services.values()].find(({ name }) => name === 'api')
        if (api) {
          const literal = { value: 'postgres://production', sealed: false }
          world.instance(api, 'production').variables.set('DATABASE_URL', literal)
        }
        return token
      },
    })
    const guard = { 'require-overrides': 'DATABASE_URL' }
    expect((await stage.preview({ sha: first }, guard)).codes).toEqual(['inherited-variable'])
    expect((await stage.preview({ sha: first }, { ...guard, ...given })).codes).toEqual([])
  })

  it('do not delete variables that the preview would be cloned with', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha: first }, { variables: 'LOG_LEVEL=' })
    expect(run.codes).toEqual(['empty-value', 'empty-value'])
    expect(run.errors.join()).toMatch(/"pr-7"/)
    expect(stage.railway.requests.every(({ kind }) => kind === 'query')).toBe(true)
    const allowed = { variables: 'LOG_LEVEL=', 'allow-empty-values': 'true' }
    expect((await stage.preview({ sha: first }, allowed)).codes).toEqual([])
  })

  it('do not delete variables that the preview already has, and name those that are new and empty', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const fresh = await stage.preview({ sha: first }, { variables: 'TOKEN=' })
    expect([fresh.codes, fresh.outputs.status]).toEqual([[], 'success'])
    expect(fresh.warnings.join()).toMatch(/with an empty value: shop\/web \(TOKEN\)/)
    expect((await stage.preview({ sha: first }, { variables: 'TOKEN=secret-1' })).codes).toEqual([])
    const erasing = await stage.preview({ sha: second }, { variables: 'TOKEN=' })
    expect(erasing.codes).toEqual(['empty-value', 'empty-value'])
  })

  it('redeploy a service only if they changed', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first }, given)
    const before = stage.deployed().length
    const same = await stage.preview({ sha: first }, given)
    expect(same.outputs.status).toBe('unchanged')
    expect(stage.deployed()).toHaveLength(before)
    await stage.preview({ sha: first }, { variables: 'LOG_LEVEL=debug' })
    expect(stage.deployed().slice(before)).toEqual(['web: 1111111', 'api: 1111111'])
  })

  it('set the image of services that run another tag of it in the clone, and of no others', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha: first }, { image: 'postgres:17' })
    expect(run.outputs.status).toBe('success')
    expect(stage.deployed()).toContain('Postgres: postgres:17')
    expect(stage.deployed()).toContain('web: 1111111')
  })

  it.each([
    ['variables-from', 'staging'],
    ['remove-variables', 'A'],
    ['shared-variables', 'true'],
  ])('are the only inputs that a preview takes: not %s', async (name, value) => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha: first }, { ...given, [name]: value })
    expect(run.codes).toEqual(['input-invalid'])
    expect(stage.railway.requests).toEqual([])
  })
})

describe('a run without secrets', () => {
  it.each([
    ['a fork', { fork: true }],
    ['Dependabot', { dependabot: true }],
  ])('of %s succeeds, with a notice', async (_, who) => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview(who, { token: '' })
    expect(run.exitCode).toBe(0)
    expect(run.outputs.status).toBe('skipped')
    expect(run.annotations.map(({ level }) => level)).toEqual(['notice'])
    expect(stage.railway.requests).toEqual([])
    expect(stage.github.requests).toEqual([])
  })
})

describe('GitHub permissions that are missing', () => {
  it('are one warning each, and no failure', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    stage.hub.permissions = { contents: 'read' }
    const run = await stage.preview({ sha: first })
    expect(run.exitCode).toBe(0)
    expect(run.warnings).toHaveLength(2)
    expect(run.warnings.join()).toMatch(/pull-requests: write[\s\S]*deployments: write/)
  })

  it('are not needed for functions that are switched off', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    stage.hub.permissions = { contents: 'read' }
    const run = await stage.preview(
      { sha: first },
      { comment: 'false', 'github-deployments': 'false' },
    )
    expect([run.exitCode, run.outputs['environment-created']]).toEqual([0, 'true'])
    expect(run.warnings).toEqual([])
    // Before a preview is created, the action requests the state of the pull request from GitHub.
    expect(stage.github.requests.map(({ route }) => route)).toEqual(['getPullRequest'])
  })
})

describe('pruning', () => {
  async function withPreviews() {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const shop = [...stage.world.projects.values()][0]
    for (const number of [7, 8, 9]) {
      await stage.preview({ number, sha: first })
      await stage.clock.sleepUntil(stage.clock.now())
    }
    if (shop) stage.world.environment(shop, 'pr-10')
    stage.hub.pullRequest(7, { state: 'closed', merged: true })
    stage.hub.pullRequest(8)
    return stage
  }

  async function pass({ clock }: PreviewStage, days: number) {
    const participant = clock.participant()
    participant.start()
    await participant.sleep(days * 86_400_000)
    participant.close()
  }

  it('deletes the previews of closed pull requests, and keeps all that are not certainly previews of one', async () => {
    const stage = await withPreviews()
    const dry = await stage.preview({}, { 'preview-action': 'prune', 'dry-run': 'true' })
    expect(dry.outputs.status).toBe('planned')
    expect(stage.environments('shop')).toHaveLength(5)
    const run = await stage.preview({}, { 'preview-action': 'prune' })
    expect(run.outputs.status).toBe('success')
    expect(stage.environments('shop')).toEqual(['production', 'pr-8', 'pr-9', 'pr-10'])
    const plan = run.json('plan')
    expect(plan).toEqual([
      expect.objectContaining({ action: 'delete-preview', environment: 'pr-7' }),
      expect.objectContaining({ action: 'keep', detail: 'pull request #8 is open' }),
      expect.objectContaining({ action: 'keep', detail: 'there is no pull request #9' }),
      expect.objectContaining({ action: 'keep', detail: expect.stringContaining('persistent') }),
    ])
    expect(stage.hub.deploymentStates()[0]).toBe('shop / pr-7: inactive')
    const again = await stage.preview({}, { 'preview-action': 'prune' })
    expect([again.exitCode, again.outputs.status]).toEqual([0, 'unchanged'])
  })

  it('deletes previews of open pull requests that were last deployed long ago', async () => {
    const stage = await withPreviews()
    await pass(stage, 20)
    await stage.preview({ number: 8, sha: second })
    const old = { 'preview-action': 'prune', 'older-than': '14d' }
    const young = await stage.preview({}, old)
    expect(stage.environments('shop')).toEqual(['production', 'pr-8', 'pr-9', 'pr-10'])
    expect(young.json('plan')).toContainEqual(
      expect.objectContaining({
        action: 'keep',
        environment: 'pr-8',
        detail: expect.stringMatching(
          /^pull request #8 is open, and it was last deployed \d minutes? ago$/,
        ),
      }),
    )
    await pass(stage, 15)
    const run = await stage.preview({}, old)
    expect(stage.environments('shop')).toEqual(['production', 'pr-9', 'pr-10'])
    expect(run.outputs.status).toBe('success')
    const again = await stage.preview({}, old)
    expect([again.outputs.status, again.outputs.changed]).toEqual(['unchanged', 'false'])
  })

  it.each<[string, FaultRule[], string, string]>([
    ['was deployed in the meantime', [], 'unchanged', 'it was deployed meanwhile'],
    [
      'cannot be read again',
      [{ operation: 'PreviewState', times: Infinity, fault: 'status-502-html' }],
      'skipped',
      'Railway did not report whether it was deployed meanwhile',
    ],
    [
      'may no longer be read',
      [quoting('PreviewState', 'Not Authorized')],
      'skipped',
      'Railway did not report whether it was deployed meanwhile',
    ],
  ])('keeps an old preview that %s', async (_, faults, status, message) => {
    const stage = await withPreviews()
    await pass(stage, 20)
    stage.hub.pullRequest(7, { state: 'open' })
    const slow = { kind: 'slow', seconds: 20 } as const
    for (const rule of [...faults, { operation: 'EnvironmentRecords', fault: slow }]) {
      stage.railway.inject(rule)
    }
    const service = [...stage.world.projects.values()][0]?.services.find(
      ({ name }) => name === 'web',
    )
    const deploy = () => service && stage.world.supersede(service, 'pr-8')
    if (faults.length === 0) stage.clock.at(stage.clock.now() + 15_000, deploy)
    const run = await stage.preview({}, { 'preview-action': 'prune', 'older-than': '14d' })
    expect(run.json('results')).toContainEqual(
      expect.objectContaining({ environment: 'pr-8', action: 'keep', status, message }),
    )
    expect(stage.environments('shop')).toContain('pr-8')
    expect(run.warnings.join().includes(message)).toBe(status === 'skipped')
    expect(run.exitCode).toBe(0)
  })

  it('is unchanged if there is no preview at all', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({}, { 'preview-action': 'prune', 'older-than': '14d' })
    expect([run.exitCode, run.outputs.status, run.outputs.changed]).toEqual([
      0,
      'unchanged',
      'false',
    ])
    expect(run.json('results')).toEqual([])
  })

  it('keeps everything if GitHub refuses the query', async () => {
    const stage = await withPreviews()
    stage.hub.permissions = { contents: 'read' }
    const run = await stage.preview({}, { 'preview-action': 'prune' })
    expect(run.exitCode).toBe(0)
    expect(stage.environments('shop')).toHaveLength(5)
    expect(run.warnings.join()).toContain('pull-requests: read')
  })
})

describe('the comment', () => {
  const revoke = (stage: PreviewStage) => stage.world.revoke(stage.token)

  it('no longer reports a preview as live when the next run fails before it begins', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first })
    expect(stage.hub.comments[0]?.body).toContain('is live')
    revoke(stage)
    const run = await stage.preview({ sha: second })
    expect(run.codes).toEqual(['token-invalid'])
    expect(stage.hub.comments).toHaveLength(1)
    expect(stage.hub.comments[0]?.body).toContain('❌ Preview `pr-7` failed\n')
    expect(stage.hub.comments[0]?.body).toContain('Railway does not recognize it')
    expect(stage.hub.deploymentStates()).toEqual(['shop / pr-7: success'])
  })

  it('is made by a run that fails before it begins, and gives the reason', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha: first }, { projects: 'nope' })
    expect(run.codes).toEqual(['project-not-in-scope'])
    expect(stage.hub.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(
        /❌ Preview `pr-7` failed\n[\s\S]*No project in workspace "Acme" matches "nope"/,
      ),
    ])
    expect(stage.hub.deployments).toEqual([])
  })

  it('of `deploy` gives the reason, too', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    revoke(stage)
    await stage.preview({}, { command: 'deploy', environment: 'production', comment: 'true' })
    expect(stage.hub.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('❌ Deployment to `production` failed\n'),
    ])
  })

  it('says that a preview could not be deleted, but is not made for that', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first })
    revoke(stage)
    const closed = await stage.preview({ action: 'closed' })
    expect(closed.codes).toEqual(['token-invalid'])
    expect(stage.hub.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(/could not be deleted\n[\s\S]*Railway does not recognize it/),
    ])
    await stage.preview({ action: 'closed', number: 8 })
    expect(stage.hub.comments).toHaveLength(1)
  })

  it.each([
    ['`check`', { command: 'check', comment: 'true' }],
    ['`list`', { command: 'list', comment: 'true' }],
    ['a dry run without `comment`', { 'dry-run': 'true', comment: 'false' }],
  ])('is not touched by %s that fails', async (_, inputs) => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    revoke(stage)
    const run = await stage.preview({}, inputs)
    expect(run.codes).toEqual(['token-invalid'])
    expect(stage.github.requests).toEqual([])
  })

  it('is found on any page, and is not a comment of a stranger who copied its marker', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const marker = '<!-- railway-workspace-deploy preview pr-7 -->'
    stage.hub.comment(7, `${marker}\nfrom a stranger`, {
      user: { id: 3, login: 'x', type: 'User' },
    })
    for (let index = 0; index < 120; index += 1) stage.hub.comment(7, `remark ${index}`)
    const step = { env: { GITHUB_ACTION: 'preview' } }
    await stage.preview({ sha: first }, {}, step)
    for (let index = 0; index < 120; index += 1) stage.hub.comment(7, `remark ${index}`)
    await stage.preview({ sha: second }, {}, step)
    const ours = stage.hub.comments.filter(({ body }) => body.startsWith(marker))
    expect(ours.map(({ body }) => body.includes('from a stranger'))).toEqual([true, false])
    expect(ours[1]?.body).toContain('2222222')
  })

  it('is one for each step', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({ sha: first }, {}, { env: { GITHUB_ACTION: 'one' } })
    await stage.preview({ sha: first }, {}, { env: { GITHUB_ACTION: 'two' } })
    expect(stage.hub.comments).toHaveLength(2)
  })

  it('is one for each shard, which it names', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world, { projects: ['shop', 'blog', 'docs', 'crm'] }),
    })
    const shards = ['1/2', '2/2', '1/2']
    for (const shard of shards) await stage.preview({ sha: first }, { shard })
    for (const shard of shards) await stage.preview({ action: 'closed' }, { shard })
    const lines = stage.hub.comments.map(({ body }) => body.split('\n'))
    expect(lines.map(([marker]) => marker)).toEqual([
      expect.stringMatching(/^<!-- railway-workspace-deploy \S+ pr-7 1\/2 -->$/),
      expect.stringMatching(/^<!-- railway-workspace-deploy \S+ pr-7 2\/2 -->$/),
    ])
    expect(lines.map(([, title]) => title)).toEqual([
      expect.stringContaining('Preview `pr-7` (shard 1 of 2)'),
      expect.stringContaining('Preview `pr-7` (shard 2 of 2)'),
    ])
  })

  it.each([
    ['created', {}, 'is live'],
    ['closed', { action: 'closed' }, 'was deleted'],
  ] as const)('is one for all shards if the preview is %s without them', async (_, event, end) => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world, { projects: ['shop', 'blog', 'docs', 'crm'] }),
    })
    for (const shard of ['1/2', '2/2']) await stage.preview({ sha: first }, { shard })
    expect(stage.hub.comments).toHaveLength(2)
    await stage.preview({ sha: first, ...event })
    expect(stage.hub.comments.map(({ body }) => body.split('\n').slice(0, 2))).toEqual([
      [
        expect.stringMatching(/^<!-- railway-workspace-deploy \S+ pr-7 -->$/),
        expect.stringContaining(`Preview \`pr-7\` ${end}`),
      ],
    ])
  })

  it('is one for each preview of a pull request, for any name', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const names = ['docs-<number>', 'Docs/<number>', 'a --> b <number>']
    for (const name of [...names, ...names]) {
      await stage.preview({ action: 'closed' }, { 'preview-name': name, projects: 'nope' })
      await stage.preview({ sha: first }, { 'preview-name': name, projects: 'nope' })
    }
    expect(stage.hub.comments.map(({ body }) => body.split('\n')[0])).toEqual([
      expect.stringMatching(/^<!-- railway-workspace-deploy \S+ docs-7 -->$/),
      expect.stringMatching(/^<!-- railway-workspace-deploy \S+ docs%2F7 -->$/),
      expect.stringMatching(/^<!-- railway-workspace-deploy \S+ a%20--%3E%20b%207 -->$/),
    ])
  })
})

describe("Railway's own pull request environments", () => {
  it('cause a warning if they are on, because both would make a preview', async () => {
    const stage = await setPreviewStage({
      fill(world) {
        const token = fillShop(world)
        for (const project of world.projects.values()) project.prDeploys = true
        return token
      },
    })
    const run = await stage.preview({ sha: first })
    expect(run.warnings.join()).toContain('Turn off pull request environments')
  })
})

describe('staged changes in a preview', () => {
  const staged = (stage: Awaited<ReturnType<typeof setPreviewStage>>, config: object) => {
    const environment = [...stage.world.projects.values()]
      .flatMap(({ environments }) => environments)
      .find(({ name }) => name === 'pr-7')
    const web = [...stage.world.services.values()].find(({ name }) => name === 'web')
    if (!environment || !web) throw new Error('there is no preview')
    stageChanges(stage.world, environment, { services: { [web.id]: config } }, { merge: true })
    return environment
  }
  const debug = { projects: '*', services: 'web', variables: 'LOG_LEVEL=debug' }
  const variable = (name: string) => ({ variables: { [name]: { value: 'of-a-person' } } })

  it('of somebody else are not committed', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({})
    const environment = staged(stage, variable('HALF_DONE'))
    const run = await stage.preview({}, debug)
    expect(run.codes).toEqual(['staged-changes'])
    expect(run.errors[0]).toContain('"pr-7" of project "shop"')
    expect(run.errors[0]).toContain('to prepare the preview')
    expect(environment.patches.at(-1)?.status).toBe('STAGED')
    expect(run.shown).not.toContain('of-a-person')
  })

  it('of an interrupted run are committed with its change', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({})
    const environment = staged(stage, variable('LOG_LEVEL'))
    const run = await stage.preview({}, debug)
    expect([run.exitCode, run.codes]).toEqual([0, []])
    expect(environment.patches.map(({ status }) => status)).not.toContain('STAGED')
  })

  it('do not matter if the run has nothing to commit', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    await stage.preview({})
    const environment = staged(stage, variable('HALF_DONE'))
    const run = await stage.preview({ sha: 'd'.repeat(40) })
    expect([run.exitCode, run.codes]).toEqual([0, []])
    expect(environment.patches.at(-1)?.status).toBe('STAGED')
  })
})
