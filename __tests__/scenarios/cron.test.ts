import { describe, expect, it } from '@jest/globals'
import { type Script, scripts, type World } from '../../local/railway/index.ts'
import { plan, rows, stage } from './fleet.ts'
import { commit, repository } from './stage.ts'

/** The service `nightly`, which runs on a schedule, and `web`. */
const shop =
  (web: Script = scripts.succeeds) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    const project = world.project(acme, 'shop')
    const source = { repo: repository }
    const nightly = world.service(project, 'nightly', { source, trigger: false, cron: '* * * * *' })
    const other = world.service(project, 'web', { source, trigger: false })
    world.script(other, 'production', [web])
    return { token: world.workspaceToken(acme), nightly }
  }

const crashed: Script = { steps: [{ status: 'SUCCESS', seconds: 1 }, 'CRASHED'] }
const long: Script = { steps: [{ status: 'DEPLOYING', seconds: 3_000 }, 'SUCCESS'] }

/** Calls a function after the log says that the deployment is live, and before it is verified. */
const whenLive = (act: () => void) => ({
  onLine: (line: string) => {
    if (line === 'shop/nightly: SUCCESS') act()
  },
})

describe('a deployment of a cron service', () => {
  it.each<[string, Script]>([
    ['ends well', scripts.runsBySchedule],
    ['ends with an error', crashed],
    ['takes an hour', long],
  ])('is a success although a run that %s replaces it', async (_, script) => {
    const { run, world, nightly } = await stage(shop())
    const transcript = await run(
      { services: 'nightly', projects: 'shop' },
      whenLive(() => void world.runSchedule(nightly, 'production', script)),
    )
    expect([transcript.exitCode, transcript.codes]).toEqual([0, []])
    const own = world.newDeployments().find(({ cause }) => cause === 'api')
    expect(rows(transcript)[0]).toMatchObject({ status: 'success', deploymentId: own?.id })
    expect(transcript.seconds).toBeLessThan(90)
  })

  it('does not hold back the rest as a canary, running or not', async () => {
    const { run, world, nightly } = await stage(shop())
    const transcript = await run(
      { canary: 'nightly' },
      whenLive(() => void world.runSchedule(nightly, 'production', crashed)),
    )
    expect(rows(transcript).map(({ status }) => status)).toEqual(['success', 'success'])
  })

  it('is not followed from run to run', async () => {
    const { run, world, clock, nightly } = await stage(shop())
    for (let minute = 1; minute < 10; minute += 1) {
      const at = clock.start + minute * 60_000
      clock.at(at, () => void world.runSchedule(nightly, 'production'))
    }
    const transcript = await run({ services: 'nightly', projects: 'shop' })
    expect(transcript.outputs.status).toBe('success')
    expect(transcript.seconds).toBeLessThan(90)
  })

  it('is superseded by one of another commit, as for any service', async () => {
    const { run, world, clock, nightly } = await stage(shop())
    clock.at(clock.start + 53_000, () => {
      const made = world.runSchedule(nightly, 'production')
      if (made.content.kind === 'commit') {
        made.content = { ...made.content, commit: 'b'.repeat(40) }
      }
    })
    const transcript = await run({ services: 'nightly', projects: 'shop' })
    expect(rows(transcript)[0]?.status).toBe('superseded')
  })

  it('is a success if a run replaced it before it was reported as live', async () => {
    const { run, world, clock, nightly } = await stage(shop())
    clock.at(clock.start + 53_000, () => void world.runSchedule(nightly, 'production'))
    const transcript = await run({ services: 'nightly', projects: 'shop' })
    expect([transcript.exitCode, transcript.codes]).toEqual([0, []])
    expect(rows(transcript)[0]?.message).toContain('its schedule has started a newer run')
  })

  it('that does not start is a failure', async () => {
    const { run, world, nightly } = await stage(shop())
    world.script(nightly, 'production', [scripts.crashes])
    const transcript = await run({ services: 'nightly', projects: 'shop' })
    expect(transcript.codes).toEqual(['deployment-failed'])
  })
})

describe('a cron service at the commit', () => {
  it.each<[string, Script]>([
    ['has just run', { steps: ['SUCCESS'], stopsAfterSeconds: 0 }],
    ['is running', { steps: ['SUCCESS'] }],
  ])('is unchanged if it %s', async (_, script) => {
    const { run, world, nightly } = await stage(shop())
    await run({})
    world.runSchedule(nightly, 'production', script)
    const transcript = await run({})
    expect(transcript.outputs.status).toBe('unchanged')
  })

  it('is unchanged if a run is about to start', async () => {
    const { run, world, nightly } = await stage(shop())
    await run({})
    // A running deployment does not replace the previous one until it is live.
    world.runSchedule(nightly, 'production', {
      steps: [{ status: 'INITIALIZING', seconds: 3_000 }],
    })
    const transcript = await run({})
    expect(plan(transcript)[0]).toMatch(/^shop\/nightly: keep, [0-9a-f]{7} is already live$/)
    expect(transcript.outputs.status).toBe('unchanged')
  })
})

describe('a cron service is rolled back', () => {
  it.each<[string, Script]>([
    ['has run', scripts.runsBySchedule],
    ['is running', { steps: ['SUCCESS'] }],
    ['is about to run', { steps: [{ status: 'INITIALIZING', seconds: 3_000 }] }],
    ['has run with an error', crashed],
  ])('by `on-failure: rollback` although it %s in the meantime', async (_, script) => {
    const failsLate: Script = { steps: [{ status: 'BUILDING', seconds: 120 }, 'FAILED'] }
    const { run, world, clock, nightly } = await stage(shop(failsLate))
    const before = world.snapshot()['shop/production/nightly']?.commit
    clock.at(clock.start + 90_000, () => void world.runSchedule(nightly, 'production', script))
    const transcript = await run({ 'on-failure': 'rollback' })
    expect(transcript.codes).toEqual(['deployment-failed'])
    expect(rows(transcript)[0]).toMatchObject({ service: 'nightly', status: 'rolled-back' })
    expect(world.snapshot()['shop/production/nightly']?.commit).toBe(before)
  })

  it('by nothing if its own deployment failed and the previous one has run', async () => {
    const { run, world, clock, nightly } = await stage(shop())
    world.script(nightly, 'production', [scripts.buildFails])
    const before = world.snapshot()['shop/production/nightly']?.commit
    clock.at(clock.start + 60_000, () => void world.runSchedule(nightly, 'production'))
    const transcript = await run({ 'on-failure': 'rollback' })
    expect(rows(transcript)[0]?.message).toContain('is still live, as before')
    expect(world.newDeployments().filter(({ cause }) => cause === 'rollback')).toHaveLength(1)
    expect(world.snapshot()['shop/production/nightly']?.commit).toBe(before)
  })

  it('by `rollback` to the previous commit, not to an earlier run', async () => {
    const { run, world, nightly } = await stage(shop())
    const before = world.snapshot()['shop/production/nightly']?.commit
    await run({})
    world.runSchedule(nightly, 'production')
    world.runSchedule(nightly, 'production', crashed)
    const transcript = await run({ command: 'rollback', projects: 'shop', services: 'nightly' })
    expect(rows(transcript)[0]).toMatchObject({ action: 'rollback', status: 'rolled-back' })
    expect(world.snapshot()['shop/production/nightly']?.commit).toBe(before)
    expect(commit).not.toBe(before)
  })
})
