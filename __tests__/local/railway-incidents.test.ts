import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  type Behaviour,
  planRefusals,
  type Script,
  scripts,
  type When,
} from '../../local/railway/index.ts'
import { bench, closeAll, type GraphQLAnswer } from './railway-harness.ts'

afterEach(closeAll)

const commit = 'c'.repeat(40)

async function shop(behaviour: Partial<Behaviour> = {}) {
  const started = await bench({ behaviour })
  const { ask, clock, railway, world } = started
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const production = world.environmentOf(project, 'production')
  const web = world.service(project, 'web', { source: { repo: 'acme/shop' }, in: ['production'] })
  const token = world.workspaceToken(acme)
  const dataOrMessage = ({ body }: GraphQLAnswer) => body.data ?? body.errors[0].message
  const look = async (query: string) => dataOrMessage(await ask(token, query))
  const readProject = () => look(`{ project(id: "${project.id}") { name } }`)
  const deploy = (sha = commit) =>
    look(
      `mutation { serviceInstanceDeployV2(serviceId: "${web.id}", environmentId: "${production.id}", commitSha: "${sha}") }`,
    )
  const create = (name: string) =>
    look(
      `mutation { environmentCreate(input: { projectId: "${project.id}", name: "${name}" }) { name } }`,
    )
  const upload = async () => {
    const path = `/project/${project.id}/environment/${production.id}/up?serviceId=${web.id}`
    const answer = await fetch(new URL(path, railway.url), {
      method: 'POST',
      headers: { 'content-type': 'application/gzip', authorization: `Bearer ${token}` },
      body: gzipSync(Buffer.alloc(1024)),
    })
    return [answer.status, await answer.text()]
  }
  /** A deployment with this script, so many seconds after it was made. */
  const scripted = async (script: Script, seconds: number) => {
    world.script(web, 'production', [script])
    const { serviceInstanceDeployV2: id } = await deploy()
    await clock.pass(seconds)
    const fields = 'status statusUpdatedAt createdAt meta'
    return (await look(`{ deployment(id: "${id}") { ${fields} } }`)).deployment
  }
  return {
    ...started,
    create,
    deploy,
    look,
    production,
    project,
    readProject,
    scripted,
    token,
    upload,
    web,
  }
}

type Shop = Awaited<ReturnType<typeof shop>>

const found = { project: { name: 'shop' } }
const moments: [string, When, (stage: Shop) => Promise<unknown>][] = [
  ['after a time', { seconds: 30 }, async ({ clock }) => clock.pass(30)],
  [
    'after some requests',
    { requests: 2 },
    async ({ readProject }) => [await readProject(), await readProject()],
  ],
  [
    'after a request of some kind',
    { requests: 1, root: 'serviceInstanceDeployV2' },
    async ({ deploy, readProject }) => [await readProject(), await readProject(), await deploy()],
  ],
]

describe.each(moments)('%s', (_, when, wait) => {
  it.each([
    [
      'the token is revoked',
      'Not Authorized',
      ({ token, world }: Shop) => world.revoke(token, when),
    ],
    [
      'the project is deleted',
      'Project not found',
      ({ project, world }: Shop) => world.deleteProject(project, when),
    ],
  ])('%s at the scheduled time, and not before', async (_, message, incident) => {
    const stage = await shop()
    incident(stage)
    await wait(stage).then((answers) => {
      if (Array.isArray(answers)) expect(answers.at(0)).toEqual(found)
    })
    expect(await stage.readProject()).toBe(message)
  })

  it('the plan refuses deployments with its message, and reads succeed', async () => {
    const stage = await shop()
    stage.world.refuse(planRefusals.trialEnded, { when })
    await wait(stage)
    const before = stage.world.newDeployments().length
    expect(await stage.deploy()).toBe(planRefusals.trialEnded)
    expect(await stage.upload()).toEqual([
      400,
      JSON.stringify({ message: planRefusals.trialEnded }),
    ])
    expect(await stage.readProject()).toEqual(found)
    expect(stage.world.newDeployments()).toHaveLength(before)
    expect(stage.railway.requests.at(-3)?.effect).toBe(false)
  })

  it('a second deployment of the same commit replaces the first one', async () => {
    const stage = await shop()
    const { clock, deploy, world, web } = stage
    await deploy()
    world.supersede(web, 'production', when)
    await wait(stage)
    await stage.readProject()
    await clock.pass(3)
    const made = world.newDeployments()
    expect(made.at(-1)).toMatchObject({ cause: 'push', commit, status: 'BUILDING' })
    expect(made.at(-2)).toMatchObject({ cause: 'api', commit, status: 'REMOVED' })
  })
})

describe('a change without a delay', () => {
  it.each([
    ['seconds', { seconds: 0 }],
    ['requests', { requests: 0 }],
  ])('is made immediately with no %s', async (_, when) => {
    const { readProject, token, world } = await shop()
    world.revoke(token, when)
    expect(await readProject()).toBe('Not Authorized')
  })
})

describe('a deleted environment', () => {
  it('ends its live and its unfinished deployments', async () => {
    const { deploy, look, production, web, world } = await shop()
    const { serviceInstanceDeployV2: id } = await deploy()
    world.deleteEnvironment(production)
    expect(world.deploymentsOf(web, 'production').map(({ status }) => status)).toEqual([
      'REMOVED',
      'REMOVED',
    ])
    expect(await look(`{ deployment(id: "${id}") { status } }`)).toEqual({
      deployment: { status: 'REMOVED' },
    })
    expect(await deploy()).toBe('Environment not found')
  })
})

describe('a refusal', () => {
  it('may be limited to one mutation, and be lifted', async () => {
    const { create, deploy, world } = await shop()
    world.refuse(planRefusals.environments, { roots: ['environmentCreate'] })
    expect(await create('pr-7')).toBe(planRefusals.environments)
    expect(await deploy()).toEqual({ serviceInstanceDeployV2: expect.any(String) })
    world.refusals.clear()
    expect(await create('pr-7')).toEqual({ environmentCreate: { name: 'pr-7' } })
  })
})

describe('a temporary state', () => {
  it('a commit is not found', async () => {
    const { clock, deploy, world } = await shop()
    world.hideCommit(commit, 20)
    expect(await deploy()).toBe(`Commit not found: ${commit}`)
    expect(await deploy('d'.repeat(40))).toEqual({ serviceInstanceDeployV2: expect.any(String) })
    await clock.pass(20)
    expect(await deploy()).toEqual({ serviceInstanceDeployV2: expect.any(String) })
  })

  it.each([
    ['already-exists', 'An environment named "pr-7" already exists in this project'],
    ['problem', 'Problem processing request'],
  ] as const)('a name is reserved: %s', async (nameReservedError, message) => {
    const { clock, create, project, world } = await shop({ nameReservedError })
    world.reserveName(project, 'pr-7', 60)
    expect(await create('pr-7')).toBe(message)
    await clock.pass(60)
    expect(await create('pr-7')).toEqual({ environmentCreate: { name: 'pr-7' } })
  })

  it('a deployment is crashed, and recovers', async () => {
    const { scripted, clock, world } = await shop()
    expect(await scripted(scripts.crashesThenRecovers, 52)).toMatchObject({ status: 'CRASHED' })
    await clock.pass(45)
    expect(world.newDeployments()).toMatchObject([{ status: 'SUCCESS' }])
  })
})

describe('the meta of a deployment', () => {
  it.each([
    [scripts.skippedByWatchPaths, 1, 'No changes to watched files'],
    [scripts.skippedByChecks, 60, 'A check suite of the commit failed'],
    [scripts.skippedInPreview, 0, 'The service is not affected by the pull request'],
    [{ ...scripts.skipped, skippedReason: 'Because' }, 1, 'Because'],
  ])('has the reason for a skipped deployment: %#', async (script, seconds, skippedReason) => {
    const { scripted } = await shop()
    const { meta, status } = await scripted(script, seconds)
    expect(status).toBe('SKIPPED')
    expect(meta).toMatchObject({ commitHash: commit, branch: 'main', skippedReason })
  })

  it('has no reason before the deployment is skipped, or if the script has none', async () => {
    const { scripted } = await shop()
    expect((await scripted(scripts.skippedByChecks, 30)).meta).not.toHaveProperty('skippedReason')
    expect((await scripted(scripts.skipped, 1)).meta).not.toHaveProperty('skippedReason')
  })

  it('has the reason if checks failed', async () => {
    const { deploy, look, production, world } = await shop({ apiDeployWaitsForChecks: true })
    for (const trigger of production.triggers) trigger.checkSuites = true
    const { serviceInstanceDeployV2: id } = await deploy()
    world.finishChecks('acme/shop', commit, 'failed')
    expect(await look(`{ deployment(id: "${id}") { status meta } }`)).toMatchObject({
      deployment: {
        status: 'SKIPPED',
        meta: { skippedReason: 'A check suite of the commit failed' },
      },
    })
  })

  it('lists errors of the configuration', async () => {
    const { clock, scripted } = await shop()
    const begin = clock.now()
    expect(await scripted(scripts.configInvalid, 1)).toMatchObject({
      status: 'FAILED',
      createdAt: new Date(begin).toISOString(),
      statusUpdatedAt: new Date(begin + 1000).toISOString(),
      meta: { configErrors: scripts.configInvalid.configErrors },
    })
  })

  it('names the image and its digest', async () => {
    const { look, project, production, world } = await shop()
    const image = 'postgres:16'
    const service = world.service(project, 'db', { source: { image }, in: ['production'] })
    const { serviceInstance } = await look(
      `{ serviceInstance(environmentId: "${production.id}", serviceId: "${service.id}") { latestDeployment { meta } } }`,
    )
    expect(serviceInstance.latestDeployment.meta).toMatchObject({
      image,
      imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
  })
})
