import { describe, expect, it } from '@jest/globals'
import { type LargeWorkspace, largeWorkspace, type World } from '../../local/railway/index.ts'
import { rows } from './fleet.ts'
import { commit, repository, type StageOptions, setStage } from './stage.ts'

const fleet = (services: number) => (world: World) =>
  largeWorkspace(world, { projects: services / 10, servicesPerProject: 10 }).token

const everything = { environment: 'production', projects: '*', services: '*' }

describe('the request rate', () => {
  it.each([
    ['hobby', 10],
    ['pro', 50],
  ] as const)(
    'on %s uses 90%% of %i requests a second and never gets a 429',
    async (limits, perSecond) => {
      const { run, railway } = await setStage({ fill: fleet(300), limits })
      const result = await run(everything)
      expect(result.codes).toEqual([])
      expect(railway.requests.filter(({ status }) => status === 429)).toEqual([])
      const deployed = railway.requests
        .filter(({ operationName }) => operationName === 'DeployService')
        .map(({ at }) => at)
      expect(deployed).toHaveLength(300)
      const [first = 0, last = 0] = [deployed[0], deployed.at(-1)]
      // Polls take turns with them.
      const sent = railway.requests.filter(({ at }) => at > first && at <= last)
      const pace = (sent.length * 1000) / (last - first)
      expect(pace / perSecond).toBeCloseTo(0.9, 2)
    },
  )

  it.each([
    ['epoch seconds', { reset: 'epoch-seconds', policy: 'plain' }],
    ['epoch milliseconds', { reset: 'epoch-milliseconds', policy: 'structured' }],
    ['a date', { reset: 'iso', policy: 'none' }],
    ['seconds from now', { reset: 'delta', policy: 'structured' }],
  ] as const)('is read from headers whose reset is %s', async (_, headers) => {
    const { run, railway } = await setStage({
      fill: fleet(30),
      limits: { perHour: 1000, perSecond: 10, headers: { rateHeaders: true, ...headers } },
    })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    expect(railway.requests.filter(({ status }) => status === 429)).toEqual([])
    expect(Number(result.outputs['rate-limit-remaining'])).toBe(1000 - railway.requests.length)
  })

  it('is conservative if no header states it', async () => {
    const { run, railway } = await setStage({ fill: fleet(30), limits: 'none' })
    await run(everything)
    const sent = railway.requests
      .filter(({ operationName }) => operationName === 'DeployService')
      .map(({ at }) => at)
    expect(((sent.at(-1) ?? 0) - (sent[0] ?? 0)) / 29).toBeGreaterThanOrEqual(190)
  })
})

describe('a 429', () => {
  it('makes the whole run wait exactly as long as requested', async () => {
    const { run, railway, world } = await setStage({
      fill: fleet(20),
      faults: [
        { operation: 'DeployService', nth: 5, fault: { kind: 'rate-limited', retryAfter: 37 } },
      ],
    })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    const refused = railway.requests.find(({ status }) => status === 429)
    const next = railway.requests.find(({ index }) => index > (refused?.index ?? 0) && index > 0)
    const quiet = railway.requests.filter(
      ({ at }) => at > (refused?.at ?? 0) && at < (refused?.at ?? 0) + 37_000,
    )
    expect(next?.at).toBe((refused?.at ?? 0) + 37_000)
    expect(quiet).toEqual([])
    expect(world.newDeployments()).toHaveLength(20)
  })

  it('that always requests an immediate retry does not last longer than `timeout`', async () => {
    const fault = { kind: 'rate-limited' as const, retryAfter: 0 }
    const { run, railway } = await setStage({
      fill: fleet(10),
      faults: [{ operation: 'WorkspaceProjects', times: Infinity, fault }],
    })
    const result = await run({ ...everything, timeout: '60s' })
    expect(result.codes).toEqual(['rate-limited'])
    expect(result.seconds).toBeLessThan(65)
    expect(railway.requests.length).toBeLessThan(65)
  })

  it('of the edge, which is HTML and has no headers, makes the run wait too', async () => {
    const { run, world } = await setStage({
      fill: fleet(20),
      faults: [{ operation: 'DeployService', nth: 3, fault: 'edge-limited' }],
    })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    expect(world.newDeployments()).toHaveLength(20)
  })

  it('that resets after the timeout does not end the wait before a rollback', async () => {
    const { run } = await setStage({
      fill: fleet(10),
      faults: [
        {
          operation: 'ServedDeployments',
          nth: 2,
          fault: { kind: 'rate-limited', retryAfter: 900 },
        },
      ],
    })
    const result = await run({ ...everything, timeout: '10m', 'on-failure': 'rollback' })
    const statuses = rows(result).map(({ status }) => status)
    expect(statuses.filter((status) => status === 'rolled-back')).toHaveLength(10)
    expect(result.seconds).toBeGreaterThan(600)
  })

  it.each([
    ['days', 86_400],
    ['more years than a date has', 9_000_000_000_000_000],
  ])(
    'after two deployments keeps their results, and ends the run at once: %s',
    async (_, retryAfter) => {
      const { run, world } = await setStage({
        fill: fleet(10),
        faults: [
          {
            operation: 'DeployService',
            nth: 3,
            times: Infinity,
            fault: { kind: 'rate-limited', retryAfter },
          },
        ],
      })
      const result = await run(everything)
      expect(world.newDeployments()).toHaveLength(2)
      expect(rows(result).map(({ status }) => status)).toEqual([
        'unknown',
        'unknown',
        ...Array(8).fill('refused'),
      ])
      expect(new Set(result.codes.slice(0, 9))).toEqual(new Set(['rate-limited']))
      expect(result.errors[0]).toContain('resets at 2026-01-06')
      expect(result.seconds).toBeLessThan(60)
    },
  )

  it('that would last longer than `timeout` ends the run with the time of the reset', async () => {
    const { run } = await setStage({
      fill: fleet(10),
      faults: [
        { operation: 'WorkspaceProjects', fault: { kind: 'rate-limited', retryAfter: 3000 } },
      ],
    })
    const result = await run({ ...everything, timeout: '10m' })
    expect(result.codes).toEqual(['rate-limited'])
    expect(result.errors[0]).toContain('resets at 2026-01-05 09:50 UTC')
    expect(result.seconds).toBeLessThan(10)
  })
})

describe('an hourly budget of 100 requests', () => {
  it('is too little for 120 services: refused before the first mutation', async () => {
    const { run, railway } = await setStage({ fill: fleet(120), limits: 'free' })
    const result = await run({ ...everything, timeout: '30m' })
    expect(result.codes).toEqual(['rate-limited'])
    expect(result.errors[0]).toMatch(/needs about 12\d more requests, and 9\d are left/)
    expect(railway.requests.filter(({ kind }) => kind === 'mutation')).toEqual([])
  })

  it('is enough for 60 services, with fewer polls', async () => {
    const { run, world, railway } = await setStage({ fill: fleet(60), limits: 'free' })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    expect(world.newDeployments()).toHaveLength(60)
    expect(railway.requests.length).toBeLessThanOrEqual(100)
    expect(railway.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  it('lasts to the end of long builds if each poll takes several requests', async () => {
    const { run, world, railway } = await setStage({
      fill: fleet(60),
      limits: 'free',
      documents: { roots: 20 },
    })
    for (const service of world.services.values()) {
      world.script(service, 'production', [[{ status: 'BUILDING', seconds: 1500 }, 'SUCCESS']])
    }
    const result = await run({ ...everything, timeout: '50m' })
    expect(result.codes).toEqual([])
    expect(railway.requests.length).toBeLessThanOrEqual(100)
    expect(railway.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  it('that resets within `timeout` is waited for', async () => {
    const { run, world } = await setStage({ fill: fleet(60), limits: 'free' })
    await run({ ...everything, services: 'service-1\nservice-2\nservice-3\nservice-4\nservice-5' })
    const result = await run({ ...everything, force: 'true', timeout: '2h' })
    expect(result.codes).toEqual([])
    expect(result.shown).toContain('Waiting until 2026-01-05T10:00')
    expect(world.newDeployments()).toHaveLength(90)
  })

  it('that is waited for makes the inventory stale: services deployed in the meantime are skipped', async () => {
    const { run, world, clock, railway } = await setStage({
      fill: (world) => {
        const acme = world.workspace('Acme')
        for (const [name, services] of [['labs', 30] as const, ['shop', 60] as const]) {
          const project = world.project(acme, name)
          for (let index = 0; index < services; index += 1) {
            world.service(project, `service-${index}`, { source: { repo: repository } })
          }
        }
        return world.workspaceToken(acme)
      },
      limits: 'free',
    })
    await run({ environment: 'production', projects: 'labs', 'commit-sha': 'latest' })
    const before = world.newDeployments().length
    clock.at(clock.now() + 600_000, () => void world.push(repository, 'main', commit))
    const sent = railway.requests.length
    const result = await run({ environment: 'production', projects: 'shop', timeout: '2h' })
    expect(result.shown).toContain('the request budget is too small for the plan')
    expect(result.outputs.status).toBe('unchanged')
    expect(result.outputs.changed).toBe('false')
    const made = world.newDeployments().slice(before)
    expect(made.map(({ cause }) => cause)).toEqual(Array.from({ length: 90 }, () => 'push'))
    const sentOperations = railway.requests.slice(sent).map(({ operationName }) => operationName)
    expect(sentOperations.filter((name) => name === 'InstanceStates')).toHaveLength(1)
  })

  it('is spread over the duration of deployments, not over the hour', async () => {
    const { run, railway } = await setStage({ fill: fleet(80), limits: 'free' })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    expect(railway.requests.length).toBeLessThanOrEqual(100)
    expect(result.seconds).toBeLessThan(100)
  })

  it.each([22, 12])('of which %i requests are left is spread in the same way', async (left) => {
    const { run, world, railway } = await setStage({
      fill: (world) => {
        const acme = world.workspace('Acme')
        world.service(world.project(acme, 'shop'), 'web', { source: { repo: repository } })
        return world.workspaceToken(acme)
      },
      // Token, inventory, config files and the deployment take six requests.
      limits: { perHour: left + 6, perSecond: 10 },
    })
    const result = await run({ environment: 'production' })
    expect(result.codes).toEqual([])
    expect(world.newDeployments()).toHaveLength(1)
    expect(railway.requests.length).toBeLessThanOrEqual(left + 6)
    expect(result.seconds).toBeLessThan(75)
  })

  it('that runs low is a warning', async () => {
    const { run } = await setStage({ fill: fleet(90), limits: 'free' })
    const result = await run(everything)
    expect(result.warnings.join()).toContain('usually needs about')
  })
})

describe('a batch that the API refuses', () => {
  it('because of its size is halved, and the accepted size is remembered', async () => {
    const { run, railway } = await setStage({ fill: fleet(120), documents: { roots: 50 } })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    const polls = railway.requests.filter(
      ({ operationName }) => operationName === 'ServedDeployments',
    )
    expect(polls.filter(({ status }) => status === 400)).toHaveLength(2)
    expect(Math.max(...polls.slice(-8).map(({ roots }) => roots.length))).toBeLessThanOrEqual(50)
  })

  it('because of its size by not responding is halved, too', async () => {
    const { run, railway } = await setStage({
      fill: fleet(30),
      faults: [
        {
          operation: 'ServedDeployments',
          times: Infinity,
          matching: ({ roots }) => roots.length > 20,
          fault: 'status-504-after-effect',
        },
      ],
    })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    const polls = railway.requests.filter(
      ({ operationName }) => operationName === 'ServedDeployments',
    )
    const worked = polls.findIndex(({ roots }) => roots.length === 15)
    expect(worked).toBeGreaterThan(0)
    // One item got a response alone, as a test whether the size was the cause, and is not requested again.
    expect(polls.slice(worked).map(({ roots }) => roots.length)).toEqual(
      polls.slice(worked).map((_, index) => (index === 1 ? 14 : 15)),
    )
  })

  it('in an outage is requested as a whole again after the outage', async () => {
    let until = Infinity
    const { run, railway, clock } = await setStage({
      fill: fleet(30),
      faults: [
        {
          operation: 'ServedDeployments',
          times: Infinity,
          matching: () => {
            until = Math.min(until, clock.now() + 120_000)
            return clock.now() < until
          },
          fault: 'status-502-html',
        },
      ],
    })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    const polls = railway.requests.filter(({ operationName, status }) => {
      return operationName === 'ServedDeployments' && status === 200
    })
    expect(polls.length).toBeGreaterThan(0)
    expect(polls.map(({ roots }) => roots.length)).toEqual(polls.map(() => 30))
  })

  it('because one id cannot be read still returns the others', async () => {
    const hidden = { id: '', serviceId: '' }
    const { run, world, clock } = await setStage({
      fill: fleet(10),
      faults: [
        {
          times: Infinity,
          fault: { kind: 'error', message: 'Not Authorized' },
          matching: ({ operationName, variables }) =>
            /^(?:ServedDeployments|DeploymentStates)$/.test(operationName ?? '') &&
            Object.values(variables).some((id) => id === hidden.id || id === hidden.serviceId),
        },
      ],
    })
    clock.at(clock.now() + 4_000, () => {
      const made = world.newDeployments()[3]
      const service = [...world.services.values()].find(({ name }) => name === made?.service)
      Object.assign(hidden, { id: made?.id, serviceId: service?.id })
    })
    const result = await run({ ...everything, timeout: '5m' })
    const statuses = (result.json('results') as { status: string }[]).map(({ status }) => status)
    expect(statuses.filter((status) => status === 'success')).toHaveLength(9)
    expect(statuses.filter((status) => status === 'unknown')).toHaveLength(1)
    expect(result.codes).toEqual(['operation-not-permitted'])
  })
})

describe('deployments that Railway shows late', () => {
  it.each([
    ['in lists and by id', { listLagSeconds: 30, notFoundLagSeconds: 30 }, 13],
    ['in lists', { listLagSeconds: 30 }, 16],
    ['by id', { notFoundLagSeconds: 30 }, 9],
    ['not at all', {}, 9],
  ])('%s cost few requests', async (_, behaviour, more) => {
    const { run, railway } = await setStage({ fill: fleet(200), behaviour, limits: 'pro' })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    expect(railway.requests.length).toBeLessThanOrEqual(200 + more)
  })

  it.each([['false', 'pro', 12_000] as const, ['true', 'hobby', 5_000] as const])(
    'are first polled, with `fail-fast: %s` on plan %s, %i ms after they were started',
    async (failFast, limits, after) => {
      const { run, railway } = await setStage({ fill: fleet(200), limits })
      await run({ ...everything, 'fail-fast': failFast })
      const timesOf = (name: string) =>
        railway.requests.filter(({ operationName }) => operationName === name).map(({ at }) => at)
      const starts = timesOf('DeployService')
      const from = failFast === 'true' ? starts[0] : starts.at(-1)
      const firstPoll = (timesOf('ServedDeployments')[0] ?? 0) - (from ?? 0)
      expect(Math.abs(firstPoll - after)).toBeLessThan(500)
    },
  )

  it('while others are already listed take no request each', async () => {
    const behaviour = { listLagSeconds: 30, notFoundLagSeconds: 30 }
    const { run, railway } = await setStage({ fill: fleet(1_000), behaviour, limits: 'pro' })
    const result = await run(everything)
    expect(result.codes).toEqual([])
    expect(railway.requests.length).toBeLessThanOrEqual(1_037)
  }, 60_000)

  it('of a document that Railway refuses are requested by id, without that document each time', async () => {
    const { run, railway } = await setStage({
      fill: fleet(30),
      faults: [
        {
          operation: 'ServedDeployments',
          times: Infinity,
          fault: {
            kind: 'error',
            message: 'Cannot query field "activeDeployments" on type "ServiceInstance".',
            code: 'GRAPHQL_VALIDATION_FAILED',
          },
        },
      ],
    })
    const result = await run(everything)
    expect(result.exitCode).toBe(0)
    const operations = railway.requests.map(({ operationName }) => operationName)
    expect(operations.filter((name) => name === 'ServedDeployments')).toHaveLength(4)
    expect(operations.filter((name) => name === 'DeploymentStates').length).toBeGreaterThan(4)
  })

  it('are requested by id if the document gets no response', async () => {
    const { run } = await setStage({
      fill: fleet(10),
      faults: [{ operation: 'ServedDeployments', times: Infinity, fault: 'status-502-html' }],
    })
    const result = await run({ ...everything, timeout: '30m' })
    expect(result.codes).toEqual([])
  })
})

describe('the inventory', () => {
  it('is read in smaller pages if the API finds them too complex', async () => {
    const { run, railway } = await setStage({ fill: fleet(100), documents: { objects: 3_000 } })
    const result = await run({ command: 'list' })
    expect(result.codes).toEqual([])
    expect(result.shown).toContain('10 projects, 10 environments, 100 services')
    expect(railway.requests.some(({ status }) => status === 400)).toBe(true)
  })

  it.each<[string, Partial<StageOptions>, number]>([
    ['is read in pages that grow', {}, 9],
    [
      'goes back to smaller pages if larger ones are refused',
      { documents: { objects: 300_000 } },
      24,
    ],
    ['follows pages that are cut', { pages: { max: 100 } }, 13],
    ['remembers that larger pages are refused', { pages: { max: 50, tooMany: 'refuse' } }, 24],
    [
      'goes back to smaller pages if larger ones get no response',
      {
        faults: [
          {
            operation: 'WorkspaceProjects',
            times: Infinity,
            matching: ({ variables }) => Number(variables.first) > 50,
            fault: 'status-504-after-effect',
          },
        ],
      },
      32,
    ],
  ])('of 1,000 projects %s', async (_, options, most) => {
    const fill = (world: World) =>
      largeWorkspace(world, { projects: 1_000, servicesPerProject: 1 }).token
    const { run, railway } = await setStage({ fill, ...options })
    const result = await run({ command: 'list' })
    expect(result.codes).toEqual([])
    expect(result.shown).toContain('1000 projects')
    expect(railway.requests.length).toBeLessThanOrEqual(most)
  })

  it('walks every nested connection to its end', async () => {
    let large: LargeWorkspace | undefined
    const { run } = await setStage({
      fill: (world) => {
        const environments = Array.from({ length: 7 }, (_, index) => `env-${index}`)
        large = largeWorkspace(world, { projects: 5, servicesPerProject: 8, environments })
        return large.token
      },
      pages: { default: 2, max: 3 },
    })
    const result = await run({ command: 'list' })
    expect(result.codes).toEqual([])
    expect(result.shown).toContain('5 projects, 35 environments, 40 services')
    expect(result.json('matrix')).toHaveProperty('include.length', 280)
  })
})

describe('the rest of the hourly limit', () => {
  const inputs = { environment: 'production', projects: '*', services: '*' }
  const lowOf = (warnings: readonly string[]) =>
    warnings.filter((warning) => warning.startsWith("Railway's request limit has "))
  /** Runs `check` until less than a twentieth of 100 requests is left. */
  const open = async () => {
    const stage = await setStage({ fill: fleet(10), limits: 'free' })
    let checked = await stage.run({ command: 'check' })
    expect(lowOf(checked.warnings)).toEqual([])
    while (Number(checked.outputs['rate-limit-remaining']) >= 5) {
      expect(lowOf(checked.warnings)).toEqual([])
      checked = await stage.run({ command: 'check' })
    }
    return { ...stage, checked }
  }

  it('is warned about once less than a twentieth is left', async () => {
    const { checked } = await open()
    const left = checked.outputs['rate-limit-remaining']
    expect(lowOf(checked.warnings)).toEqual([
      expect.stringContaining(`has ${left} request${left === '1' ? '' : 's'} of 100 per hour left`),
    ])
    expect(checked.exitCode).toBe(0)
  })

  it('is not warned about beside the error that it is spent', async () => {
    const { run } = await open()
    const result = await run({ ...inputs, timeout: '30s' })
    expect(result.codes).toContain('rate-limited')
    expect(lowOf(result.warnings)).toEqual([])
  })

  it('is not warned about after its reset', async () => {
    const { run, clock } = await open()
    clock.pass(3_600_000)
    const result = await run({ command: 'check' })
    expect(lowOf(result.warnings)).toEqual([])
  })

  it('is not warned about twice if the run usually takes more', async () => {
    const { run } = await setStage({ fill: fleet(90), limits: 'free' })
    const result = await run(inputs)
    expect(lowOf(result.warnings)).toHaveLength(1)
    expect(lowOf(result.warnings)[0]).toContain('the run usually needs about')
  })
})
