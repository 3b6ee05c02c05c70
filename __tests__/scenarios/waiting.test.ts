import { describe, expect, it } from '@jest/globals'
import { commandLines, type Script, scripts, type World } from '../../local/railway/index.ts'
import { commit, type Run, repository, type StageOptions, setStage } from './stage.ts'

/** One project with `web`, whose next deployment follows the script, and `api`, which always succeeds. */
function shopWith(script: Script, more: (world: World) => void = () => {}) {
  return (world: World): string => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    const web = world.service(shop, 'web', { source: { repo: repository }, domain: true })
    world.service(shop, 'api', { source: { repo: repository } })
    world.script(web, 'production', [script])
    more(world)
    return world.workspaceToken(acme)
  }
}

async function deploy(
  script: Script,
  inputs: Record<string, string> = {},
  options: Omit<StageOptions, 'fill'> = {},
) {
  const stage = await setStage({ fill: shopWith(script), ...options })
  const result = await stage.run({
    environment: 'production',
    projects: 'shop',
    services: 'web',
    ...inputs,
  })
  return { ...stage, result }
}

const first = (result: Run) => (result.json('results') as Record<string, unknown>[])[0]

describe('a red job means that a deployment is not live', () => {
  it.each<[string, Script, string]>([
    ['a build fails', scripts.buildFails, 'failed'],
    ['the health check fails', scripts.healthcheckFails, 'failed'],
    ['the container crashes', scripts.crashes, 'failed'],
    ['it is cancelled or removed before it was live', scripts.removed, 'failed'],
  ])('when %s', async (_, script, status) => {
    const { result } = await deploy(script)
    expect(result.exitCode).toBe(1)
    expect(result.codes).toEqual(['deployment-failed'])
    expect(first(result)).toMatchObject({ status, errorCode: 'deployment-failed' })
    expect(result.outputs.status).toBe('failure')
  })

  it('when it crashes right after it was reported as live', async () => {
    const steps = [{ status: 'BUILDING', seconds: 3 }, { status: 'SUCCESS', seconds: 8 }, 'CRASHED']
    const { result } = await deploy({ steps })
    expect(result.codes).toEqual(['deployment-failed'])
    expect(result.errors[0]).toContain('crashed')
  })

  it('when it crashes while others are still building', async () => {
    const { run, world } = await setStage({
      fill: (world) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop')
        const web = world.service(shop, 'web', { source: { repo: repository } })
        const api = world.service(shop, 'api', { source: { repo: repository } })
        world.script(web, 'production', [
          [{ status: 'BUILDING', seconds: 5 }, { status: 'SUCCESS', seconds: 30 }, 'CRASHED'],
        ])
        world.script(api, 'production', [[{ status: 'BUILDING', seconds: 300 }, 'SUCCESS']])
        return world.workspaceToken(acme)
      },
    })
    const result = await run({ environment: 'production' })
    expect(result.outputs.status).toBe('partial')
    expect(first(result)).toMatchObject({ service: 'web', status: 'failed' })
    expect(world.newDeployments()).toHaveLength(2)
  })

  it('when another commit went live than the requested one', async () => {
    const { result } = await deploy({ steps: scripts.succeeds.steps, commit: 'e'.repeat(40) })
    expect(result.codes).toEqual(['commit-mismatch'])
    expect(result.errors[0]).toContain('eeeeeeeeeeee')
    expect(first(result)).toMatchObject({ status: 'failed' })
  })

  it('when `timeout` is over, and says that it continues at Railway', async () => {
    const { result } = await deploy(scripts.never, { timeout: '90s' })
    expect(result.codes).toEqual(['deployment-timeout'])
    expect(first(result)).toMatchObject({ status: 'timed-out' })
    expect(result.errors[0]).toContain('BUILDING')
    expect(result.seconds).toBeGreaterThanOrEqual(90)
    expect(result.seconds).toBeLessThan(100)
  })

  it('when Railway skips it and `on-skipped` is `fail`, with the reason', async () => {
    const { result } = await deploy(scripts.skippedByWatchPaths, { 'on-skipped': 'fail' })
    expect(result.codes).toEqual(['deployment-skipped'])
    expect(result.errors[0]).toContain('No changes to watched files')
  })

  it('when Railway skips it without a reason, with the usual ones', async () => {
    const { result } = await deploy(scripts.skipped, { 'on-skipped': 'fail' })
    expect(result.errors[0]).toContain('or a check of the commit failed')
  })
})

describe('a green job means that a deployment is live', () => {
  it.each<[string, Script, string]>([
    ['it is live', scripts.succeeds, 'success'],
    [
      'it sleeps until the next request',
      { steps: [{ status: 'BUILDING', seconds: 5 }, 'SLEEPING'] },
      'success',
    ],
    ['it has an unknown status in between', scripts.unknown, 'success'],
  ])('when %s', async (_, script, status) => {
    const { result } = await deploy(script)
    expect(result.codes).toEqual([])
    expect(result.exitCode).toBe(0)
    expect(first(result)).toMatchObject({ status })
  })

  it('shows an unknown status, and continues to wait', async () => {
    const { result } = await deploy(scripts.unknown)
    expect(result.shown).toContain('TELEPORTING')
  })

  it('warns when the process ended by itself and is no longer live', async () => {
    const { result } = await deploy({ ...scripts.succeeds, stopsAfterSeconds: 0 })
    expect(result.exitCode).toBe(0)
    expect(result.warnings.join()).toContain('is no longer live')
  })

  it('warns when the process ends between the last poll and the last check', async () => {
    // It is live after 58 s, polled at 59, ended at 61, polled again at 64.
    const steps = [{ status: 'BUILDING', seconds: 58 }, 'SUCCESS']
    const { result } = await deploy({ steps, stopsAfterSeconds: 3 })
    expect(result.exitCode).toBe(0)
    expect(first(result)).toMatchObject({ status: 'success' })
    expect(result.warnings.join()).toContain('is no longer live')
  })

  it.each([
    ['warn', 1],
    ['ignore', 0],
  ])('when Railway skips it and `on-skipped` is `%s`', async (mode, warnings) => {
    const { result } = await deploy(scripts.skipped, { 'on-skipped': mode })
    expect(result.exitCode).toBe(0)
    expect(first(result)).toMatchObject({ status: 'skipped' })
    const skipped = result.warnings.filter((message) => message.includes('skipped'))
    expect(skipped).toHaveLength(warnings)
  })

  it('with a warning when a newer deployment replaced it before it was live', async () => {
    const { run, world, clock } = await setStage({ fill: shopWith(scripts.succeeds) })
    const newer = 'd'.repeat(40)
    clock.at(clock.now() + 20_000, () => world.push(repository, 'main', newer))
    const result = await run({ environment: 'production', projects: 'shop', services: 'web' })
    expect(result.exitCode).toBe(0)
    expect(first(result)).toMatchObject({ status: 'superseded' })
    expect(result.warnings.join()).toContain('ddddddd')
  })

  it.each<[string, Record<string, string>]>([
    ['by itself', {}],
    ['as a canary', { canary: 'web', services: 'web\napi' }],
  ])('when a newer deployment of its own commit replaced it and ends well, %s', async (_, more) => {
    const { run, world, clock } = await setStage({ fill: shopWith(scripts.succeeds) })
    clock.at(clock.now() + 20_000, () => world.push(repository, 'main', commit))
    const inputs = { environment: 'production', projects: 'shop', services: 'web', ...more }
    const result = await run(inputs)
    expect(first(result)).toMatchObject({ service: 'web', status: 'success' })
    expect(result.outputs.status).toBe('success')
  })

  it('with a warning when the newer deployment of its own commit fails', async () => {
    const { run, world, clock } = await setStage({
      fill: (world) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop')
        const web = world.service(shop, 'web', { source: { repo: repository } })
        world.script(web, 'production', [scripts.succeeds, scripts.buildFails])
        return world.workspaceToken(acme)
      },
    })
    clock.at(clock.now() + 20_000, () => world.push(repository, 'main', commit))
    const result = await run({ environment: 'production', projects: 'shop', services: 'web' })
    expect(first(result)).toMatchObject({ status: 'superseded' })
  })

  it('says that Railway accepted it, and no more, with `wait: false`', async () => {
    const { result, railway } = await deploy(scripts.buildFails, { wait: 'false' })
    expect(result.exitCode).toBe(0)
    expect(result.outputs.status).toBe('accepted')
    expect(result.shown).toContain('not verified')
    expect(
      railway.requests.some(({ operationName }) => operationName === 'ServedDeployments'),
    ).toBe(false)
  })
})

describe('a deployment whose turn does not come within `timeout`', () => {
  it('is not reported as continuing at Railway', async () => {
    const { run, world } = await setStage({
      fill(world) {
        const shop = world.project(world.workspace('Acme'), 'shop')
        for (const name of ['web', 'api']) {
          world.service(shop, name, { source: { repo: repository } })
        }
        return world.workspaceToken(world.workspaces[0] ?? world.workspace('?'))
      },
      faults: [{ operation: 'DeployService', fault: 'slow' }],
    })
    const inputs = { environment: 'production', 'max-parallel': '1', timeout: '10s' }
    const result = await run(inputs)
    expect(result.codes).toEqual(['deployment-timeout', 'deployment-timeout'])
    expect(result.errors[0]).toContain('The deployment continues on Railway.')
    expect(result.errors[1]).toMatch(/Nothing was started for service "api"/)
    expect(result.errors[1]).not.toContain('goes on')
    expect(world.newDeployments()).toHaveLength(1)
  })
})

describe('a deployment that was removed while the query for the live one gets no response', () => {
  it('is reported neither as failed nor as superseded', async () => {
    const { run, clock, world } = await setStage({
      fill: shopWith(scripts.succeeds),
      faults: [{ operation: 'InstanceStates', times: Infinity, fault: 'status-502-html' }],
    })
    clock.at(clock.now() + 20_000, () => void world.push(repository, 'main', 'd'.repeat(40)))
    const result = await run({ environment: 'production', projects: 'shop', services: 'web' })
    expect(first(result)).toMatchObject({ status: 'unknown', errorCode: 'api-unavailable' })
    expect(result.errors[0]).toContain(
      'Either a newer deployment replaced it, or somebody removed it.',
    )
    expect(result.exitCode).toBe(1)
  })
})

describe('waiting for a person or for checks', () => {
  it('reports immediately that an approval is needed, with the link, and counts it against `timeout`', async () => {
    const { result } = await deploy(scripts.needsApproval, { timeout: '5m' })
    expect(result.shown).toMatch(/NEEDS_APPROVAL.*approve.*https:\/\/railway\.com\/project\//)
    expect(result.codes).toEqual(['deployment-timeout'])
  })

  it('says that a job which is one of the checks and the deployment wait for each other', async () => {
    const { result } = await deploy(scripts.waitsForChecks, { timeout: '2m' })
    expect(result.shown).toContain('each waits for the other')
    expect(result.codes).toEqual(['deployment-timeout'])
  })
})

describe('the report of a failure', () => {
  it("names the failed step, Railway's diagnosis and the first error line", async () => {
    const { result } = await deploy(scripts.crashes)
    expect(result.errors[0]).toContain('CREATE_CONTAINER')
    expect(result.errors[0]).toContain('DATABASE_URL is not set')
    expect(result.errors[0]).toContain('First error in the log: Error: DATABASE_URL is not set')
    expect(result.shown).toContain('| Starting Container')
  })

  it.each(['strings', 'objects'] as const)(
    'names Railway’s objections to the configuration, as %s, and no log that is empty',
    async (configErrors) => {
      const { result } = await deploy(scripts.configInvalid, {}, { behaviour: { configErrors } })
      expect(result.codes).toEqual(['deployment-failed'])
      expect(result.errors[0]).toContain('Expected RAILPACK or DOCKERFILE; deploy.healthcheck')
      expect(result.errors[0]).not.toContain(' log')
    },
  )

  it.each<[string, Script, string]>([
    ['without a reason', { steps: ['FAILED'], buildLog: [] }, 'Look at the deployment in Railway'],
    [
      'with a diagnosis',
      { steps: ['FAILED'], buildLog: [], diagnosis: 'Out of memory' },
      'Correct this in the settings',
    ],
    [
      'with a `meta` of another shape',
      { steps: ['FAILED'], meta: { configErrors: 7 }, buildLog: [] },
      'Railway gave no reason',
    ],
  ])('never refers to an empty log, %s', async (_, script, expectedMessage) => {
    const { result } = await deploy(script, {}, { behaviour: { deploymentEvents: 'refused' } })
    expect(result.errors[0]).toContain(expectedMessage)
    expect(result.errors[0]).not.toContain('has the last lines of its log')
  })

  it('prints log lines that no runner executes as commands', async () => {
    const { result } = await deploy({ ...scripts.buildFails, buildLog: commandLines })
    expect(result.legacyCommands).toEqual([])
    expect(result.annotations.filter(({ message }) => message === 'x')).toEqual([])
    expect(result.masks).not.toContain('a')
    expect(result.shown).toContain('red and')
    expect(result.lines.join('')).not.toContain('\u001b[31m')
  })

  it('does not depend on logs: without them the verdict is the same', async () => {
    const { result } = await deploy({ ...scripts.buildFails, logsUnavailableSeconds: Infinity })
    expect(result.codes).toEqual(['deployment-failed'])
  })

  it('deploys and judges the other services anyway', async () => {
    const { run } = await setStage({ fill: shopWith(scripts.buildFails) })
    const result = await run({ environment: 'production' })
    expect(result.outputs.status).toBe('partial')
    expect(result.json('results')).toMatchObject([
      { service: 'web', status: 'failed' },
      { service: 'api', status: 'success' },
    ])
  })

  it('starts nothing new after a failure with `fail-fast`', async () => {
    const { run, world } = await setStage({
      fill: shopWith(scripts.succeeds),
      faults: [{ operation: 'DeployService', fault: 'refused' }],
    })
    const result = await run({
      environment: 'production',
      'fail-fast': 'true',
      'max-parallel': '1',
    })
    expect(result.codes).toEqual(['operation-not-permitted'])
    expect(world.newDeployments()).toEqual([])
    expect(result.json('results')).toMatchObject([
      { service: 'web', status: 'refused' },
      { service: 'api', status: 'not-started' },
    ])
  })
})

describe('while waiting', () => {
  it('prints a heartbeat while Railway does not respond before the plan', async () => {
    const silence = { operation: 'WorkspaceProjects', fault: 'silence-before-effect' as const }
    const { result } = await deploy(scripts.succeeds, {}, { faults: [{ ...silence, times: 4 }] })
    expect(result.exitCode).toBe(0)
    const beats = result.lines.filter((line) => line === 'Inventory: still in progress')
    expect(beats).toHaveLength(2)
  })

  it('prints a heartbeat while it is not known whether a deployment was started', async () => {
    const faults = [{ root: 'serviceInstanceDeployV2', fault: 'silence-before-effect' as const }]
    const { result } = await deploy(scripts.succeeds, {}, { faults })
    expect(result.exitCode).toBe(0)
    expect(result.stdout).toMatch(
      /checking whether it was started\n(::debug.*\n)*Waiting for 1 deployment after 1 min: 1 requested \(shop\/web\)\n/,
    )
  })

  it('prints one line per change and a heartbeat per minute, never one line per poll', async () => {
    const { result, railway } = await deploy([{ status: 'BUILDING', seconds: 600 }, 'SUCCESS'])
    const polls = railway.requests.filter(
      ({ operationName }) => operationName === 'ServedDeployments',
    )
    const lines = result.lines.filter((line) => line.includes('shop/web'))
    const beats = result.lines.filter((line) => line.startsWith('Waiting for'))
    expect(polls.length).toBeGreaterThan(15)
    expect(beats.length).toBeGreaterThanOrEqual(9)
    expect(beats.length).toBeLessThanOrEqual(11)
    expect(lines.length - beats.length).toBeLessThan(10)
  })

  it('polls at intervals of 3 to 15 seconds', async () => {
    const { railway } = await deploy([{ status: 'BUILDING', seconds: 900 }, 'SUCCESS'])
    const at = railway.requests
      .filter(({ operationName }) => operationName === 'ServedDeployments')
      .map(({ at }) => at)
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    expect(gaps[0]).toBeLessThanOrEqual(12_000)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15_000)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_900)
  })

  it('polls the commit that is live', async () => {
    const { world, result } = await deploy(scripts.succeeds)
    expect(world.snapshot()['shop/production/web']?.commit).toBe(commit)
    expect(first(result)).toMatchObject({
      message: `live at ${commit.slice(0, 7)}`,
      url: expect.stringContaining('https://'),
    })
  })
})
