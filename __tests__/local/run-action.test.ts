import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createWorld, type FaultRule, startLocalRailway } from '../../local/railway/index.ts'
import { cancelJob, type RunOptions, runAction } from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'

const closing: (() => Promise<void>)[] = []
beforeEach(() => {
  jest.spyOn(process.stdout, 'write')
})
afterEach(async () => {
  jest.restoreAllMocks()
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** A Railway with one service, in a project of that name. */
async function open(project: string, faults: FaultRule[] = []) {
  const clock = new SimulatedClock()
  const world = createWorld({ clock })
  const acme = world.workspace('Acme')
  world.service(world.project(acme, project), 'web', { source: { repo: 'acme/shop' } })
  const railway = await startLocalRailway({ world, clock, faults })
  closing.push(railway.close)
  const token = world.workspaceToken(acme)
  const run = (options: Partial<RunOptions> = {}) =>
    runAction({
      clock,
      ...options,
      inputs: { token, 'api-url': railway.url, environment: 'production', ...options.inputs },
    })
  return { clock, world, railway, run }
}

describe('runs in this process', () => {
  it('share nothing with each other or with the process', async () => {
    const environment = { ...process.env }
    const places = await Promise.all(['one', 'two', 'three'].map((name) => open(name)))
    const runs = await Promise.all(
      places.map(({ run }, index) => run(index === 2 ? { inputs: { services: 'none' } } : {})),
    )
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 1])
    expect(runs.map(({ stdout }) => /\b(one|two|three)\/web: success/.exec(stdout)?.[1])).toEqual([
      'one',
      'two',
      undefined,
    ])
    expect(runs.map(({ outputs }) => outputs.status)).toEqual(['success', 'success', 'failure'])
    expect(runs.map(({ summary }) => summary.match(/\b(one|two|three)\/web\b/)?.[1])).toEqual([
      'one',
      'two',
      undefined,
    ])
    expect(process.stdout.write).not.toHaveBeenCalled()
    expect(process.env).toEqual(environment)
    expect(process.exitCode).toBeUndefined()
  })

  it('always have the same result', async () => {
    const reports = await Promise.all(
      [1, 2].map(async () => {
        const { run, railway } = await open('shop', [
          { operation: 'WorkspaceProjects', times: 3, fault: 'status-502-html' },
        ])
        const { seconds } = await run()
        return [seconds, railway.requests.map(({ at, operationName }) => [at, operationName])]
      }),
    )
    expect(reports[0]).toEqual(reports[1])
  })

  it('can be killed, and then do nothing more', async () => {
    const { run, railway, clock } = await open('shop', [
      { operation: 'WorkspaceProjects', times: Infinity, fault: 'silence-before-effect' },
    ])
    const killed = await run({ signals: [{ at: 5, signal: 'SIGKILL' }] })
    expect([killed.exitCode, killed.signal, killed.seconds]).toEqual([null, 'SIGKILL', 5])
    expect([killed.outputs, killed.summary]).toEqual([{}, ''])
    const sent = railway.requests.length
    await clock.participant().sleep(3_600_000)
    expect(railway.requests).toHaveLength(sent)
  })

  it('are cancelled as GitHub cancels a job', async () => {
    const { run } = await open('shop', [
      { operation: 'WorkspaceProjects', fault: 'silence-before-effect' },
    ])
    const cancelled = await run({ signals: cancelJob(5) })
    expect([cancelled.exitCode, cancelled.signal, cancelled.seconds]).toEqual([1, null, 8.5])
  })

  it('lose only the outputs if their file cannot be written', async () => {
    const { run } = await open('shop')
    const broken = await run({ env: { GITHUB_OUTPUT: '/nowhere/output' } })
    expect([broken.exitCode, broken.stderr, broken.outputs]).toEqual([0, '', {}])
    expect(broken.annotations.map(({ level, message }) => [level, message])).toContainEqual([
      'warning',
      expect.stringContaining('The outputs could not be written on the runner (ENOENT).'),
    ])
  })
})
