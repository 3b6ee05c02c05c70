import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createWorld, type FaultRule, startLocalRailway } from '../../local/railway/index.ts'
import { cancelJob, type RunOptions, runAction } from '../../local/runner/index.ts'
import { LocalProcess } from '../../local/runner/local-process.ts'
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

  it('always take the same course', async () => {
    const told = await Promise.all(
      [1, 2].map(async () => {
        const { run, railway } = await open('shop', [
          { operation: 'WorkspaceProjects', times: 3, fault: 'status-502-html' },
        ])
        const { seconds } = await run()
        return [seconds, railway.requests.map(({ at, operationName }) => [at, operationName])]
      }),
    )
    expect(told[0]).toEqual(told[1])
  })

  it('are killed: nothing of them goes on', async () => {
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

  it('say why they broke', async () => {
    const { run } = await open('shop')
    const broken = await run({ env: { GITHUB_OUTPUT: '/nowhere/output' } })
    expect(broken.exitCode).toBe(1)
    expect(broken.stderr).toContain('ENOENT')
  })
})

describe('a process of their own', () => {
  it('hands on each line when it is complete, and nothing after the end', () => {
    const lines: string[] = []
    const local = new LocalProcess({}, (line) => lines.push(line))
    for (const text of ['a\nb', 'c\r\n', 'd']) local.stdout.write(text)
    expect(lines).toEqual(['a', 'bc'])
    local.exit()
    local.stdout.write('e\n')
    expect([lines, local.printed]).toEqual([['a', 'bc'], 'a\nbc\r\nd'])
  })

  it.each<[string, (local: LocalProcess) => void, unknown]>([
    ['exits with 0', (local) => local.exit(), { exitCode: 0, signal: null }],
    ['exits with a code', (local) => local.exit(3), { exitCode: 3, signal: null }],
    ['dies of a signal', (local) => local.signal('SIGTERM'), { exitCode: null, signal: 'SIGTERM' }],
  ])('%s', async (_, act, expected) => {
    const local = new LocalProcess({})
    act(local)
    local.exit(9)
    expect(await local.ended).toEqual(expected)
  })

  it('exits with the code that was set', async () => {
    const local = new LocalProcess({})
    local.exitCode = 1
    local.exit()
    expect(await local.ended).toEqual({ exitCode: 1, signal: null })
  })

  it('survives a signal that it listens for, but not the one that nobody can', async () => {
    const local = new LocalProcess({})
    const heard: string[] = []
    local.on('SIGINT', () => heard.push('first'))
    local.on('SIGINT', () => heard.push('second'))
    local.signal('SIGINT')
    local.signal('SIGKILL')
    expect(heard).toEqual(['first', 'second'])
    expect(await local.ended).toEqual({ exitCode: null, signal: 'SIGKILL' })
  })
})
