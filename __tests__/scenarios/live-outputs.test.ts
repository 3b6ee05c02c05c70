import { describe, expect, it } from '@jest/globals'
import { scripts, type World } from '../../local/railway/index.ts'
import { stage } from './fleet.ts'
import { commit, type Run, repository } from './stage.ts'

const before = 'b'.repeat(40)
const digest = `sha256:${'d'.repeat(64)}`

/** A service that is live at an older commit, an image, and a service that was never deployed. */
function fill(world: World) {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const web = world.service(shop, 'web', {
    source: { repo: repository },
    live: { commit: before },
    domain: 'web.up.railway.app',
    per: { production: { customDomain: 'shop.example.com' } },
  })
  const cache = world.service(shop, 'cache', {
    source: { image: 'redis:7.4.1' },
    live: { digest },
    in: ['production'],
  })
  world.service(shop, 'empty', { source: 'none', in: ['production'] })
  return { token: world.workspaceToken(acme), shop, web, cache }
}

type Service = Record<string, string | null>

const first = (run: Run): { services: Service[] } => {
  const projects: { services: Service[] }[] = JSON.parse(run.outputs.projects ?? '[]')
  return projects[0] ?? { services: [] }
}

const table = (run: Run, output: 'matrix' | 'project-matrix'): Service[] =>
  JSON.parse(run.outputs[output] ?? '{}').include

describe('the outputs of list', () => {
  it('contain the live commit or image, and null if nothing is live', async () => {
    const { run } = await stage(fill)
    const listed = await run({ command: 'list' })
    expect(first(listed).services).toMatchObject([
      {
        name: 'web',
        repository,
        image: null,
        commit: before,
        digest: null,
        status: 'SUCCESS',
        deploymentId: expect.stringMatching(/./),
        url: 'https://shop.example.com',
      },
      { name: 'cache', image: 'redis:7.4.1', commit: null, digest, status: 'SUCCESS', url: null },
      {
        name: 'empty',
        repository: null,
        image: null,
        commit: null,
        digest: null,
        status: null,
        deploymentId: null,
        url: null,
      },
    ])
    expect(table(listed, 'matrix')[0]).toMatchObject({
      project: 'shop',
      service: 'web',
      commit: before,
      url: 'https://shop.example.com',
    })
  })

  it('have one entry per project and environment in project-matrix', async () => {
    const { run, shop } = await stage(fill)
    const listed = await run({ command: 'list', environment: '' })
    expect(table(listed, 'project-matrix')).toEqual(
      ['production', 'staging'].map((environment) => ({
        project: 'shop',
        'project-id': shop.id,
        environment,
        'environment-id': shop.environments.find(({ name }) => name === environment)?.id,
      })),
    )
  })

  it.each(['check', 'list'])('have the commit in the summary of %s', async (command) => {
    const { run } = await stage(fill)
    const { summary } = await run({ command })
    expect(summary).toContain(`[bbbbbbb](https://github.com/${repository}/commit/${before})`)
    expect(summary).toContain(`redis:7.4.1@sha256:ddd`)
  })
})

describe('the outputs of deploy', () => {
  it('contain the deployments that the run made live, not those that it found', async () => {
    const { run, web, shop } = await stage(fill)
    const deployed = await run({})
    const [result] = JSON.parse(deployed.outputs.results ?? '[]')
    expect(result).toMatchObject({
      project: 'shop',
      projectId: shop.id,
      environmentId: shop.environments[0]?.id,
      serviceId: web.id,
      commit,
      url: 'https://shop.example.com',
    })
    const [live] = first(deployed).services
    expect(live).toMatchObject({ commit, deploymentId: result.deploymentId, status: 'SUCCESS' })
    expect(table(deployed, 'matrix')[0]?.commit).toBe(commit)
    expect(deployed.json('plan')).toMatchObject([{ action: 'deploy', from: before, to: commit }])
  })

  it('contain the deployment that stays live when a deployment fails', async () => {
    const { run, world, web } = await stage(fill)
    world.script(web, 'production', [scripts.buildFails])
    const failed = await run({})
    expect(failed.json('results')).toMatchObject([{ status: 'failed', commit }])
    expect(first(failed).services[0]).toMatchObject({ commit: before, status: 'SUCCESS' })
  })

  it('contain the deployment that is live again after a rollback of the run', async () => {
    const { run, world, web, shop } = await stage(fill)
    const api = world.service(shop, 'api', { source: { repo: repository }, in: ['production'] })
    world.script(api, 'production', [scripts.buildFails])
    const back = await run({ 'on-failure': 'rollback' })
    expect(back.outputs.status).toBe('failure')
    expect(first(back).services.find(({ id }) => id === web.id)).toMatchObject({ commit: before })
  })

  it('go from one image to another in the plan', async () => {
    const { run } = await stage(fill)
    const plan = await run({
      image: 'redis:7.4.2',
      services: 'cache',
      projects: 'shop',
      'dry-run': 'true',
    })
    expect(plan.json('plan')).toMatchObject([
      { action: 'deploy', from: `redis@${digest}`, to: 'redis:7.4.2' },
    ])
  })

  it('have no target for a service that is kept', async () => {
    const { run } = await stage(fill)
    const plan = await run({ 'commit-sha': before, 'dry-run': 'true' })
    expect(plan.json('plan')).toMatchObject([{ action: 'keep', from: before, to: before }])
  })
})

describe('environment-name', () => {
  const twoProjects = (world: World) => {
    const acme = world.workspace('Acme')
    for (const name of ['shop', 'blog']) {
      const project = world.project(acme, name, { environments: ['production', 'staging'] })
      world.service(project, 'web', { source: { repo: repository } })
    }
    return { token: world.workspaceToken(acme) }
  }

  it.each([
    ['is the name of all selected environments', { environment: 'production' }, 'production'],
    ['is empty for environments of several names', { environment: '', projects: 'shop' }, ''],
    ['is that of the only one', { environment: 'staging', projects: 'shop' }, 'staging'],
  ])('%s', async (_, inputs, name) => {
    const { run } = await stage(twoProjects)
    const listed = await run({ command: 'list', ...inputs })
    expect(listed.outputs['environment-name']).toBe(name)
  })
})

describe('a matrix', () => {
  const services = (count: number) => (world: World) => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    for (let index = 1; index <= count; index += 1) {
      world.service(shop, `web-${index}`, { source: { repo: repository } })
    }
    return { token: world.workspaceToken(acme) }
  }

  it('of 257 entries gets one warning that names the alternatives', async () => {
    const { run } = await stage(services(257))
    const { warnings } = await run({ command: 'list' })
    expect(warnings.filter((one) => one.includes('`matrix` has 257 entries'))).toEqual([
      expect.stringMatching(/256.*`project-matrix`, which has 1 entry.*`shard`/),
    ])
  })

  it('of 256 entries gets none', async () => {
    const { run } = await stage(services(256))
    expect((await run({ command: 'list' })).warnings).toEqual([])
  })
})

describe('a public address', () => {
  const withDomains = (options: object) => (world: World) => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    world.service(shop, 'web', { source: { repo: repository }, ...options })
    return { token: world.workspaceToken(acme) }
  }

  it.each([
    [
      'a verified custom domain',
      { domain: 'web.up.railway.app', customDomain: 'shop.example.com' },
      'https://shop.example.com',
    ],
    [
      "Railway's own before an unverified one",
      {
        domain: 'web.up.railway.app',
        customDomain: 'shop.example.com',
        customDomainVerified: false,
      },
      'https://web.up.railway.app',
    ],
    [
      'none rather than an unverified one',
      { customDomain: 'shop.example.com', customDomainVerified: false },
      '',
    ],
  ])('is %s, everywhere it is shown', async (_, options, url) => {
    const { run } = await stage(withDomains(options))
    for (const inputs of [{ command: 'list' }, { command: 'deploy' }]) {
      const result = await run(inputs)
      expect(result.exitCode).toBe(0)
      expect(result.outputs.url).toBe(url)
      const shown = JSON.stringify([result.outputs, result.summary, result.log])
      expect(shown.includes('shop.example.com')).toBe(url.includes('shop.example.com'))
    }
  })
})
