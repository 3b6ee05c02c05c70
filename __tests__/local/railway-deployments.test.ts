import { afterEach, describe, expect, it } from '@jest/globals'
import { type Behaviour, commandLines, type Script, scripts } from '../../local/railway/index.ts'
import type { ServiceOptions } from '../../local/railway/world-options.ts'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

const sha = (digit: string) => digit.repeat(40)

async function web(options: ServiceOptions = {}, behaviour: Partial<Behaviour> = {}) {
  const started = await bench({ behaviour })
  const { ask, world } = started
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  const production = world.environmentOf(shop, 'production')
  const source = { repo: 'acme/shop' }
  const service = world.service(shop, 'web', { source, live: { commit: sha('0') }, ...options })
  const token = world.workspaceToken(acme)
  const place = `environmentId: "${production.id}", serviceId: "${service.id}"`
  const read = async (fields: string, id: string) =>
    (await ask(token, `{ deployment(id: "${id}") { ${fields} } }`)).body.data?.deployment
  return {
    ...started,
    acme,
    shop,
    production,
    service,
    token,
    place,
    read,
    /** Deploys and returns the id, or the message of the error. */
    async deploy(commit?: string): Promise<string> {
      const sha = commit ? `, commitSha: "${commit}"` : ''
      const { body } = await ask(token, `mutation { serviceInstanceDeployV2(${place}${sha}) }`)
      return body.data?.serviceInstanceDeployV2 ?? body.errors[0].message
    },
    async mutate(mutation: string) {
      const { body } = await ask(token, `mutation { ${mutation} }`)
      return body.data ?? body.errors[0].message
    },
    status: async (id: string): Promise<string> => (await read('status', id)).status,
    script: (...next: Script[]) => world.script(service, 'production', next),
    serving: () => world.snapshot()['shop/production/web'],
  }
}

describe('a deployment', () => {
  it('moves through its statuses as time passes, and not otherwise', async () => {
    const { clock, deploy, status } = await web()
    const id = await deploy(sha('a'))
    const seen: string[] = []
    for (const seconds of [0, 2, 40, 10]) {
      await clock.pass(seconds)
      seen.push(await status(id))
    }
    expect(seen).toEqual(['QUEUED', 'BUILDING', 'DEPLOYING', 'SUCCESS'])
  })

  it('has a time for its status that does not depend on the time of the query', async () => {
    const { clock, deploy, read } = await web()
    const start = clock.now()
    const id = await deploy(sha('a'))
    await clock.pass(1000)
    const { statusUpdatedAt } = await read('statusUpdatedAt', id)
    expect(Date.parse(statusUpdatedAt)).toBe(start + 52_000)
  })

  it('replaces the live deployment when it goes live', async () => {
    const { clock, deploy, serving, status, world, service } = await web()
    const before = world.deploymentsOf(service)[0]?.id ?? ''
    await deploy(sha('a'))
    await clock.pass(51)
    expect([await status(before), serving()?.commit]).toEqual(['SUCCESS', sha('0')])
    await clock.pass(1)
    expect([await status(before), serving()?.commit]).toEqual(['REMOVED', sha('a')])
  })

  it('does not change the live deployment if it fails', async () => {
    const { clock, deploy, script, serving, status } = await web()
    script(scripts.buildFails)
    const id = await deploy(sha('a'))
    await clock.pass(60)
    expect([await status(id), serving()?.commit]).toEqual(['FAILED', sha('0')])
  })

  it('is superseded by a newer one that starts before it is finished', async () => {
    const { clock, deploy, serving, status } = await web()
    const first = await deploy(sha('a'))
    await clock.pass(30)
    const second = await deploy(sha('b'))
    expect([await status(first), await status(second)]).toEqual(['REMOVED', 'QUEUED'])
    await clock.pass(60)
    expect(serving()?.commit).toBe(sha('b'))
  })

  it('is not superseded by one that is skipped', async () => {
    const { clock, deploy, script, status } = await web()
    script(scripts.succeeds, scripts.skipped)
    const first = await deploy(sha('a'))
    const second = await deploy(sha('b'))
    await clock.pass(60)
    expect([await status(first), await status(second)]).toEqual(['SUCCESS', 'SKIPPED'])
  })

  it.each([
    ['crashes', 60, 'CRASHED', null],
    ['crashesLater', 60, 'SUCCESS', sha('a')],
    ['crashesLater', 200, 'CRASHED', null],
    ['sleeps', 200, 'SLEEPING', sha('a')],
    ['needsApproval', 9999, 'NEEDS_APPROVAL', sha('0')],
    ['unknown', 50, 'TELEPORTING', sha('0')],
  ] as const)('%s: after %d s it is %s', async (name, seconds, expected, commit) => {
    const { clock, deploy, script, serving, status } = await web()
    script(scripts[name])
    const id = await deploy(sha('a'))
    await clock.pass(seconds)
    expect(await status(id)).toBe(expected)
    // A crash at the start was never live; a later one leaves nothing behind.
    expect(serving()?.commit ?? null).toBe(name === 'crashes' ? sha('0') : commit)
  })

  it('may make another commit live than the requested one', async () => {
    const { clock, deploy, read, script, serving } = await web()
    script({ ...scripts.succeeds, commit: sha('f') })
    const id = await deploy(sha('a'))
    await clock.pass(60)
    expect((await read('meta', id)).meta.commitHash).toBe(sha('f'))
    expect(serving()?.commit).toBe(sha('f'))
  })

  it('waits in the queue until the workspace has a free builder', async () => {
    const { acme, clock, place, shop, status, world, ask, token, production } = await web()
    acme.builders = 1
    const other = world.service(shop, 'api', { source: { repo: 'acme/shop' } })
    const deploy = async (place: string) =>
      (await ask(token, `mutation { serviceInstanceDeployV2(${place}) }`)).body.data
        .serviceInstanceDeployV2
    const first = await deploy(place)
    const second = await deploy(`environmentId: "${production.id}", serviceId: "${other.id}"`)
    await clock.pass(41)
    expect([await status(first), await status(second)]).toEqual(['BUILDING', 'QUEUED'])
    await clock.pass(2)
    expect([await status(first), await status(second)]).toEqual(['DEPLOYING', 'BUILDING'])
  })

  it('of a cron service stops by itself', async () => {
    const { clock, deploy, read } = await web({ cron: '0 3 * * *' })
    const id = await deploy()
    await clock.pass(60)
    expect(await read('status deploymentStopped', id)).toEqual({
      status: 'SUCCESS',
      deploymentStopped: false,
    })
    await clock.pass(20)
    expect((await read('deploymentStopped', id)).deploymentStopped).toBe(true)
  })
})

describe('deploying', () => {
  it('without a commit has the current commit, not the latest of the branch', async () => {
    const { clock, deploy, read, world } = await web()
    world.heads.set('acme/shop#main', sha('e'))
    const id = await deploy()
    await clock.pass(60)
    expect((await read('meta', id)).meta.commitHash).toBe(sha('0'))
  })

  it('the latest commit: returns true, and no id', async () => {
    const { mutate, place, service, world } = await web()
    world.heads.set('acme/shop#main', sha('e'))
    expect(await mutate(`serviceInstanceDeploy(${place}, latestCommit: true)`)).toEqual({
      serviceInstanceDeploy: true,
    })
    expect(world.deploymentsOf(service).at(-1)).toMatchObject({ commit: sha('e'), cause: 'api' })
  })

  it('an unknown commit: no deployment', async () => {
    const { deploy, world } = await web()
    world.limitCommits('acme/shop', [sha('a')])
    expect(await deploy(sha('b'))).toContain('Commit not found')
    expect(await deploy('abc')).toContain('Commit not found')
    expect(world.newDeployments()).toEqual([])
  })

  it('if there is nothing to deploy, or nothing at all', async () => {
    const { deploy, mutate, production } = await web({ source: 'none', live: false })
    expect(await deploy()).toBe('Cannot redeploy without a snapshot')
    const none = `serviceInstanceDeployV2(environmentId: "${production.id}", serviceId: "x")`
    expect(await mutate(none)).toBe('ServiceInstance not found')
  })

  it('records who requested it', async () => {
    const { deploy, railway, world } = await web()
    const id = await deploy(sha('a'))
    world.push('acme/shop', 'main', sha('b'))
    expect(world.newDeployments()).toMatchObject([
      { id, cause: 'api', request: 0, commit: sha('a') },
      { cause: 'push', request: null, commit: sha('b') },
    ])
    expect(railway.requests[0]?.effect).toBe(true)
  })

  it('again, while the last one is still building, is refused', async () => {
    const { clock, deploy, mutate, place } = await web()
    await deploy(sha('a'))
    expect(await mutate(`serviceInstanceRedeploy(${place})`)).toContain('Cannot redeploy yet')
    await clock.pass(60)
    expect(await mutate(`serviceInstanceRedeploy(${place})`)).toEqual({
      serviceInstanceRedeploy: true,
    })
  })

  it('an image: set on the service first, which deploys nothing', async () => {
    const { clock, deploy, mutate, place, serving, world } = await web({
      source: { image: 'ghcr.io/acme/web:1' },
      live: {},
    })
    const credentials = 'registryCredentials: { username: "u", password: "p" }'
    const input = `input: { source: { image: "ghcr.io/acme/web:2" }, ${credentials} }`
    await mutate(`serviceInstanceUpdate(${place}, ${input})`)
    expect(world.newDeployments()).toEqual([])
    await deploy()
    await clock.pass(60)
    expect(serving()?.image).toMatch(/^ghcr.io\/acme\/web:2@sha256:/)
  })

  it('an image to a service that does not exist returns true and does nothing', async () => {
    const { mutate, shop, service, world } = await web()
    const { id } = world.environment(shop, 'empty')
    const place = `environmentId: "${id}", serviceId: "${service.id}"`
    expect(await mutate(`serviceInstanceUpdate(${place}, input: { startCommand: "x" })`)).toEqual({
      serviceInstanceUpdate: true,
    })
  })
})

describe('the rollback', () => {
  it('restores the earlier code and variables, and returns no id', async () => {
    const { clock, deploy, mutate, place, read, service, serving, world, shop, production } =
      await web({ variables: { A: 'old' } })
    const before = serving()
    const first = world.deploymentsOf(service)[0]?.id ?? ''
    await mutate(
      `variableUpsert(input: { projectId: "${shop.id}", ${place}, name: "A", value: "new", skipDeploys: true })`,
    )
    const second = await deploy(sha('a'))
    await clock.pass(60)
    expect(serving()).toMatchObject({ commit: sha('a'), variables: { A: 'new' } })
    expect(await read('canRollback', first)).toEqual({ canRollback: true })
    expect(await read('canRollback', second)).toEqual({ canRollback: false })
    expect(await mutate(`deploymentRollback(id: "${first}")`)).toEqual({ deploymentRollback: true })
    await clock.pass(20)
    expect(serving()).toEqual(before)
    expect(world.deploymentsOf(service).at(-1)?.cause).toBe('rollback')
    expect(production.instances[0]?.variables.get('A')?.value).toBe('old')
  })

  it.each([
    ['one whose image was deleted', { canRollback: false }],
    ['one that never was live', { script: scripts.buildFails }],
  ])('is refused for %s', async (_, past) => {
    const { mutate, service, world } = await web({ history: [past] })
    const { id = '' } = world.deploymentsOf(service)[0] ?? {}
    expect(await mutate(`deploymentRollback(id: "${id}")`)).toBe('Problem processing request')
  })
})

describe('the mutations of a deployment', () => {
  it('cancel a running one', async () => {
    const { clock, deploy, mutate, serving, status } = await web()
    const id = await deploy(sha('a'))
    await clock.pass(10)
    expect(await mutate(`deploymentCancel(id: "${id}")`)).toEqual({ deploymentCancel: true })
    await clock.pass(100)
    expect([await status(id), serving()?.commit]).toEqual(['REMOVED', sha('0')])
  })

  it('approve it', async () => {
    const { clock, deploy, mutate, script, status } = await web()
    script(scripts.needsApproval)
    const id = await deploy(sha('a'))
    await clock.pass(100)
    await mutate(`deploymentApprove(id: "${id}")`)
    await clock.pass(52)
    expect(await status(id)).toBe('SUCCESS')
  })

  it('stop it: live, without a process', async () => {
    const { mutate, read, service, world } = await web()
    const { id = '' } = world.deploymentsOf(service)[0] ?? {}
    await mutate(`deploymentStop(id: "${id}")`)
    expect(await read('status deploymentStopped', id)).toEqual({
      status: 'SUCCESS',
      deploymentStopped: true,
    })
  })

  it('restart one that crashed', async () => {
    const { clock, deploy, mutate, script, status } = await web()
    script(scripts.crashes)
    const id = await deploy(sha('a'))
    await clock.pass(60)
    await mutate(`deploymentRestart(id: "${id}")`)
    await clock.pass(5)
    expect(await status(id)).toBe('SUCCESS')
  })

  it('redeploy a finished one', async () => {
    const { clock, deploy, mutate } = await web()
    const id = await deploy(sha('a'))
    const again = `deploymentRedeploy(id: "${id}") { id status meta }`
    expect(await mutate(again)).toContain('Cannot redeploy yet')
    await clock.pass(60)
    expect(await mutate(again)).toMatchObject({
      deploymentRedeploy: { status: 'QUEUED', meta: { commitHash: sha('a'), reason: 'redeploy' } },
    })
  })
})

describe('lists of deployments', () => {
  it('contain a new one only after a while, if they lag', async () => {
    const { ask, clock, deploy, place, read, token } = await web({}, { listLagSeconds: 10 })
    const list = async () => {
      const { body } = await ask(
        token,
        `{ serviceInstance(${place}) { latestDeployment { meta } } deployments(input: { ${place} }) { edges { node { id } } } }`,
      )
      const { deployments, serviceInstance } = body.data
      return [deployments.edges.length, serviceInstance.latestDeployment.meta.commitHash]
    }
    const id = await deploy(sha('a'))
    expect(await list()).toEqual([1, sha('0')])
    expect(await read('id', id)).toEqual({ id })
    await clock.pass(10)
    expect(await list()).toEqual([2, sha('a')])
  })

  it('can be filtered by status', async () => {
    const { ask, deploy, production, token } = await web()
    const id = await deploy(sha('a'))
    const where = `input: { environmentId: "${production.id}", status: { notIn: [SUCCESS] } }`
    const { body } = await ask(token, `{ deployments(${where}) { edges { node { id } } } }`)
    expect(body.data.deployments.edges).toEqual([{ node: { id } }])
  })

  it('may not contain a deployment that was just made', async () => {
    const { ask, clock, deploy, token } = await web({}, { notFoundLagSeconds: 5 })
    const id = await deploy(sha('a'))
    const look = async () => (await ask(token, `{ deployment(id: "${id}") { id } }`)).body
    expect((await look()).errors[0].message).toBe('Deployment not found')
    await clock.pass(5)
    expect((await look()).data.deployment.id).toBe(id)
  })
})

describe('the reports of a failure', () => {
  it('contain the step, the reason, the diagnosis', async () => {
    const { ask, clock, deploy, read, script, token } = await web()
    script(scripts.buildFails, scripts.crashes)
    const failing = await deploy(sha('a'))
    await clock.pass(60)
    const { body } = await ask(
      token,
      `{ deploymentEvents(id: "${failing}") { edges { node { step completedAt payload { error reason } } } } }`,
    )
    expect(body.data.deploymentEvents.edges.at(-1).node).toEqual({
      step: 'BUILD_IMAGE',
      completedAt: expect.any(String),
      payload: { error: 'npm ci exited with code 1', reason: 'BUILD_FAILED' },
    })
    const crashing = await deploy(sha('b'))
    await clock.pass(60)
    expect((await read('diagnosis', crashing)).diagnosis).toHaveProperty('summary')
  })

  it('contain running steps without an end', async () => {
    const { ask, clock, deploy, token } = await web()
    const id = await deploy(sha('a'))
    await clock.pass(44)
    const { body } = await ask(
      token,
      `{ deploymentEvents(id: "${id}") { edges { node { step completedAt } } } }`,
    )
    expect(body.data.deploymentEvents.edges.map(({ node }: { node: object }) => node)).toEqual([
      { step: 'SNAPSHOT_CODE', completedAt: expect.any(String) },
      { step: 'BUILD_IMAGE', completedAt: expect.any(String) },
      { step: 'PUBLISH_IMAGE', completedAt: expect.any(String) },
      { step: 'CREATE_CONTAINER', completedAt: null },
    ])
  })
})

describe('logs', () => {
  const build = (id: string, args = '') =>
    `{ buildLogs(deploymentId: "${id}"${args}) { message severity timestamp attributes { key value } } }`

  it('grow while the build continues, and are complete when it has ended', async () => {
    const { ask, clock, deploy, script, token } = await web()
    script(scripts.buildFails)
    const id = await deploy(sha('a'))
    const lines = async () => (await ask(token, build(id))).body.data.buildLogs
    await clock.pass(3)
    expect(await lines()).toHaveLength(2)
    await clock.pass(60)
    const all = await lines()
    expect(all).toHaveLength(4)
    expect(all[3]).toMatchObject({
      severity: 'error',
      timestamp: expect.stringMatching(/^2026-11-20T12:00:05\.\d{9}Z$/),
    })
  })

  it('contain one row more than requested, the last ones', async () => {
    const { ask, clock, deploy, script, token } = await web()
    script({ ...scripts.succeeds, buildLog: ['a', 'b', 'c', 'd'] })
    const id = await deploy(sha('a'))
    await clock.pass(60)
    const { body } = await ask(token, build(id, ', limit: 2'))
    expect(body.data.buildLogs.map(({ message }: { message: string }) => message)).toEqual([
      'b',
      'c',
      'd',
    ])
  })

  it('contain any output of a program', async () => {
    const { ask, clock, deploy, script, token } = await web()
    script({ ...scripts.crashes, deployLog: commandLines })
    const id = await deploy(sha('a'))
    await clock.pass(60)
    const { text } = await ask(token, `{ deploymentLogs(deploymentId: "${id}") { message } }`)
    expect(text).toContain('::error::x')
    expect(text).toContain('##[set-output name=x]')
  })

  it('are not available right after the start, and for images not at all', async () => {
    const { ask, clock, deploy, token } = await web({}, { logsUnavailableSeconds: 5 })
    const id = await deploy(sha('a'))
    expect((await ask(token, build(id))).body.errors[0].message).toBe('Problem processing request')
    await clock.pass(5)
    expect((await ask(token, build(id))).body.data.buildLogs).not.toHaveLength(0)
    const image = await web({ source: { image: 'redis' }, live: {} })
    const redis = await image.deploy()
    await image.clock.pass(60)
    expect((await image.ask(image.token, build(redis))).body.data.buildLogs).toEqual([])
  })
})

describe('a push', () => {
  it('deploys if a trigger follows the branch, and autodeploy is on', async () => {
    const { mutate, place, shop, world } = await web()
    world.service(shop, 'other-branch', { source: { repo: 'acme/shop', branch: 'next' } })
    world.service(shop, 'other-repository', { source: { repo: 'acme/docs' } })
    world.service(shop, 'switched-off', { source: { repo: 'acme/shop' }, autoDeploy: false })
    expect(
      world.push('ACME/shop', 'main', sha('a')).map(({ instance }) => instance.service.name),
    ).toEqual(['web'])
    await mutate(
      `serviceInstanceAutoDeployUpdate(input: { projectId: "${shop.id}", ${place}, enabled: false }) { enabled }`,
    )
    expect(world.push('acme/shop', 'main', sha('b'))).toEqual([])
  })

  it.each([
    ['passed', 'SUCCESS'],
    ['failed', 'SKIPPED'],
  ] as const)('waits for checks if required: %s, %s', async (result, expected) => {
    const { clock, status, world } = await web({ checkSuites: true })
    const [deployment] = world.push('acme/shop', 'main', sha('a'))
    await clock.pass(500)
    expect(await status(deployment?.id ?? '')).toBe('WAITING')
    world.finishChecks('acme/shop', sha('a'), result)
    await clock.pass(60)
    expect(await status(deployment?.id ?? '')).toBe(expected)
  })

  it('may have the same checks as a deployment through the API', async () => {
    const { clock, deploy, status } = await web(
      { checkSuites: true },
      { apiDeployWaitsForChecks: true },
    )
    const id = await deploy(sha('a'))
    await clock.pass(500)
    expect(await status(id)).toBe('WAITING')
  })
})
