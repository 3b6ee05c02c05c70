import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

const tested = 'a'.repeat(40)
const older = 'd'.repeat(40)
const digest = `sha256:${'1'.repeat(64)}`

const inputs = { environment: 'production', 'from-environment': 'staging' }

interface Live {
  staging: string | false
  production: string | false
}

const fill =
  (...services: Live[]) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
    const live = (sha: string | false) => (sha === false ? sha : { commit: sha })
    for (const [index, { staging, production }] of services.entries()) {
      world.service(shop, `web${index}`, {
        source: { repo: repository },
        per: { staging: { live: live(staging) }, production: { live: live(production) } },
      })
    }
    world.service(shop, 'mailer', {
      source: { image: 'ghcr.io/acme/mailer:main' },
      per: { staging: { live: { digest } }, production: { live: {} } },
    })
    return world.workspaceToken(acme)
  }

const started = (world: World) =>
  world.newDeployments().map((one) => `${one.service}: ${one.commit ?? one.image?.split(' ')[0]}`)

describe('a promotion', () => {
  it('deploys the live version of the other environment, service by service', async () => {
    const { run, world, railway } = await setPreviewStage({
      fill: fill(
        { staging: tested, production: older },
        { staging: commit, production: false },
        { staging: older, production: older },
      ),
    })
    const result = await run(inputs)
    expect(result.codes).toEqual([])
    expect(started(world)).toEqual([`web0: ${tested}`, `web1: ${commit}`])
    expect(result.json('results')).toMatchObject([
      { service: 'web0', status: 'success' },
      { service: 'web1', status: 'success' },
      { service: 'web2', status: 'unchanged' },
    ])
    expect(result.json('plan')).toMatchObject([
      { detail: expect.stringMatching(/^commit aaaaaaa from staging .* in place of ddddddd$/) },
      { detail: expect.stringMatching(/^commit 4f2c1d9 from staging \([^)]*\)$/) },
      { action: 'keep' },
    ])
    const before = railway.requests.length
    const again = await run(inputs)
    expect(again.outputs.status).toBe('unchanged')
    expect(railway.requests.length - before).toBe(3)
  })

  it('uses the digest of an image if the service is named, once', async () => {
    const stage = await setPreviewStage({ fill: fill() })
    const { run, world } = stage
    const selected = { ...inputs, projects: 'shop', services: 'mailer' }
    world.digests.set(`ghcr.io/acme/mailer@${digest}`, digest)
    const result = await run(selected)
    expect(result.codes).toEqual([])
    expect(started(world)).toEqual([`mailer: ghcr.io/acme/mailer@${digest}`])
    const again = await run(selected)
    expect(again.outputs.status).toBe('unchanged')
  })

  it('says that it promotes an older commit, and does', async () => {
    const { run, world, hub, github } = await setPreviewStage({
      fill: fill({ staging: older, production: tested }),
    })
    hub.commits.set(older, { sha: older, parents: [], files: [] })
    hub.commits.set(tested, { sha: tested, parents: [older], files: [] })
    const result = await run(inputs, { github: { apiUrl: github.url } })
    expect(started(world)).toEqual([`web0: ${older}`])
    expect(result.json('plan')).toMatchObject([
      { detail: expect.stringContaining('older commit is promoted') },
    ])
  })

  it.each<[string, (world: World) => string, string]>([
    ['was never deployed', fill({ staging: false, production: older }), 'never deployed'],
    [
      'is fed by uploads',
      (world) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
        world.service(shop, 'web0', {
          per: {
            staging: { source: 'none', live: {} },
            production: { source: { repo: repository } },
          },
        })
        return world.workspaceToken(acme)
      },
      'uploads',
    ],
    [
      'does not exist',
      (world) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
        world.service(shop, 'web0', { source: { repo: repository }, in: ['production'] })
        return world.workspaceToken(acme)
      },
      'does not exist in environment "staging"',
    ],
  ])('is refused before any change for a service that %s', async (_, fillWorld, words) => {
    const { run, world } = await setPreviewStage({ fill: fillWorld })
    const result = await run(inputs)
    expect(result.codes).toEqual(['source-not-live'])
    expect(result.errors.join()).toContain(words)
    expect(world.newDeployments()).toEqual([])
  })

  it('is refused if there is no such environment', async () => {
    const { run } = await setPreviewStage({ fill: fill({ staging: tested, production: older }) })
    const result = await run({ ...inputs, 'from-environment': 'stagin' })
    expect(result.codes).toEqual(['environment-not-found'])
  })
})
