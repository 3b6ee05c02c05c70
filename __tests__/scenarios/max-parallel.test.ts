import { describe, expect, it } from '@jest/globals'
import { type Script, scripts, type World } from '../../local/railway/index.ts'
import { cancelJob } from '../../local/runner/index.ts'
import { type Run, results, rows, stage } from './fleet.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f']

/** Six services of one project, with the scripts of some. */
const six =
  (made: Record<string, Script> = {}, more: Record<string, { trigger?: boolean }> = {}) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    const project = world.project(acme, 'shop')
    for (const name of names) {
      const source = { repo: repository }
      const service = world.service(project, name, { source, trigger: false, ...more[name] })
      if (made[name]) world.script(service, 'production', [made[name]])
    }
    return { token: world.workspaceToken(acme) }
  }

/** The time until a deployment is live, and until it is verified. */
const underWay = 57_000

/** The most deployments that ran at once, counted at every start. */
function mostAtOnce(world: World): number {
  const starts = world.newDeployments().map(({ createdAt }) => createdAt)
  const counts = starts.map(
    (at) => starts.filter((other) => other <= at && at < other + underWay).length,
  )
  return Math.max(0, ...counts)
}

const statuses = (transcript: Run) => rows(transcript).map(({ status }) => status)

describe('`max-parallel`', () => {
  it.each([1, 2, 3, 5, 6, 100])('%i: at most so many deployments run at once', async (limit) => {
    const { run, world } = await stage(six())
    const transcript = await run({ 'max-parallel': String(limit), timeout: '1h' })
    expect(transcript.outputs.status).toBe('success')
    expect(mostAtOnce(world)).toBe(Math.min(6, limit))
    expect(world.newDeployments().map(({ service }) => service)).toEqual(names)
  })

  it('omitted: all at once, and no request waits for the response to another', async () => {
    const { run, railway } = await stage(six(), {
      faults: [{ root: 'serviceInstanceDeployV2', times: 6, fault: { kind: 'slow', seconds: 5 } }],
    })
    await run({})
    const sent = railway.requests.filter(({ roots }) => roots.includes('serviceInstanceDeployV2'))
    expect(sent).toHaveLength(6)
    const [first, last] = [sent[0]?.at ?? 0, sent[5]?.at ?? 0]
    expect(last - first).toBeLessThan(1_000)
  })

  it('omitted: as many a second as Railway permits, for any duration', async () => {
    const many = (world: World) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      const source = { repo: repository }
      for (let index = 0; index < 90; index += 1) {
        world.service(project, `s${index}`, { source, trigger: false })
      }
      return { token: world.workspaceToken(acme) }
    }
    const { run, railway } = await stage(many, {
      faults: [{ operation: 'DeployService', times: 90, fault: { kind: 'slow', seconds: 0.5 } }],
    })
    await run({})
    const sent = railway.requests.filter(({ operationName }) => operationName === 'DeployService')
    expect(sent).toHaveLength(90)
    // 45 a second: nine tenths of the 50 that the plan permits.
    expect((sent[89]?.at ?? 0) - (sent[0]?.at ?? 0)).toBeLessThan(2_200)
  })

  it('keeps the rate that Railway permits, for any number of deployments', async () => {
    const { run, railway } = await stage(six(), { limits: 'hobby' })
    const transcript = await run({})
    const sent = railway.requests.filter(({ roots }) => roots.includes('serviceInstanceDeployV2'))
    const gaps = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))
    expect(transcript.outputs.status).toBe('success')
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100)
    expect(railway.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  it('1: continues after a failure, and starts nothing new with `fail-fast`', async () => {
    const going = await stage(six({ b: scripts.buildFails }))
    const all = await going.run({ 'max-parallel': '1', timeout: '1h' })
    expect(statuses(all)).toEqual(['success', 'failed', ...Array(4).fill('success')])
    const stopping = await stage(six({ b: scripts.buildFails }))
    const some = await stopping.run({ 'max-parallel': '1', 'fail-fast': 'true', timeout: '1h' })
    expect(statuses(some)).toEqual(['success', 'failed', ...Array(4).fill('not-started')])
    expect(some.codes).toEqual(['deployment-failed'])
    expect(stopping.world.newDeployments()).toHaveLength(2)
  })

  it('1: a success that does not last stops the next with `fail-fast`', async () => {
    const script: Script = { steps: [{ status: 'SUCCESS', seconds: 8 }, 'CRASHED'] }
    const { run, world } = await stage(six({ a: script }))
    const transcript = await run({ 'max-parallel': '1', 'fail-fast': 'true' })
    expect(statuses(transcript)).toEqual(['failed', ...Array(5).fill('not-started')])
    expect(world.newDeployments()).toHaveLength(1)
  })

  it('counts deployments that ran before: nothing is started beside them', async () => {
    const pushed = { e: { trigger: true }, f: { trigger: true } }
    const { run, world, clock } = await stage(six({}, pushed))
    world.push(repository, 'main', commit)
    const transcript = await run({ 'max-parallel': '1', timeout: '1h' })
    expect(results(transcript).slice(4)).toEqual(['shop/e: adopt success', 'shop/f: adopt success'])
    const own = world.newDeployments().filter(({ cause }) => cause === 'api')
    expect(own.map(({ service }) => service)).toEqual(['a', 'b', 'c', 'd'])
    expect((own[0]?.createdAt ?? 0) - clock.start).toBeGreaterThan(52_000)
  })

  it('starts the run’s own deployment in the slot of one that Railway skipped', async () => {
    const { run, world } = await stage(six({ a: scripts.skipped }, { a: { trigger: true } }))
    world.push(repository, 'main', commit)
    const transcript = await run({ 'max-parallel': '1', timeout: '1h' })
    expect(statuses(transcript)).toEqual(Array(6).fill('success'))
    const own = world.newDeployments().filter(({ cause }) => cause === 'api')
    const gaps = own
      .slice(1)
      .map(({ createdAt }, index) => createdAt - (own[index]?.createdAt ?? 0))
    expect(own).toHaveLength(6)
    expect(Math.min(...gaps)).toBeGreaterThan(underWay)
  })

  it.each([
    ['is on its way', 50_000, 'adopt success'],
    ['is live', 5_000, 'keep unchanged'],
  ])('does not deploy a service that %s by a push when its turn comes', async (_, after, end) => {
    const { run, world, clock } = await stage(six({}, { b: { trigger: true } }))
    clock.at(clock.now() + after, () => void world.push(repository, 'main', commit))
    const transcript = await run({ 'max-parallel': '1', timeout: '1h' })
    expect(results(transcript)[1]).toBe(`shop/b: ${end}`)
    const made = world.newDeployments().filter(({ service }) => service === 'b')
    expect(made.map(({ cause }) => cause)).toEqual(['push'])
    expect(transcript.exitCode).toBe(0)
  })

  it('verifies those together that became live together', async () => {
    const { run, railway } = await stage(six())
    await run({ 'max-parallel': '3', timeout: '1h' })
    const polls = railway.requests.filter(({ operationName }) => operationName === 'InstanceStates')
    // The last poll of each half verifies it; the second half is read before it begins.
    expect(polls.map(({ roots }) => roots.length)).toEqual([3])
  })

  it('frees the slot of a deployment whose response was lost', async () => {
    const { run, world } = await stage(six(), {
      faults: [{ operation: 'DeployService', times: 2, fault: 'reset-after-effect' }],
    })
    const transcript = await run({ 'max-parallel': '1', timeout: '1h' })
    expect(statuses(transcript)).toEqual(Array(6).fill('success'))
    expect(world.newDeployments()).toHaveLength(6)
    expect(mostAtOnce(world)).toBe(1)
  })

  it('frees the slot of a deployment that was refused', async () => {
    const { run } = await stage(six(), {
      faults: [{ operation: 'DeployService', times: 3, fault: 'refused' }],
    })
    const transcript = await run({ 'max-parallel': '1', timeout: '1h' })
    expect(statuses(transcript)).toEqual([...Array(3).fill('refused'), ...Array(3).fill('success')])
  })

  it('starts nothing more after `timeout`', async () => {
    const { run, world } = await stage(six({ b: scripts.never }))
    const transcript = await run({ 'max-parallel': '1', timeout: '3m' })
    expect(statuses(transcript)).toEqual(['success', 'timed-out', ...Array(4).fill('not-started')])
    expect(world.newDeployments()).toHaveLength(2)
    expect(transcript.seconds).toBeLessThan(200)
  })

  it('starts nothing more once the job is cancelled', async () => {
    const { run, world } = await stage(six())
    const inputs = { 'max-parallel': '2', timeout: '1h' }
    const transcript = await run(inputs, { signals: cancelJob(30) })
    expect(statuses(transcript)).toEqual([
      ...Array(2).fill('cancelled'),
      ...Array(4).fill('not-started'),
    ])
    expect(world.newDeployments()).toHaveLength(2)
    expect(transcript.seconds).toBeLessThan(40)
  })

  it('applies to each wave of `order`, after the canary', async () => {
    const { run, world } = await stage(six())
    const inputs = { canary: 'f', order: '{a,b,c}', 'max-parallel': '2', timeout: '1h' }
    const transcript = await run(inputs)
    expect(transcript.outputs.status).toBe('success')
    expect(world.newDeployments().map(({ service }) => service)).toEqual([
      'f',
      ...names.slice(0, 5),
    ])
    expect(mostAtOnce(world)).toBe(2)
  })

  it('1: rolls back one by one too', async () => {
    const { run, world } = await stage(six({ c: scripts.buildFails }))
    const before = world.snapshot()
    const inputs = { 'max-parallel': '1', 'fail-fast': 'true', 'on-failure': 'rollback' }
    const transcript = await run({ ...inputs, timeout: '1h' })
    expect(world.snapshot()).toEqual(before)
    const [first, second] = world.newDeployments().slice(3)
    expect((second?.createdAt ?? 0) - (first?.createdAt ?? 0)).toBeGreaterThan(10_000)
    expect(transcript.codes).toEqual(['deployment-failed'])
  })

  it('1: deploys the services of a preview one by one', async () => {
    const { preview, world } = await setPreviewStage({ fill: (world) => fillShop(world) })
    const transcript = await preview(
      { action: 'opened', sha: commit },
      { services: 'web\napi', projects: 'shop', 'max-parallel': '1', timeout: '1h' },
    )
    expect(transcript.outputs.status).toBe('success')
    const made = world.newDeployments().filter(({ service }) => ['web', 'api'].includes(service))
    expect(made).toHaveLength(2)
    const [first, second] = made.map(({ createdAt }) => createdAt)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(10_000)
  })

  describe('1: in a preview that exists', () => {
    const inputs = { projects: 'shop', 'max-parallel': '1', timeout: '1h' }
    const open = async (first: Record<string, string>, fill = fillShop) => {
      const opened = await setPreviewStage({ fill: (world) => fill(world) })
      await opened.preview({ action: 'opened', sha: commit }, { ...inputs, ...first })
      const before = opened.world.newDeployments().length
      const since = () => opened.world.newDeployments().slice(before)
      return { ...opened, since }
    }
    const gapsOf = (made: readonly { createdAt: number }[]) =>
      made.slice(1).map(({ createdAt }, index) => createdAt - (made[index]?.createdAt ?? 0))

    it('deploys live services with changed variables one by one', async () => {
      const { preview, since } = await open({ variables: 'FLAG=one' })
      const event = { action: 'labeled', sha: commit }
      const transcript = await preview(event, { ...inputs, variables: 'FLAG=two' })
      expect(transcript.outputs.status).toBe('success')
      expect(since().map(({ service }) => service)).toEqual(['web', 'api'])
      expect(Math.min(...gapsOf(since()))).toBeGreaterThan(underWay)
    })

    it('deploys live services with another image one by one', async () => {
      const ofImages = (world: World) => {
        const token = fillShop(world)
        const [shop] = world.projects.values()
        if (!shop) throw new Error('no project')
        for (const name of ['cache', 'queue']) {
          world.service(shop, name, { source: { image: 'ghcr.io/acme/redis:7.0.0' } })
        }
        return token
      }
      const { preview, since } = await open({}, ofImages)
      const event = { action: 'labeled', sha: commit }
      const transcript = await preview(event, { ...inputs, image: 'ghcr.io/acme/redis:7.0.1' })
      expect(transcript.outputs.status).toBe('success')
      expect(since().map(({ service }) => service)).toEqual(['cache', 'queue'])
      expect(Math.min(...gapsOf(since()))).toBeGreaterThan(5_000)
    })

    it('starts none after a failure with `fail-fast`', async () => {
      const { preview, since, world } = await open({ variables: 'FLAG=one' })
      for (const project of world.projects.values()) {
        const web = project.services.find(({ name }) => name === 'web')
        if (web) world.script(web, 'pr-7', [scripts.buildFails])
      }
      const transcript = await preview(
        { action: 'labeled', sha: commit },
        { ...inputs, variables: 'FLAG=two', 'fail-fast': 'true' },
      )
      expect(transcript.codes).toEqual(['deployment-failed'])
      expect(since().map(({ service }) => service)).toEqual(['web'])
    })
  })

  it('writes variables first, and then deploys one by one', async () => {
    const { run, world } = await stage(six())
    const inputs = { command: 'variables', projects: 'shop', services: '*', variables: 'NEW=1' }
    const transcript = await run({ ...inputs, 'max-parallel': '1', timeout: '1h' })
    expect(transcript.outputs.status).toBe('success')
    expect(world.newDeployments()).toHaveLength(6)
    expect(mostAtOnce(world)).toBe(1)
  })
})
