import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { type Run, repository, setStage } from './stage.ts'
import { refer } from './variables-stage.ts'

const live = 'b'.repeat(40)
const inputs = { command: 'variables', environment: 'production', projects: 'shop' }

/** A chain of references: web uses api, which uses the database through a shared variable. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  const source = { repo: repository }
  world.service(shop, 'db', {
    source: { image: 'postgres:17' },
    variables: { HOST: 'old.internal', URL: `db://${refer('HOST')}` },
  })
  world.service(shop, 'api', {
    source,
    live: { commit: live },
    variables: { DB: refer('shared.DB') },
  })
  world.service(shop, 'web', {
    source,
    live: { commit: live },
    variables: { API: refer('api.DB') },
  })
  world.service(shop, 'docs', { source, live: { commit: live } })
  world.sharedVariables(world.environmentOf(shop, 'production'), { DB: refer('db.URL') })
  return world.workspaceToken(acme)
}

const rows = (run: Run) =>
  (run.json('results') as { service: string; action: string; status: string }[]).map(
    ({ service, action, status }) => `${service} ${action} ${status}`,
  )
const started = (world: World) =>
  world.newDeployments().map(({ service, commit, image }) => `${service}: ${commit ?? image}`)

describe('a variable that others refer to', () => {
  it('takes effect in all of them, each once, in the live deployments', async () => {
    const { run, world } = await setStage({ fill })
    const result = await run({ ...inputs, services: 'db', variables: 'HOST=new.internal' })
    expect(result.codes).toEqual([])
    expect(rows(result)).toEqual([
      'db set-variables success',
      'db deploy success',
      'api deploy success',
      'web deploy success',
    ])
    expect(started(world)).toEqual(['db: postgres:17', `api: ${live}`, `web: ${live}`])
    expect(world.snapshot()['shop/production/web']?.variables.API).toBe('db://new.internal')
  })

  it('waits for every change that a service needs, and deploys it once', async () => {
    const { run, world } = await setStage({ fill })
    const result = await run({ ...inputs, services: 'db\nweb', variables: 'HOST=new.internal' })
    expect(rows(result)).toEqual([
      'db set-variables success',
      'db deploy success',
      'api deploy success',
      'web set-variables success',
      'web deploy success',
    ])
    expect(started(world).filter((one) => one.startsWith('web'))).toHaveLength(1)
  })

  it('is named with `redeploy: false`, with all who use it', async () => {
    const { run, world } = await setStage({ fill })
    const more = { services: 'db', variables: 'HOST=new.internal', redeploy: 'false' }
    const result = await run({ ...inputs, ...more })
    expect(started(world)).toEqual([])
    const warning = result.warnings.find((one) => one.includes('until their next deployment'))
    expect(warning).toContain('shop/db')
    expect(warning).toContain('shop/api')
    expect(warning).toContain('shop/web')
    expect(warning).not.toContain('docs')
  })
})

describe('the live deployment if variables change', () => {
  it('stays, although it was rolled back from another commit', async () => {
    const good = 'a'.repeat(40)
    const { run, world } = await setStage({
      fill: (world) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop')
        const source = { repo: repository }
        world.service(shop, 'web', { source, history: [{ commit: good }], live: { commit: live } })
        return world.workspaceToken(acme)
      },
    })
    const back = await run({ ...inputs, command: 'rollback', services: 'web' })
    const result = await run({ ...inputs, services: 'web', variables: 'A=1' })
    expect([back.codes, result.codes]).toEqual([[], []])
    const web = world.snapshot()['shop/production/web']
    expect(web).toMatchObject({ commit: good, variables: { A: '1' } })
  })

  it('stays, although it was rolled back from another image', async () => {
    const { run, world } = await setStage({
      fill: (world) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop')
        world.service(shop, 'web', { source: { image: 'acme/app:1' } })
        return world.workspaceToken(acme)
      },
    })
    const bad = await run({ ...inputs, command: 'deploy', services: 'web', image: 'acme/app:2' })
    const back = await run({ ...inputs, command: 'rollback', services: 'web' })
    const result = await run({ ...inputs, services: 'web', variables: 'A=1' })
    expect([bad.codes, back.codes, result.codes]).toEqual([[], [], []])
    const web = world.snapshot()['shop/production/web']
    expect(web).toMatchObject({
      image: expect.stringMatching(/^acme\/app:1@/),
      variables: { A: '1' },
    })
  })

  it('stays, although Railway has associated another commit in the meantime', async () => {
    const { run, world } = await setStage({ fill })
    const docs = [...world.services.values()].find(({ name }) => name === 'docs')
    if (docs) world.script(docs, 'production', [{ steps: ['FAILED'] }])
    world.push(repository, 'main', 'c'.repeat(40))
    const result = await run({ ...inputs, services: 'docs', variables: 'A=1' })
    expect(result.codes).toEqual([])
    expect(world.snapshot()['shop/production/docs']).toMatchObject({
      commit: live,
      variables: { A: '1' },
    })
    expect(result.json('plan')).toMatchObject([
      { action: 'set-variables' },
      { action: 'deploy', detail: 'commit bbbbbbb, which is live, with the new variables' },
    ])
  })
})
