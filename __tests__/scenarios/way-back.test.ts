import { describe, expect, it } from '@jest/globals'
import { startDeployment } from '../../local/railway/deployments.ts'
import {
  type FaultRule,
  faultCatalogue,
  largeWorkspace,
  type Script,
  scripts,
  type World,
} from '../../local/railway/index.ts'
import { noRequest } from '../../local/railway/origin.ts'
import { cancelJob, type RunOptions as RunnerOptions } from '../../local/runner/index.ts'
import { changesMade, results, rows, stage } from './fleet.ts'

type RunOptions = Pick<RunnerOptions, 'signals'>

const back = { 'on-failure': 'rollback' }

/** 30 services in 6 projects, of which the 17th does not become live. */
const fleet = (script: Script) => (world: World) => {
  const made = largeWorkspace(world, { projects: 6, servicesPerProject: 5 })
  const seventeenth = made.services[16]
  if (seventeenth) world.script(seventeenth, 'production', [script])
  return made
}

const inFleet = { env: { GITHUB_REPOSITORY: 'acme/fleet' } }

describe('30 services in 6 projects, of which the 17th fails', () => {
  it.each([
    ['in its build', scripts.buildFails],
    ['in its health check, five minutes after the others', scripts.healthcheckFails],
    ['by crashing at once', scripts.crashes],
  ])('%s: the deployments from before are live again afterwards', async (_, script) => {
    const { run, world } = await stage(fleet(script))
    const before = world.snapshot()
    const transcript = await run(back, inFleet)
    expect(world.snapshot()).toEqual(before)
    expect(transcript.exitCode).toBe(1)
    expect(transcript.codes).toEqual(['deployment-failed'])
    expect(transcript.outputs.status).toBe('failure')
    const all = rows(transcript)
    expect(
      all.filter(({ action, status }) => `${action} ${status}` === 'deploy rolled-back'),
    ).toHaveLength(29)
    expect(
      all.filter(({ action, status }) => `${action} ${status}` === 'rollback rolled-back'),
    ).toHaveLength(29)
    expect(all.filter(({ status }) => status === 'failed')).toHaveLength(1)
    const causes = world.newDeployments().map(({ cause }) => cause)
    expect(causes.filter((cause) => cause === 'api')).toHaveLength(30)
    expect(causes.filter((cause) => cause === 'rollback')).toHaveLength(29)
  })

  it('shows both states in the summary', async () => {
    const { run } = await stage(fleet(scripts.buildFails))
    const transcript = await run(back, inFleet)
    expect(transcript.summary).toMatch(
      /rolled-back \| project-001 \|.*live at [0-9a-f]{7}; rolled back to/,
    )
    expect(transcript.summary).toMatch(/failed \| project-004 \|.*is still live, as before/)
  })

  it('with `keep`: the rest is deployed', async () => {
    const { run, world, commit } = await stage(fleet(scripts.buildFails))
    const before = world.snapshot()
    const transcript = await run({ 'on-failure': 'keep', 'commit-sha': commit }, inFleet)
    const after = Object.values(world.snapshot()).map((serving) => serving?.commit)
    expect(after.filter((live) => live === commit)).toHaveLength(29)
    const failed = 'project-004/production/service-2'
    expect(world.snapshot()[failed]).toEqual(before[failed])
    expect(transcript.outputs.status).toBe('partial')
    expect(transcript.exitCode).toBe(1)
  })
})

/** One service that fails beside some with different histories. */
function shop(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const source = { repo: 'acme/shop' }
  const web = world.service(project, 'web', { source })
  const api = world.service(project, 'api', { source, trigger: false })
  world.script(api, 'production', [scripts.buildFails])
  world.service(project, 'other', { source: { repo: 'acme/other' } })
  return { token: world.workspaceToken(acme), acme, project, web, api, source }
}

/** Two services that run an image, of which the second fails with another. */
function images(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const web = world.service(project, 'web', { source: { image: 'acme/app:1' } })
  const api = world.service(project, 'api', { source: { image: 'acme/app:1' } })
  world.script(api, 'production', [{ steps: [{ status: 'DEPLOYING', seconds: 5 }, 'FAILED'] }])
  return { token: world.workspaceToken(acme), web, api }
}

describe('the rollback', () => {
  it('is skipped if everything succeeds, and never includes services that were not deployed', async () => {
    const { run, railway, world } = await stage((world) => ({ ...shop(world) }))
    world.scripts.clear()
    const transcript = await run(back)
    expect(transcript.exitCode).toBe(0)
    expect(changesMade(railway)).toEqual(['serviceInstanceDeployV2', 'serviceInstanceDeployV2'])
  })

  it('reports services without a target, before and after', async () => {
    const { run, world } = await stage((world) => {
      const made = shop(world)
      world.service(made.project, 'fresh', { source: made.source, live: false })
      return made
    })
    const transcript = await run(back)
    expect(transcript.warnings.join('\n')).toContain(
      'none of them has a live deployment now: shop/fresh in environment',
    )
    const fresh = rows(transcript).find(({ service }) => service === 'fresh')
    expect(fresh?.message).toContain(
      'nothing was live before the run, so there is no deployment to return to',
    )
    expect(world.snapshot()['shop/production/fresh']?.commit).toBeTruthy()
  })

  it('reports services for which Railway no longer offers a rollback, and does not stop them', async () => {
    const { run } = await stage((world) => {
      const made = shop(world)
      for (const deployment of world.instance(made.web, 'production').deployments) {
        deployment.retained = false
      }
      return made
    })
    const transcript = await run(back)
    expect(results(transcript)).toEqual(['shop/web: deploy success', 'shop/api: deploy failed'])
    expect(rows(transcript)[0]?.message).toContain('does not offer to roll back to')
  })

  it('cancels running deployments when the time is over', async () => {
    const { run, world } = await stage((world) => {
      const made = shop(world)
      world.scripts.clear()
      world.script(made.api, 'production', [scripts.never])
      return made
    })
    const before = world.snapshot()
    const transcript = await run({ ...back, timeout: '5m' })
    expect(transcript.codes).toEqual(['deployment-timeout'])
    expect(world.snapshot()).toEqual(before)
    const ours = world.newDeployments().find(({ service }) => service === 'api')
    expect(ours?.status).toBe('REMOVED')
    expect(rows(transcript)[1]?.message).toContain('it was cancelled')
  })

  it('skips services that others have deployed in the meantime', async () => {
    const { run, world, clock } = await stage((world) => {
      const made = shop(world)
      world.scripts.clear()
      world.script(made.api, 'production', [scripts.healthcheckFails])
      return made
    })
    clock.at(clock.now() + 120_000, () => void world.push('acme/shop', 'main', 'd'.repeat(40)))
    const transcript = await run(back)
    expect(world.snapshot()['shop/production/web']?.commit).toBe('d'.repeat(40))
    expect(world.newDeployments().filter(({ cause }) => cause === 'rollback')).toEqual([])
    expect(transcript.outputs.results).toContain('"superseded"')
  })

  it('sets an image back, too, so that the next deployment does not use the bad one again', async () => {
    const { run, world, web } = await stage(images)
    const before = world.snapshot()
    const transcript = await run({ ...back, image: 'acme/app:2' })
    expect(transcript.exitCode).toBe(1)
    expect(world.snapshot()).toEqual(before)
    for (const service of web.project.services) {
      expect(world.instance(service, 'production').source?.image).toBe('acme/app:1')
    }
  })

  it('does not change the image of a service that keeps it, and reports the results of the others', async () => {
    const { run, world, web } = await stage((world) => {
      const made = images(world)
      for (const one of world.instance(made.web, 'production').deployments) one.retained = false
      return made
    })
    const credentials = { 'registry-username': 'robot', 'registry-password': 'pa55word of robot' }
    const transcript = await run({ ...back, ...credentials, image: 'acme/app:2' })
    const [kept, failed] = rows(transcript)
    expect(kept).toMatchObject({ service: 'web', status: 'success' })
    expect(kept?.message).toContain('does not offer to roll back to')
    expect(kept?.message).not.toContain('credentials')
    expect(world.snapshot()['shop/production/web']?.image).toContain('acme/app:2')
    expect(world.instance(web, 'production').source?.image).toBe('acme/app:2')
    expect(failed?.message).toContain('the registry credentials that the run has set stay')
    expect(failed?.message).toContain('its image is set back to acme/app:1')
    expect(transcript.warnings.join()).toContain(
      'the registry credentials that the run has set stay',
    )
  })

  it('does not change the image of a service that others have deployed in the meantime', async () => {
    const slowFailure = { steps: [{ status: 'DEPLOYING', seconds: 120 }, 'FAILED'] } as const
    const { run, world, clock, web } = await stage((world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      const web = world.service(project, 'web', { source: { image: 'acme/app:1' } })
      const api = world.service(project, 'api', { source: { image: 'acme/app:1' } })
      world.script(api, 'production', [{ steps: [...slowFailure.steps] }])
      return { token: world.workspaceToken(acme), web }
    })
    const instance = world.instance(web, 'production')
    clock.at(clock.now() + 90_000, () => {
      world.runDueEvents()
      instance.source = { repo: null, image: 'acme/app:3' }
      const content = { kind: 'image', image: 'acme/app:3', digest: 'sha256:3' } as const
      startDeployment(world, instance, { cause: 'push', content, origin: noRequest })
    })
    const transcript = await run({ ...back, image: 'acme/app:2' })
    expect(transcript.exitCode).toBe(1)
    expect(instance.source?.image).toBe('acme/app:3')
    expect(world.snapshot()['shop/production/web']?.image).toContain('acme/app:3')
    expect(world.newDeployments().filter(({ cause }) => cause === 'rollback')).toEqual([])
  })

  it('cancels a deployment that Railway no longer reports: it might go live later', async () => {
    const { run, world } = await stage(
      (world) => {
        const made = shop(world)
        world.scripts.clear()
        world.script(made.api, 'production', [scripts.never])
        return made
      },
      {
        faults: ['ServedDeployments', 'DeploymentStates'].map((operation) => ({
          operation,
          fault: 'refused',
          times: Infinity,
        })),
      },
    )
    const before = world.snapshot()
    const transcript = await run({ ...back, timeout: '10m' })
    expect(transcript.exitCode).toBe(1)
    const ours = world.newDeployments().find(({ service }) => service === 'api')
    expect(ours?.status).toBe('REMOVED')
    expect(world.snapshot()).toEqual(before)
    expect(
      rows(transcript)
        .map(({ message }) => message)
        .join(),
    ).toContain('it was cancelled')
  })

  it('is not started by a job that was cancelled', async () => {
    const { run, world } = await stage(shop)
    const transcript = await run(back, { signals: [{ at: 20, signal: 'SIGINT' }] })
    expect(transcript.codes).toEqual(['cancelled'])
    expect(world.newDeployments().filter(({ cause }) => cause === 'rollback')).toEqual([])
  })

  it('that fails itself is reported, service by service', async () => {
    const { run } = await stage((world) => {
      const made = shop(world)
      world.script(made.web, 'production', [scripts.succeeds, scripts.crashes])
      return made
    })
    const transcript = await run(back)
    expect(results(transcript)).toEqual([
      'shop/web: deploy success',
      'shop/api: deploy failed',
      'shop/web: rollback failed',
    ])
    expect(rows(transcript)[0]?.message).toContain('not rolled back to')
    expect(transcript.codes).toEqual(['deployment-failed', 'deployment-failed'])
  })
})

describe('a rollback whose result is not known', () => {
  const open = 'its rollback to 99e4942 was started, and the result is not known'

  it.each<[string, string, RunOptions, FaultRule[], Script]>([
    ['the job is cancelled', 'cancelled', { signals: cancelJob(64) }, [], scripts.succeeds],
    ['it does not end in time', 'timed-out', {}, [], scripts.never],
    [
      'there is no further response',
      'unknown',
      {},
      [{ root: 'deploymentRollback', fault: 'silence-before-effect', times: Infinity }],
      scripts.succeeds,
    ],
  ])(
    '%s: the deployment is no longer reported as live',
    async (_, status, more, faults, script) => {
      const { run } = await stage(
        (world) => {
          const made = shop(world)
          world.script(made.web, 'production', [scripts.succeeds, script])
          return made
        },
        { faults },
      )
      const transcript = await run({ ...back, timeout: '5m' }, more)
      expect(results(transcript)).toEqual([
        'shop/web: deploy unknown',
        'shop/api: deploy failed',
        `shop/web: rollback ${status}`,
      ])
      expect(rows(transcript)[0]?.message).toContain(open)
      expect(transcript.exitCode).toBe(1)
    },
  )
})

describe('a fault on the rollback', () => {
  it.each(Object.keys(faultCatalogue))('%s: state and report agree', async (name) => {
    const fault = faultCatalogue[name as keyof typeof faultCatalogue]
    const { run, world } = await stage(shop, { faults: [{ root: 'deploymentRollback', fault }] })
    const before = world.snapshot()
    const transcript = await run(back)
    const made = world.newDeployments().filter(({ cause }) => cause === 'rollback')
    expect(made.length).toBeLessThanOrEqual(1)
    const row = rows(transcript).find(({ action }) => action === 'rollback')
    const isBack = JSON.stringify(world.snapshot()) === JSON.stringify(before)
    expect([row?.status, isBack]).toEqual(isBack ? ['rolled-back', true] : ['refused', false])
    expect(transcript.exitCode).toBe(1)
  })
})
