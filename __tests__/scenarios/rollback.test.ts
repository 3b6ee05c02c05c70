import { describe, expect, it } from '@jest/globals'
import { faultCatalogue, scripts, type World } from '../../local/railway/index.ts'
import { changesMade, plan, results, rows, stage } from './fleet.ts'

const first = 'a'.repeat(40)
const second = 'b'.repeat(40)
const live = 'c'.repeat(40)

/**
 * Services with earlier deployments: two built from this repository, one from an image, one without a target for a
 * rollback.
 */
function shop(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const source = { repo: 'acme/shop' }
  const history = [{ commit: first }, { commit: second }]
  const web = world.service(project, 'web', { source, history, live: { commit: live } })
  const api = world.service(project, 'api', {
    source,
    history: [
      { commit: first, variables: { MODE: 'then' } },
      { commit: second, canRollback: false },
    ],
    live: { commit: live },
    variables: { MODE: 'now' },
  })
  const image = { image: 'ghcr.io/acme/mailer:2' }
  world.service(project, 'mailer', {
    source: image,
    history: [{ digest: `sha256:${'1'.repeat(64)}` }],
  })
  world.service(project, 'fresh', { source: image, live: { commit: live } })
  return { token: world.workspaceToken(acme), web, api }
}

const rollback = { command: 'rollback' }

describe('a rollback', () => {
  it('returns each service to the newest deployment that Railway can return to, variables included', async () => {
    const { run, world } = await stage(shop)
    const transcript = await run(rollback)
    expect(transcript.exitCode).toBe(0)
    expect(transcript.outputs.status).toBe('success')
    expect(transcript.outputs.changed).toBe('true')
    expect(results(transcript)).toEqual([
      'shop/web: rollback rolled-back',
      'shop/api: rollback rolled-back',
    ])
    expect(world.snapshot()).toMatchObject({
      'shop/production/web': { commit: second },
      'shop/production/api': { commit: first, variables: { MODE: 'then' } },
    })
    const made = world.newDeployments()
    expect(made.map(({ cause }) => cause)).toEqual(['rollback', 'rollback'])
    expect(JSON.parse(transcript.outputs['deployment-ids'] ?? '')).toEqual(made.map(({ id }) => id))
  })

  it('is shown by `dry-run`: the old and the new deployment, with commit and age', async () => {
    const { run, railway } = await stage(shop)
    const transcript = await run({ ...rollback, 'dry-run': 'true' })
    expect(plan(transcript)).toEqual([
      'shop/web: rollback, from ccccccc (60 minutes ago) to bbbbbbb (2 days ago); variables return to the values of that deployment',
      'shop/api: rollback, from ccccccc (60 minutes ago) to aaaaaaa (3 days ago); variables return to the values of that deployment',
    ])
    expect(transcript.summary).toContain('from ccccccc')
    expect(changesMade(railway)).toEqual([])
  })

  it('distinguishes images by their digest', async () => {
    const { run, world } = await stage(shop)
    const transcript = await run({ ...rollback, projects: 'shop', services: 'mailer' })
    expect(results(transcript)).toEqual(['shop/mailer: rollback rolled-back'])
    expect(world.snapshot()['shop/production/mailer']?.image).toContain('1'.repeat(64))
  })

  it('skips deployments of the commit that is live', async () => {
    const { run, world } = await stage((world) => {
      const acme = world.workspace('Acme')
      const history = [{ commit: first }, { commit: live }, { commit: live.toUpperCase() }]
      world.service(world.project(acme, 'shop'), 'web', {
        source: { repo: 'acme/shop' },
        history,
        live: { commit: live },
      })
      return { token: world.workspaceToken(acme) }
    })
    const transcript = await run(rollback)
    expect(results(transcript)).toEqual(['shop/web: rollback rolled-back'])
    expect(world.snapshot()).toMatchObject({ 'shop/production/web': { commit: first } })
    expect(transcript.summary).toContain('variables at that time')
  })

  it('is unavailable if every earlier deployment is of the commit that is live', async () => {
    const { run, railway } = await stage((world) => {
      const acme = world.workspace('Acme')
      world.service(world.project(acme, 'shop'), 'web', {
        source: { repo: 'acme/shop' },
        history: [{ commit: live }, { commit: live }],
        live: { commit: live },
      })
      return { token: world.workspaceToken(acme) }
    })
    const transcript = await run(rollback)
    expect(transcript.outputs['error-code']).toBe('rollback-unavailable')
    expect(changesMade(railway)).toEqual([])
  })

  it('sets the image source back, so that the next deployment does not use the newer image', async () => {
    const { run, world } = await stage((world) => {
      const acme = world.workspace('Acme')
      const source = { image: 'ghcr.io/acme/api:1.0.0' }
      world.service(world.project(acme, 'shop'), 'api', { source })
      return { token: world.workspaceToken(acme) }
    })
    const selected = { projects: 'shop', services: 'api' }
    await run({ ...selected, image: 'ghcr.io/acme/api:2.0.0' })
    const transcript = await run({ ...rollback, ...selected })
    expect(results(transcript)).toEqual(['shop/api: rollback rolled-back'])
    await run({ ...selected, command: 'variables', variables: 'A=1' })
    expect(world.newDeployments().map(({ image }) => image?.split('@')[0])).toEqual([
      'ghcr.io/acme/api:2.0.0',
      'ghcr.io/acme/api:1.0.0',
      'ghcr.io/acme/api:1.0.0',
    ])
  })

  it('is refused as a whole if one service has no target', async () => {
    const { run, railway } = await stage(shop)
    const transcript = await run({ ...rollback, projects: 'shop', services: '*' })
    expect(transcript.exitCode).toBe(1)
    expect(transcript.codes).toEqual(['rollback-unavailable'])
    expect(transcript.errors[0]).toContain('Service "fresh" of project "shop"')
    expect(changesMade(railway)).toEqual([])
  })

  it('reads the histories of all in one request, and takes a change and a poll for each', async () => {
    const { run, railway } = await stage(shop)
    await run(rollback)
    const names = railway.requests.map(({ operationName }) => operationName)
    expect(names.filter((name) => name === 'ServiceHistories')).toHaveLength(1)
    expect(names.filter((name) => name === 'RollBackTo')).toHaveLength(2)
    expect(names.filter((name) => name === 'ServiceDeployments')).toHaveLength(2)
  })

  it('reads further pages if the first page has no target', async () => {
    const { run, world } = await stage((world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      const past = Array.from({ length: 70 }, () => ({ canRollback: false }))
      const history = [{ commit: first }, ...past]
      world.service(project, 'web', { source: { repo: 'acme/shop' }, history })
      return { token: world.workspaceToken(acme) }
    })
    const transcript = await run(rollback)
    expect(results(transcript)).toEqual(['shop/web: rollback rolled-back'])
    expect(world.snapshot()['shop/production/web']?.commit).toBe(first)
  })

  it('that fails is a failed job', async () => {
    const { run } = await stage((world) => {
      const made = shop(world)
      world.script(made.web, 'production', [scripts.healthcheckFails])
      return made
    })
    const transcript = await run(rollback)
    expect(transcript.exitCode).toBe(1)
    expect(transcript.outputs.status).toBe('partial')
    expect(results(transcript)).toEqual([
      'shop/web: rollback failed',
      'shop/api: rollback rolled-back',
    ])
  })

  it('whose response is lost does not adopt the deployment of a push', async () => {
    const { run, world, clock } = await stage(shop, {
      faults: [{ root: 'deploymentRollback', fault: 'reset-after-effect' }],
    })
    const running = run({ ...rollback, projects: 'shop', services: 'web' })
    clock.at(clock.now() + 2_000, () => void world.push('acme/shop', 'main', 'd'.repeat(40)))
    const transcript = await running
    const made = world.newDeployments().filter(({ service }) => service === 'web')
    expect(made.map(({ cause }) => cause)).toEqual(['rollback', 'push'])
    expect(rows(transcript)[0]?.deploymentId).toBe(made[0]?.id)
  })
})

describe('a fault on the rollback itself', () => {
  it.each(Object.keys(faultCatalogue))(
    '%s: one deployment at most, and a true report',
    async (name) => {
      const fault = faultCatalogue[name as keyof typeof faultCatalogue]
      const { run, world, railway } = await stage(shop, {
        faults: [{ root: 'deploymentRollback', fault }],
      })
      const transcript = await run({ ...rollback, projects: 'shop', services: 'web' })
      expect(railway.injected).toHaveLength(1)
      const made = world.newDeployments()
      expect(made.length).toBeLessThanOrEqual(1)
      const [row] = rows(transcript)
      const served = world.snapshot()['shop/production/web']?.commit
      const ends = [
        { status: 'rolled-back', served: second, exitCode: 0, made: [row?.deploymentId] },
        { status: 'refused', served: live, exitCode: 1, made: [] },
      ]
      expect(ends).toContainEqual({
        status: row?.status,
        served,
        exitCode: transcript.exitCode,
        made: made.map(({ id }) => id),
      })
      expect({ [name]: row?.status }).toMatchSnapshot()
    },
  )
})
