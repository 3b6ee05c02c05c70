import { describe, expect, it } from '@jest/globals'
import { scripts, type World } from '../../local/railway/index.ts'
import { changesMade, plan, results, stage } from './fleet.ts'

const old = 'ghcr.io/acme/api:1.4.0'
const wanted = 'ghcr.io/acme/api:1.5.0'

/** Two projects that run the image at different tags, beside a database and a service built from code. */
function fleet(world: World) {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  const shopEu = world.project(acme, 'shop-eu')
  world.service(shop, 'Postgres', { source: { image: 'postgres:16' } })
  const web = world.service(shop, 'web', { source: { repo: 'acme/shop' } })
  const api = world.service(shop, 'api', { source: { image: old }, domain: true })
  const apiEu = world.service(shopEu, 'api', { source: { image: 'ghcr.io/acme/api:1.3.9' } })
  return { shop, shopEu, web, api, apiEu, token: world.workspaceToken(acme) }
}

const imagesOf = (world: World) =>
  Object.fromEntries(
    Object.entries(world.snapshot()).map(([name, serving]) => [
      name.replace('/production', ''),
      serving?.image?.split('@')[0] ?? serving?.commit?.slice(0, 7) ?? null,
    ]),
  )

describe('an image without `services`', () => {
  it('updates every service that runs another tag of it, and nothing else', async () => {
    const { run, world, railway } = await stage(fleet)
    const transcript = await run({ image: wanted })
    expect(transcript.exitCode).toBe(0)
    expect(results(transcript)).toEqual(['shop/api: deploy success', 'shop-eu/api: deploy success'])
    expect(imagesOf(world)).toMatchObject({
      'shop/api': wanted,
      'shop/Postgres': 'postgres:16',
    })
    expect(world.newDeployments().map(({ image, status }) => [image, status])).toEqual([
      [wanted, 'SUCCESS'],
      [wanted, 'SUCCESS'],
    ])
    expect(changesMade(railway).toSorted()).toEqual([
      'serviceInstanceDeployV2',
      'serviceInstanceDeployV2',
      'serviceInstanceUpdate',
      'serviceInstanceUpdate',
    ])
    const sent = (root: string) =>
      railway.requests.filter(({ roots }) => roots.includes(root)).map(({ variables }) => variables)
    expect(
      sent('serviceInstanceUpdate').map((variables) => typeof variables.environmentId),
    ).toEqual(['string', 'string'])
    expect(sent('serviceInstanceDeployV2').filter((variables) => 'commitSha' in variables)).toEqual(
      [],
    )
  })

  it('changes nothing the second time', async () => {
    const { run, railway } = await stage(fleet)
    await run({ image: wanted })
    const before = changesMade(railway).length
    const again = await run({ image: wanted })
    expect(again.outputs.status).toBe('unchanged')
    expect(again.outputs.changed).toBe('false')
    expect(changesMade(railway)).toHaveLength(before)
  })

  it('redeploys a tag that may have changed in the meantime', async () => {
    const { run, world } = await stage((world) => {
      const acme = world.workspace('Acme')
      const shop = world.project(acme, 'shop')
      world.service(shop, 'api', { source: { image: 'ghcr.io/acme/api' } })
      return { token: world.workspaceToken(acme) }
    })
    const transcript = await run({ image: 'ghcr.io/acme/api:latest' })
    expect(results(transcript)).toEqual(['shop/api: deploy success'])
    expect(world.newDeployments()).toHaveLength(1)
  })

  it('says that no service runs it', async () => {
    const { run, railway } = await stage(fleet)
    const transcript = await run({ image: 'ghcr.io/acme/worker:1' })
    expect(transcript.outputs['error-code']).toBe('service-not-found')
    expect(transcript.errors[0]).toContain('runs the image ghcr.io/acme/worker')
    expect(changesMade(railway)).toEqual([])
  })

  it('is planned without a change', async () => {
    const { run, railway } = await stage(fleet)
    const transcript = await run({ image: wanted, 'dry-run': 'true' })
    expect(transcript.outputs.status).toBe('planned')
    expect(plan(transcript)).toEqual([
      `shop/api: deploy, image ${wanted}, in place of ${old}`,
      `shop-eu/api: deploy, image ${wanted}, in place of ghcr.io/acme/api:1.3.9`,
    ])
    expect(changesMade(railway)).toEqual([])
  })
})

describe('a service that is built from a repository', () => {
  it('is not switched to an image by a glob, and nothing is changed', async () => {
    const { run, railway } = await stage(fleet)
    const transcript = await run({ image: wanted, projects: 'shop', services: '*' })
    expect(transcript.outputs['error-code']).toBe('input-invalid')
    expect(transcript.errors.join()).toContain(
      'shop/web in environment "production" is built from the repository',
    )
    expect(changesMade(railway)).toEqual([])
  })

  it('is switched if it is named', async () => {
    const { run, world } = await stage(fleet)
    const transcript = await run({ image: wanted, projects: 'shop', services: 'web' })
    expect(results(transcript)).toEqual(['shop/web: deploy success'])
    expect(imagesOf(world)['shop/web']).toBe(wanted)
  })
})

describe('a service that runs another image', () => {
  it('is not switched by a glob, and nothing is changed', async () => {
    const { run, railway } = await stage(fleet)
    const transcript = await run({ image: wanted, projects: 'shop', services: '*\n!web' })
    expect(transcript.codes).toEqual(['input-invalid'])
    expect(transcript.errors[0]).toContain(
      'shop/Postgres in environment "production" runs postgres:16',
    )
    expect(changesMade(railway)).toEqual([])
  })

  it('is switched if it is named, with a warning', async () => {
    const { run } = await stage(fleet)
    const transcript = await run({
      image: wanted,
      projects: 'shop',
      services: 'Postgres',
      'dry-run': 'true',
    })
    const warning = transcript.annotations.find(({ level }) => level === 'warning')
    expect(warning?.message).toContain('shop/Postgres (runs postgres:16)')
  })

  it('that was fed by uploads is not switched by a glob either', async () => {
    const { run, railway } = await stage((world) => {
      const made = fleet(world)
      world.service(made.shop, 'uploaded', { source: 'none' })
      return made
    })
    const transcript = await run({ image: wanted, projects: 'shop', services: 'api*\nup*' })
    expect(transcript.errors[0]).toContain(
      'shop/uploaded in environment "production" has no source',
    )
    expect(changesMade(railway)).toEqual([])
  })
})

describe('a private image', () => {
  it('gets its credentials, which are never shown', async () => {
    const { run, world, api } = await stage(fleet)
    const transcript = await run(
      {
        image: wanted,
        projects: 'shop',
        'registry-username': 'robot-of-acme',
        'registry-password': 'pa55::error::wörd%0A',
      },
      { debug: true },
    )
    expect(transcript.exitCode).toBe(0)
    expect(world.instance(api, 'production').registryCredentials).toEqual({
      username: 'robot-of-acme',
      password: 'pa55::error::wörd%0A',
    })
    expect(transcript.leaks('robot-of-acme')).toEqual([])
    expect(transcript.leaks('pa55::error::wörd%0A')).toEqual([])
  })

  it('gets credentials that no refusal of Railway shows', async () => {
    const password = 'pa55 of the registry'
    const { run } = await stage(fleet, {
      faults: [
        {
          operation: 'UpdateService',
          fault: { kind: 'error', message: `no login with ${password}`, code: 'BAD_USER_INPUT' },
          times: Infinity,
        },
      ],
    })
    const transcript = await run({
      image: wanted,
      projects: 'shop',
      'registry-username': 'robot-of-acme',
      'registry-password': password,
    })
    expect(transcript.codes).toEqual(['operation-not-permitted'])
    const texts = [transcript.summary, JSON.stringify(transcript.outputs), ...transcript.errors]
    expect(texts.join()).not.toContain(password)
  })

  describe('has a user name that is not shown', () => {
    const username = 'gitlab-deploy-token-4711'
    const credentials = {
      image: wanted,
      projects: 'shop',
      'registry-username': username,
      'registry-password': 'pa55 of the registry',
    }
    const message = `no login for ${username}`

    it('if a refusal of Railway repeats it', async () => {
      const { run } = await stage(fleet, {
        faults: [
          {
            operation: 'DeployService',
            fault: { kind: 'error', message, code: 'BAD_USER_INPUT' },
            times: Infinity,
          },
        ],
      })
      const transcript = await run(credentials)
      expect(transcript.codes).toEqual(['operation-not-permitted'])
      expect(transcript.leaks(username)).toEqual([])
      expect(transcript.errors[0]).toContain('no login for ***')
    })

    it.each(['buildLog', 'deployLog'] as const)('if the log repeats it: %s', async (log) => {
      const { run, world, api } = await stage(fleet)
      world.script(api, 'production', [{ ...scripts.crashes, [log]: [message] }])
      const transcript = await run(credentials)
      expect(transcript.codes).toEqual(['deployment-failed'])
      expect(transcript.leaks(username)).toEqual([])
    })

    it('unless it is a name that the run shows anyway', async () => {
      const { run, world, api } = await stage(fleet)
      world.script(api, 'production', [{ ...scripts.crashes, deployLog: ['acme/shop'] }])
      const transcript = await run({ ...credentials, 'registry-username': 'acme' })
      expect(transcript.shown).toContain('acme/shop')
    })
  })

  it('needs both parts of the credentials', async () => {
    const { run } = await stage(fleet)
    const transcript = await run({ image: wanted, 'registry-password': 'pa55word!' })
    expect(transcript.outputs['error-code']).toBe('input-invalid')
    expect(transcript.errors[0]).toContain('registry-username')
    expect(transcript.leaks('pa55word!')).toEqual([])
  })
})

describe('the deployment that went live', () => {
  it('does not have the requested tag', async () => {
    const { run, world } = await stage((world) => {
      const made = fleet(world)
      world.script(made.api, 'production', [
        { steps: ['SUCCESS'], meta: { image: old, imageDigest: `sha256:${'0'.repeat(64)}` } },
      ])
      return made
    })
    const transcript = await run({ image: wanted, projects: 'shop' })
    expect(transcript.outputs['error-code']).toBe('commit-mismatch')
    expect(transcript.errors[0]).toContain(`${old}@sha256:000`)
    expect(world.newDeployments()).toHaveLength(1)
  })

  it('does not have the requested digest', async () => {
    const requested = `ghcr.io/acme/api@sha256:${'a'.repeat(64)}`
    const { run } = await stage((world) => {
      const made = fleet(world)
      world.script(made.api, 'production', [
        {
          steps: ['SUCCESS'],
          meta: {
            image: `ghcr.io/acme/api@sha256:${'c'.repeat(64)}`,
            imageDigest: `sha256:${'b'.repeat(64)}`,
          },
        },
      ])
      return made
    })
    const transcript = await run({ image: requested, projects: 'shop' })
    expect(transcript.outputs['error-code']).toBe('commit-mismatch')
  })

  it('has the digest of an index, although Railway reports the digest of a platform', async () => {
    const requested = `ghcr.io/acme/api@sha256:${'a'.repeat(64)}`
    const { run } = await stage((world) => {
      const made = fleet(world)
      const platform = `sha256:${'b'.repeat(64)}`
      world.script(made.api, 'production', [{ steps: ['SUCCESS'], digest: platform }])
      return made
    })
    const transcript = await run({ image: requested, projects: 'shop' })
    expect(results(transcript)).toEqual(['shop/api: deploy success'])
    const again = await run({ image: requested, projects: 'shop' })
    expect(again.outputs.status).toBe('unchanged')
  })
})
