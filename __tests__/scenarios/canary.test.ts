import { describe, expect, it } from '@jest/globals'
import { type Script, scripts, type World } from '../../local/railway/index.ts'
import { changesMade, results, rows, stage } from './fleet.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

/** The same two services in a project for tests and in two others. */
const fleet = (script?: Script) => (world: World) => {
  const acme = world.workspace('Acme')
  const source = { repo: 'acme/shop' }
  const [labs, shop, shopEu] = ['labs', 'shop', 'shop-eu'].map((name) => {
    const project = world.project(acme, name)
    return {
      web: world.service(project, 'web', { source }),
      api: world.service(project, 'api', { source }),
    }
  })
  if (!labs || !shop || !shopEu) throw new Error('three projects')
  if (script) world.script(labs.api, 'production', [script])
  return { token: world.workspaceToken(acme), labs, shop, shopEu }
}

describe('a canary', () => {
  it('is live before anything else starts', async () => {
    const { run, world, clock } = await stage(fleet())
    const transcript = await run({ canary: 'labs' })
    expect(transcript.outputs.status).toBe('success')
    const made = world.newDeployments()
    const second = (project: string) =>
      made
        .filter((one) => one.project === project)
        .map(({ createdAt }) => (createdAt - clock.start) / 1000)
    expect(Math.max(...second('labs'))).toBeLessThan(5)
    // It takes 52 s until they are live, and five more until they are verified.
    expect(Math.min(...second('shop'), ...second('shop-eu'))).toBeGreaterThan(57)
    expect(made.every(({ status }) => status === 'SUCCESS')).toBe(true)
  })

  it('that fails holds back the rest, which does not change', async () => {
    const { run, world } = await stage(fleet(scripts.buildFails))
    const transcript = await run({ canary: 'labs' })
    expect(transcript.exitCode).toBe(1)
    expect(results(transcript)).toEqual([
      'labs/web: deploy success',
      'labs/api: deploy failed',
      'shop/web: deploy not-started',
      'shop/api: deploy not-started',
      'shop-eu/web: deploy not-started',
      'shop-eu/api: deploy not-started',
    ])
    expect(world.newDeployments()).toHaveLength(2)
    expect(transcript.summary).toContain('not-started')
    const why = 'not-started, the canary labs/api is not healthy: failed'
    for (const name of ['shop/web', 'shop/api', 'shop-eu/web', 'shop-eu/api']) {
      expect(transcript.stdout).toContain(`${name}: ${why}`)
    }
    expect(transcript.codes).toEqual(['deployment-failed'])
  })

  it('that Railway skipped proves nothing: the rest is held back, and the job says why', async () => {
    const { run, world } = await stage(fleet(scripts.skipped))
    const transcript = await run({ canary: 'labs' })
    expect(transcript.codes).toEqual(['deployment-skipped'])
    expect(transcript.exitCode).toBe(1)
    expect(world.newDeployments()).toHaveLength(2)
  })

  it('that crashes right after its start does not count as healthy', async () => {
    const script = { steps: [{ status: 'SUCCESS', seconds: 3 }, 'CRASHED'] } satisfies Script
    const { run, world } = await stage(fleet(script))
    const transcript = await run({ canary: 'labs' })
    expect(transcript.codes).toEqual(['deployment-failed'])
    expect(world.newDeployments()).toHaveLength(2)
  })

  it('that fails is rolled back with `on-failure: rollback`', async () => {
    const { run, world } = await stage(fleet(scripts.buildFails))
    const before = world.snapshot()
    const transcript = await run({ canary: 'labs', 'on-failure': 'rollback' })
    expect(world.snapshot()).toEqual(before)
    expect(transcript.outputs.status).toBe('failure')
  })

  it('may be a service of every project, with exceptions', async () => {
    const { run, world, clock } = await stage(fleet())
    await run({ canary: 'web\n!shop-eu' })
    const early = world.newDeployments().filter(({ createdAt }) => createdAt < clock.start + 55_000)
    expect(early.map(({ project, service }) => `${project}/${service}`)).toEqual([
      'labs/web',
      'shop/web',
    ])
  })

  it('that is already live does not delay the rest', async () => {
    const { run, world } = await stage(fleet())
    await run({ projects: 'labs' })
    const before = world.newDeployments().length
    const transcript = await run({ canary: 'labs' })
    expect(transcript.outputs.status).toBe('success')
    expect(world.newDeployments()).toHaveLength(before + 4)
  })

  it.each([
    ['a name that was not selected', 'billing'],
    ['a glob that matches nothing', 'x*'],
    ['everything and nothing', 'labs\n!labs'],
  ])('is refused for %s', async (_, canary) => {
    const { run, railway } = await stage(fleet())
    const transcript = await run({ canary })
    expect(transcript.codes).toEqual(['input-invalid'])
    expect(transcript.errors[0]).toContain('"labs", "shop", "shop-eu", "web", "api"')
    expect(changesMade(railway)).toEqual([])
  })

  it('is named in the plan', async () => {
    const { run } = await stage(fleet())
    const transcript = await run({ canary: 'labs', 'dry-run': 'true' })
    expect(transcript.stdout).toMatch(/deploy +shop\/web .*\(after the canary\)/)
    expect(transcript.stdout).not.toMatch(/deploy +labs\/web .*\(after the canary\)/)
  })
})

/** The canary `web`, and `api`, which Railway deploys by itself on pushes. */
function pair(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const source = { repo: repository }
  const web = world.service(project, 'web', { source, trigger: false })
  const api = world.service(project, 'api', { source })
  return { token: world.workspaceToken(acme), web, api }
}

const newer = 'b'.repeat(40)

describe('a service that waits for the canary', () => {
  it('is read once more, in one request for all', async () => {
    const { run, railway } = await stage(fleet())
    const transcript = await run({ canary: 'labs' })
    expect(transcript.outputs.status).toBe('success')
    const polls = railway.requests.filter(({ operationName }) => operationName === 'InstanceStates')
    // The last poll of each wave has verified it already.
    expect(polls.map(({ roots }) => roots.length)).toEqual([4])
  })

  it('does not adopt the deployment of a push that was made in the meantime', async () => {
    const { run, world, clock, api } = await stage(pair, {
      faults: [{ operation: 'DeployLatest', nth: 2, fault: { kind: 'list-lag', seconds: 20 } }],
    })
    world.script(api, 'production', [scripts.succeeds, scripts.buildFails])
    clock.at(clock.now() + 30_000, () => void world.push(repository, 'main', newer))
    const transcript = await run({ 'commit-sha': 'latest', canary: 'web' })
    const ours = world.newDeployments().find(({ service, cause }) => {
      return service === 'api' && cause === 'api'
    })
    expect(rows(transcript)[1]).toMatchObject({ status: 'failed', deploymentId: ours?.id })
    expect(transcript.exitCode).toBe(1)
  })

  it('is deployed with its new variables, which an earlier push did not have', async () => {
    const { run, world, clock } = await stage(pair, {
      faults: [{ operation: 'DeployService', nth: 2, fault: 'reset-before-effect' }],
    })
    clock.at(clock.now() + 30_000, () => void world.push(repository, 'main', newer))
    const transcript = await run({
      command: 'variables',
      projects: 'shop',
      services: '*',
      variables: 'NEW=1',
      canary: 'web',
    })
    expect(transcript.outputs.status).toBe('success')
    expect(world.snapshot()['shop/production/api']?.variables).toMatchObject({ NEW: '1' })
    const made = world.newDeployments().filter(({ service }) => service === 'api')
    expect(made.map(({ cause }) => cause)).toEqual(['push', 'api'])
    expect(rows(transcript).at(-1)?.deploymentId).toBe(made[1]?.id)
  })

  it.each([
    ['has a running deployment', 55_000, 'adopt', 'success'],
    ['is live', 5_000, 'keep', 'unchanged'],
  ])('is not deployed if its commit %s by a push', async (_, after, action, status) => {
    const { run, world, clock } = await stage(pair)
    clock.at(clock.now() + after, () => void world.push(repository, 'main', commit))
    const transcript = await run({ canary: 'web' })
    const made = world.newDeployments().filter(({ service }) => service === 'api')
    expect(made.map(({ cause, status }) => [cause, status])).toEqual([['push', 'SUCCESS']])
    expect(rows(transcript)[1]).toMatchObject({ service: 'api', action, status })
    expect(transcript.outputs.status).toBe('success')
  })

  it('is deployed anyway with `force`', async () => {
    const { run, world, clock } = await stage(pair)
    clock.at(clock.now() + 5_000, () => void world.push(repository, 'main', commit))
    await run({ canary: 'web', force: 'true' })
    const made = world.newDeployments().filter(({ service }) => service === 'api')
    expect(made.map(({ cause }) => cause)).toEqual(['push', 'api'])
  })

  it('is deployed from the known state if the second read gets no response', async () => {
    const { run, railway, world } = await stage(pair, {
      faults: [{ operation: 'InstanceStates', nth: 1, times: 30, fault: 'status-502-html' }],
    })
    const transcript = await run({ canary: 'web' })
    expect(railway.injected.length).toBeGreaterThan(1)
    expect(results(transcript)).toEqual(['shop/web: deploy success', 'shop/api: deploy success'])
    expect(world.newDeployments()).toHaveLength(2)
  })
})

describe('`fail-fast`', () => {
  it('starts nothing new after the first failure; running deployments are followed to their end', async () => {
    const { run, world } = await stage((world) => {
      const made = fleet()(world)
      world.script(made.labs.web, 'production', [{ steps: ['FAILED'] }])
      return made
    })
    const transcript = await run({ 'fail-fast': 'true', 'max-parallel': '1' })
    const all = rows(transcript)
    expect(all[0]?.status).toBe('failed')
    expect(all.every(({ status }) => ['failed', 'success', 'not-started'].includes(status))).toBe(
      true,
    )
    expect(transcript.exitCode).toBe(1)
    expect(world.newDeployments().every(({ status }) => status !== 'BUILDING')).toBe(true)
  })

  it('stops at the first refusal', async () => {
    const { run, world } = await stage(fleet(), {
      faults: [{ root: 'serviceInstanceDeployV2', fault: 'refused' }],
    })
    const transcript = await run({ 'fail-fast': 'true', 'max-parallel': '1' })
    expect(rows(transcript).map(({ status }) => status)).toEqual([
      'refused',
      ...Array.from({ length: 5 }, () => 'not-started'),
    ])
    expect(world.newDeployments()).toEqual([])
  })
})

describe('`fail-fast`, one change at a time, starts no further change', () => {
  const oneByOne = { 'fail-fast': 'true', 'max-parallel': '1' }

  it('when variables were refused', async () => {
    const { run, railway } = await stage(fleet(), {
      faults: [{ operation: 'WriteServiceVariables', fault: 'refused' }],
    })
    const inputs = { command: 'variables', projects: '*', services: '*', variables: 'NEW=1' }
    const transcript = await run({ ...inputs, ...oneByOne, redeploy: 'false' })
    expect(changesMade(railway)).toEqual(['variableCollectionUpsert'])
    expect(rows(transcript).map(({ status }) => status)).toEqual([
      'refused',
      ...Array.from({ length: 5 }, () => 'not-started'),
    ])
  })

  it('when an image was refused', async () => {
    const { run, railway } = await stage(
      (world) => {
        const acme = world.workspace('Acme')
        const project = world.project(acme, 'shop')
        for (const name of ['web', 'api']) {
          world.service(project, name, { source: { image: 'acme/app:1' } })
        }
        return { token: world.workspaceToken(acme) }
      },
      { faults: [{ operation: 'UpdateService', fault: 'refused' }] },
    )
    const transcript = await run({ ...oneByOne, image: 'acme/app:2' })
    expect(changesMade(railway)).toEqual(['serviceInstanceUpdate'])
    expect(rows(transcript).map(({ status }) => status)).toEqual(['refused', 'not-started'])
  })

  it('while the reason for a failed deployment is requested', async () => {
    const { run, world } = await stage(
      (world) => {
        const made = fleet()(world)
        world.script(made.labs.web, 'production', [{ steps: ['FAILED'] }])
        world.script(made.labs.api, 'production', [{ steps: ['SUCCESS'] }])
        return made
      },
      { faults: [{ operation: 'DeploymentSteps', fault: { kind: 'slow', seconds: 25 } }] },
    )
    const transcript = await run({ ...oneByOne, 'max-parallel': '2' })
    // The other one is verified, and its slot is free, before the reason for the failure is known.
    expect(world.newDeployments()).toHaveLength(2)
    expect(rows(transcript).filter(({ status }) => status === 'not-started')).toHaveLength(4)
  })

  it('when a preview could not be set up', async () => {
    const { preview, railway } = await setPreviewStage({
      fill: (world) => fillShop(world, { projects: ['shop', 'shop-eu'] }),
    })
    await preview({ action: 'opened', sha: commit })
    railway.inject({ operation: 'StagePreview', fault: 'refused' })
    const sent = railway.requests.length
    const inputs = { services: 'web\napi', projects: '*', variables: 'NEW=1' }
    const transcript = await preview({ sha: newer }, { ...oneByOne, ...inputs })
    const staged = railway.requests
      .slice(sent)
      .filter(({ operationName }) => operationName === 'StagePreview')
    expect(staged).toHaveLength(1)
    expect(transcript.codes).toEqual(['operation-not-permitted'])
  })
})

describe('a deployment that waits for a person', () => {
  it('is reported at once with its link, and counts against `timeout`, not as a failure before it', async () => {
    const { run, world, clock } = await stage(fleet(scripts.needsApproval))
    const seen: [number, string][] = []
    const transcript = await run(
      { timeout: '10m' },
      { onLine: (line) => void seen.push([(clock.now() - clock.start) / 1000, line]) },
    )
    const [at, line] = seen.find(([, text]) => text.includes('NEEDS_APPROVAL')) ?? []
    expect(at).toBeLessThan(15)
    expect(line).toMatch(
      /labs\/api: NEEDS_APPROVAL: a person has to approve it at https:\/\/railway.com\//,
    )
    expect(transcript.codes).toEqual(['deployment-timeout'])
    expect(transcript.seconds).toBeGreaterThan(600)
    const row = rows(transcript).find(({ status }) => status === 'timed-out')
    expect(row?.message).toContain('it waits for a person to approve it')
    expect(transcript.summary).toContain('it waits for a person to approve it')
    const id = world.newDeployments().find(({ status }) => status === 'NEEDS_APPROVAL')?.id
    expect(transcript.summary).toContain(`?id=${id}`)
    expect(transcript.errors[0]).toContain('it waits for a person to approve it')
  })

  it('continues after the approval', async () => {
    const { run, clock, world } = await stage(fleet(scripts.needsApproval))
    clock.at(clock.now() + 300_000, () => {
      const waiting = [...world.deployments.values()].find(
        ({ script }) => script === scripts.needsApproval,
      )
      waiting?.runs.push({ at: world.now(), steps: scripts.succeeds.steps })
    })
    const transcript = await run({})
    expect(transcript.outputs.status).toBe('success')
  })

  it('may wait for a check that is this job', async () => {
    const { run } = await stage(fleet(scripts.waitsForChecks))
    const transcript = await run({ timeout: '5m' })
    const row = rows(transcript).find(({ status }) => status === 'timed-out')
    expect(row?.message).toContain("it waits for the commit's checks")
  })
})
