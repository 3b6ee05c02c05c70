import { describe, expect, it } from '@jest/globals'
import { type Script, scripts, type World } from '../../local/railway/index.ts'
import { changesMade, results, rows, stage } from './fleet.ts'
import { repository } from './stage.ts'

interface Faulty {
  service: string
  script: Script
}

/** Four services of one project, in another order than that of the deployment. */
const shop = (faulty?: Faulty) => (world: World) => {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  for (const name of ['web', 'worker', 'api', 'db']) {
    const service = world.service(project, name, { source: { repo: repository }, trigger: false })
    if (faulty?.service === name) world.script(service, 'production', [faulty.script])
  }
  return { token: world.workspaceToken(acme) }
}

const order = 'db\n{api,worker}'

/** When each service's own deployment was made, in seconds. */
function startsOf(world: World, start: number): Record<string, number> {
  return Object.fromEntries(
    world
      .newDeployments()
      .map(({ service, createdAt }) => [service, Math.round((createdAt - start) / 1000)]),
  )
}

describe('`order`', () => {
  it('starts a wave when the one before it is healthy, not merely accepted', async () => {
    const { run, world, clock } = await stage(shop())
    const transcript = await run({ order })
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    const { db = 0, api = 0, worker = 0, web = 0 } = startsOf(world, clock.start)
    // It takes 52 s until it is live, and some more until that is verified.
    expect(api - db).toBeGreaterThan(55)
    expect(Math.abs(api - worker)).toBeLessThan(3)
    expect(web - api).toBeGreaterThan(55)
    expect(world.newDeployments()).toHaveLength(4)
  })

  it('shows the plan in the order of its waves', async () => {
    const { run, railway } = await stage(shop())
    const transcript = await run({ order, 'dry-run': 'true' })
    const waves = transcript.lines.flatMap(
      (line) => /^deploy +shop\/(\w+) .*(\(wave.*\))$/.exec(line)?.slice(1).join(' ') ?? [],
    )
    expect(waves).toEqual([
      'db (wave 1 of 3)',
      'worker (wave 2 of 3)',
      'api (wave 2 of 3)',
      'web (wave 3 of 3)',
    ])
    expect(changesMade(railway)).toEqual([])
  })

  it('puts the canary before the first wave', async () => {
    const { run, world, clock } = await stage(shop())
    const transcript = await run({ order, canary: 'web' })
    expect(transcript.outputs.status).toBe('success')
    const names = world.newDeployments().map(({ service }) => service)
    expect(names).toEqual(['web', 'db', 'worker', 'api'])
    const { web = 0, db = 0 } = startsOf(world, clock.start)
    expect(db - web).toBeGreaterThan(55)
    expect(transcript.stdout).toMatch(/deploy +shop\/web .*\(canary\)/)
    expect(transcript.stdout).toMatch(/deploy +shop\/api .*\(wave 2 of 2\)/)
  })

  it.each([
    ['fails', scripts.buildFails, 'failed', 'deployment-failed'],
    [
      'crashes soon after it was live',
      { steps: [{ status: 'SUCCESS', seconds: 3 }, 'CRASHED'] },
      'failed',
      'deployment-failed',
    ],
    ['is skipped', scripts.skipped, 'skipped', 'deployment-skipped'],
    ['never ends', scripts.never, 'timed-out', 'deployment-timeout'],
  ] satisfies [string, Script, string, string][])(
    'starts no later wave when an earlier one %s, and reports it once',
    async (_, script, status, code) => {
      const { run, world } = await stage(shop({ service: 'db', script }))
      const transcript = await run({ order, timeout: '5m' })
      expect([transcript.exitCode, transcript.codes]).toEqual([1, [code]])
      expect(results(transcript)).toEqual([
        'shop/web: deploy not-started',
        'shop/worker: deploy not-started',
        'shop/api: deploy not-started',
        `shop/db: deploy ${status}`,
      ])
      expect(rows(transcript)[0]?.message).toBe(
        `shop/db in an earlier wave is not healthy: ${status}`,
      )
      expect(world.newDeployments()).toHaveLength(1)
    },
  )

  it('starts no later wave when a service in the middle fails; the rest of its wave is followed to its end', async () => {
    const { run } = await stage(shop({ service: 'api', script: scripts.buildFails }))
    const transcript = await run({ order, 'fail-fast': 'true' })
    expect(results(transcript)).toEqual([
      'shop/web: deploy not-started',
      'shop/worker: deploy success',
      'shop/api: deploy failed',
      'shop/db: deploy success',
    ])
    expect(transcript.codes).toEqual(['deployment-failed'])
  })

  it('rolls every wave back with `on-failure: rollback`', async () => {
    const { run, world } = await stage(shop({ service: 'api', script: scripts.buildFails }))
    const before = world.snapshot()
    const transcript = await run({ order, 'on-failure': 'rollback' })
    expect(world.snapshot()).toEqual(before)
    expect(rows(transcript).map(({ service, status }) => `${service} ${status}`)).toEqual([
      'web not-started',
      'worker rolled-back',
      'api failed',
      'db rolled-back',
      'worker rolled-back',
      'db rolled-back',
    ])
  })

  it('writes the variables of a wave when its turn comes', async () => {
    const { run, world, railway } = await stage(shop({ service: 'db', script: scripts.buildFails }))
    const before = world.snapshot()
    const transcript = await run({
      command: 'variables',
      projects: 'shop',
      services: '*',
      variables: 'NEW=1',
      order,
    })
    expect(transcript.exitCode).toBe(1)
    expect(changesMade(railway)).toEqual(['variableCollectionUpsert', 'serviceInstanceDeployV2'])
    expect(world.snapshot()['shop/production/web']).toEqual(before['shop/production/web'])
  })

  it('orders images too', async () => {
    const { run, world, clock } = await stage((world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      for (const name of ['web', 'api']) {
        world.service(project, name, { source: { image: 'acme/app:1' } })
      }
      return { token: world.workspaceToken(acme) }
    })
    const transcript = await run({ image: 'acme/app:2', order: 'api' })
    expect(transcript.outputs.status).toBe('success')
    const { web = 0, api = 0 } = startsOf(world, clock.start)
    expect(web - api).toBeGreaterThan(15)
  })

  it('orders rollbacks', async () => {
    const { run, world, clock } = await stage((world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      const history = [{ commit: 'c'.repeat(40) }]
      for (const name of ['web', 'api']) {
        world.service(project, name, { source: { repo: repository }, history, trigger: false })
      }
      return { token: world.workspaceToken(acme) }
    })
    const transcript = await run({ command: 'rollback', projects: 'shop', order: 'api\nweb' })
    expect(results(transcript)).toEqual([
      'shop/web: rollback rolled-back',
      'shop/api: rollback rolled-back',
    ])
    const { web = 0, api = 0 } = startsOf(world, clock.start)
    expect(web - api).toBeGreaterThan(12)
  })

  it('continues if an earlier wave is live already', async () => {
    const { run, world } = await stage(shop())
    await run({ services: 'db', projects: 'shop' })
    const transcript = await run({ order })
    expect(transcript.outputs.status).toBe('success')
    expect(world.newDeployments()).toHaveLength(4)
  })

  it('is refused for a service that was not selected, and changes nothing', async () => {
    const { run, railway } = await stage(shop())
    const transcript = await run({ order: 'db\nbilling' })
    expect(transcript.codes).toEqual(['input-invalid'])
    expect(transcript.errors[0]).toContain(
      'It matches none of the selected services: "web", "worker", "api", "db"',
    )
    expect(changesMade(railway)).toEqual([])
  })

  it('warns of a name in braces that was not selected', async () => {
    const { run } = await stage(shop())
    const transcript = await run({ order: '{db,billing}', 'dry-run': 'true' })
    expect(transcript.warnings).toEqual([expect.stringContaining('"billing"')])
  })

  it.each([
    ['without waiting', { wait: 'false' }],
    ['for a preview', { command: 'preview' }],
  ])('is refused %s', async (_, more) => {
    const { run, railway } = await stage(shop())
    const transcript = await run({ order, ...more })
    expect(transcript.codes).toContain('input-invalid')
    expect(railway.requests).toEqual([])
  })
})
