import { describe, expect, it } from '@jest/globals'
import { largeWorkspace, type World } from '../../local/railway/index.ts'
import { pullRequest, workflowDispatch } from '../../local/runner/index.ts'
import { commit, repository, setStage } from './stage.ts'

/** Two projects with services of this repository, a database, and a service of another repository. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  for (const name of ['shop', 'shop-eu']) {
    const project = world.project(acme, name, { environments: ['production', 'staging'] })
    world.service(project, 'web', { source: { repo: repository }, domain: true })
    world.service(project, 'api', { source: { repo: 'Acme/Shop' } })
    world.service(project, 'postgres', { source: { image: 'postgres:16' } })
  }
  const other = world.project(acme, 'billing')
  world.service(other, 'invoices', { source: { repo: 'acme/billing' } })
  return world.workspaceToken(acme)
}

const started = (world: World) =>
  world.newDeployments().map(({ project, service, commit }) => ({ project, service, commit }))

describe('deploy without patterns', () => {
  it('deploys the services built from this repository, at the commit, in every project', async () => {
    const { run, world } = await setStage({ fill })
    const result = await run({ environment: 'production' })
    expect(result.codes).toEqual([])
    expect(result.exitCode).toBe(0)
    expect(result.outputs.status).toBe('success')
    expect(result.outputs.changed).toBe('true')
    expect(started(world)).toEqual([
      { project: 'shop', service: 'web', commit },
      { project: 'shop', service: 'api', commit },
      { project: 'shop-eu', service: 'web', commit },
      { project: 'shop-eu', service: 'api', commit },
    ])
    expect(result.leaked).toEqual([])
  })

  it('makes two requests for the token, one for the inventory, one for config files, and one mutation a service', async () => {
    const { run, railway } = await setStage({ fill })
    await run({ environment: 'production' })
    const names = railway.requests.map(({ operationName }) => operationName)
    expect(names.slice(0, 3).sort()).toEqual(['TokenWorkspaces', 'WhoAmI', 'WorkspaceProjects'])
    expect(names[3]).toBe('ResolvedConfigFiles')
    expect(names.slice(4, 8)).toEqual(Array(4).fill('DeployService'))
    expect(new Set(names.slice(8))).toEqual(new Set(['ServedDeployments']))
    expect(railway.requests.every(({ url }) => url.includes('?source='))).toBe(true)
  })

  it('deploys the head of a pull request, not its merge commit', async () => {
    const { run, world } = await setStage({ fill })
    const sha = 'b'.repeat(40)
    await run({ environment: 'staging', projects: 'shop' }, { event: pullRequest({ sha }) })
    expect(started(world).map((one) => one.commit)).toEqual([sha, sha])
  })

  it('takes the commit of the input, and the newest for `latest`', async () => {
    const { run, world } = await setStage({ fill })
    const sha = 'c'.repeat(40)
    const event = workflowDispatch()
    await run({ environment: 'staging', projects: 'shop', 'commit-sha': sha }, { event })
    const result = await run(
      { environment: 'production', projects: 'shop', 'commit-sha': 'latest', force: 'true' },
      { event },
    )
    expect(result.codes).toEqual([])
    const head = world.head(repository)
    expect(started(world).map((one) => one.commit)).toEqual([sha, sha, head, head])
    expect(result.json('deployment-ids')).toHaveLength(2)
  })

  it('fails and lists the services if nothing is built from this repository', async () => {
    const { run, railway } = await setStage({ fill })
    const result = await run({ environment: 'production', projects: 'billing' })
    expect(result.exitCode).toBe(1)
    expect(result.codes).toEqual(['service-not-found'])
    expect(result.errors[0]).toContain('"invoices" (acme/billing)')
    expect(railway.requests.some(({ kind }) => kind === 'mutation')).toBe(false)
  })
})

describe('deploy with patterns', () => {
  it.each([
    ['a literal in any case', { projects: 'SHOP', services: 'Web' }, ['shop/web']],
    [
      'globs',
      { projects: 'shop*', services: '*e*' },
      ['shop/web', 'shop/postgres', 'shop-eu/web', 'shop-eu/postgres'],
    ],
    [
      'exclusions',
      { projects: '*\n!shop-eu\n!billing', services: '*\n!postgres' },
      ['shop/web', 'shop/api'],
    ],
    ['comments and blank lines', { projects: '# ours\n\nshop\n', services: 'api' }, ['shop/api']],
  ])('picks by %s', async (_, inputs, expected) => {
    const { run, world } = await setStage({ fill })
    const result = await run({ environment: 'production', ...inputs })
    expect(result.codes).toEqual([])
    expect(started(world).map(({ project, service }) => `${project}/${service}`)).toEqual(expected)
  })

  it('picks by id', async () => {
    const { run, world } = await setStage({ fill })
    const [service] = [...world.services.values()]
    const environment = [...world.environments.values()][0]?.id ?? ''
    const projects = service?.project.id ?? ''
    const result = await run({ environment, projects, services: service?.id ?? '' })
    expect(result.codes).toEqual([])
    expect(started(world)).toEqual([{ project: 'shop', service: 'web', commit }])
  })

  it('sends a commit only to services of this repository', async () => {
    const { run, railway } = await setStage({ fill })
    await run({
      environment: 'production',
      projects: 'billing\nshop',
      services: 'invoices\npostgres\napi',
    })
    const sent = railway.requests
      .filter(({ operationName }) => operationName === 'DeployService')
      .map(({ variables }) => variables.commitSha ?? null)
    expect(sent).toEqual([commit, null, null])
  })
})

describe('a commit that is already deployed', () => {
  it('does not redeploy a live service', async () => {
    const { run, railway } = await setStage({ fill })
    await run({ environment: 'production' })
    const before = railway.requests.length
    const again = await run({ environment: 'production' })
    expect(again.outputs.status).toBe('unchanged')
    expect(again.outputs.changed).toBe('false')
    expect(again.exitCode).toBe(0)
    expect(railway.requests.length - before).toBe(3)
  })

  it('deploys it again with `force`', async () => {
    const { run, world } = await setStage({ fill })
    await run({ environment: 'production', projects: 'shop' })
    const again = await run({ environment: 'production', projects: 'shop', force: 'true' })
    expect(again.outputs.status).toBe('success')
    expect(world.newDeployments()).toHaveLength(4)
  })

  it('adopts the deployment of Railway’s own push trigger, and waits for it', async () => {
    const { run, world, railway } = await setStage({ fill })
    world.push(repository, 'main', commit)
    const pushed = world.newDeployments().length
    const result = await run({ environment: 'production' })
    expect(result.outputs.status).toBe('success')
    expect(result.outputs.changed).toBe('false')
    expect(world.newDeployments()).toHaveLength(pushed)
    expect(railway.requests.some(({ kind }) => kind === 'mutation')).toBe(false)
    expect(result.json('plan')).toContainEqual(
      expect.objectContaining({ action: 'adopt', project: 'shop', service: 'web' }),
    )
  })

  it('warns of services that Railway deploys on pushes to this branch', async () => {
    const { run } = await setStage({ fill })
    const result = await run({ environment: 'production', projects: 'shop' })
    expect(result.warnings).toContainEqual(expect.stringContaining('shop/web, shop/api'))
    const elsewhere = await run(
      { environment: 'staging', projects: 'shop' },
      { event: workflowDispatch({ branch: 'release' }) },
    )
    expect(elsewhere.warnings).toEqual([
      expect.stringContaining('shop/web (follows main), shop/api (follows main)'),
    ])
  })
})

describe('a commit that Railway does not know', () => {
  it('is refused for each service, and nothing is deployed', async () => {
    const { run, world } = await setStage({
      fill: (world) => {
        world.limitCommits(repository, ['d'.repeat(40)])
        return fill(world)
      },
    })
    const result = await run({ environment: 'production', projects: 'shop' })
    expect(result.codes).toEqual(['commit-not-found', 'commit-not-found'])
    expect(result.errors[0]).toContain(commit.slice(0, 12))
    expect(started(world)).toEqual([])
  })
})

describe('dry-run', () => {
  it('prints the plan in log and summary and changes nothing', async () => {
    const { run, railway } = await setStage({ fill })
    const result = await run({ environment: 'production', 'dry-run': 'true' })
    expect(result.outputs.status).toBe('planned')
    expect(result.outputs.changed).toBe('false')
    expect(railway.requests.filter(({ kind }) => kind === 'mutation')).toEqual([])
    expect(result.json('plan')).toHaveLength(4)
    expect(result.shown).toContain('shop/web')
    expect(result.summary).toContain('`deploy`')
  })

  it('says `unchanged` when there is nothing to do', async () => {
    const { run } = await setStage({ fill })
    await run({ environment: 'production' })
    const result = await run({ environment: 'production', 'dry-run': 'true' })
    expect(result.outputs.status).toBe('unchanged')
  })
})

describe('40 projects and 200 services', () => {
  it('are deployed and waited for with at most 230 requests', async () => {
    let fleet: ReturnType<typeof largeWorkspace> | undefined
    const { run, world, railway } = await setStage({
      fill: (world) => {
        fleet = largeWorkspace(world, { projects: 40, servicesPerProject: 5 })
        return fleet.token
      },
    })
    const result = await run({ environment: 'production', projects: '*', services: '*' })
    expect(result.codes).toEqual([])
    expect(world.newDeployments().filter(({ status }) => status === 'SUCCESS')).toHaveLength(200)
    expect(railway.requests.length).toBeLessThanOrEqual(230)
    expect(result.outputs.requests).toBe(String(railway.requests.length))
    expect(railway.requests.filter(({ status }) => status === 429)).toEqual([])
  })
})

describe('1,000 projects with 3 services each', () => {
  it('are read completely, with one request per page', async () => {
    const { run, railway } = await setStage({
      fill: (world) => largeWorkspace(world, { projects: 1000, servicesPerProject: 3 }).token,
    })
    const result = await run({ command: 'list' })
    expect(result.codes).toEqual([])
    expect(railway.requests).toHaveLength(9)
    expect(result.shown).toContain('1000 projects, 1000 environments, 3000 services')
    // GitHub accepts one megabyte per output; the rest is in the report file.
    const { include } = result.json('matrix') as { include: unknown[] }
    expect(include.length).toBeGreaterThan(1_000)
  })
})

describe('a deployment that may not bring the commit where it is expected', () => {
  const fillRenamed = (world: World) => {
    const acme = world.workspace('Acme')
    const project = world.project(acme, 'shop')
    world.service(project, 'web', { source: { repo: repository, branch: 'release' } })
    world.service(project, 'api', { source: { repo: 'acme/old-shop' } })
    return world.workspaceToken(acme)
  }
  const inputs = { environment: 'production', projects: 'shop' }

  it('warns of a service that follows another branch', async () => {
    const { run } = await setStage({ fill: fillRenamed })
    const result = await run(inputs)
    expect(result.outputs.status).toBe('success')
    expect(result.warnings).toEqual([
      expect.stringContaining('shop/web (follows release) in environment "production"'),
    ])
  })

  it('warns of a named service of another repository, with its commit', async () => {
    const { run, world } = await setStage({ fill: fillRenamed })
    const result = await run({ ...inputs, services: 'api' })
    const [project] = world.projects.values()
    const api = project?.services.find(({ name }) => name === 'api')
    if (!api) throw new Error('no service')
    expect(result.outputs.status).toBe('success')
    expect(result.warnings).toEqual([expect.stringContaining('shop/api (acme/old-shop, at ')])
    expect(started(world).map((one) => one.commit)).not.toEqual([commit])
  })

  it('warns of both in a dry run', async () => {
    const { run } = await setStage({ fill: fillRenamed })
    const result = await run({ ...inputs, services: 'web\napi', 'dry-run': 'true' })
    expect(result.warnings).toHaveLength(2)
  })
})

describe('a service whose automatic deployments are switched off', () => {
  const fillOff =
    (autoDeploy: boolean, branch = 'main') =>
    (world: World) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      world.service(project, 'web', { source: { repo: repository, branch }, autoDeploy: false })
      world.service(project, 'api', { source: { repo: repository, branch }, autoDeploy })
      return world.workspaceToken(acme)
    }
  const inputs = { environment: 'production', projects: 'shop' }

  it('is not warned about, and takes no request of its own', async () => {
    const { run, railway } = await setStage({ fill: fillOff(false) })
    const result = await run(inputs)
    expect(result.warnings).toEqual([])
    const queries = railway.requests.filter(
      ({ operationName }) => operationName !== 'DeployService',
    )
    expect(queries.slice(0, 4).map(({ operationName }) => operationName)).toEqual([
      expect.any(String),
      expect.any(String),
      'WorkspaceProjects',
      'ResolvedConfigFiles',
    ])
    expect(queries.slice(4).map(({ operationName }) => operationName)).toEqual(
      Array(queries.length - 4).fill('ServedDeployments'),
    )
  })

  it('is not in the warning about another service', async () => {
    const { run } = await setStage({ fill: fillOff(true) })
    const result = await run(inputs)
    expect(result.warnings).toEqual([
      expect.stringContaining('on each push to branch "main": shop/api in environment'),
    ])
  })

  it('is not warned about for its branch', async () => {
    const { run } = await setStage({ fill: fillOff(true, 'release') })
    const result = await run({ ...inputs, 'dry-run': 'true' })
    expect(result.warnings).toEqual([
      expect.stringContaining('shop/api (follows release) in environment "production"'),
    ])
  })

  it.each(['refused', 'problem', 'truncated', 'silence-before-effect'] as const)(
    'is warned about if Railway does not report that: %s',
    async (fault) => {
      const { run } = await setStage({
        fill: fillOff(false),
        faults: [{ operation: 'ResolvedConfigFiles', fault }],
      })
      const result = await run(inputs)
      expect(result.outputs.status).toBe('success')
      expect(result.warnings).toEqual([expect.stringContaining('"main": shop/web, shop/api in')])
    },
  )
})
