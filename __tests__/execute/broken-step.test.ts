import { describe, expect, it } from '@jest/globals'
import { Deadline } from '../../src/deadline.ts'
import type { ExecuteOptions, ExecutePorts } from '../../src/execute/context.ts'
import { execute } from '../../src/execute/execute.ts'
import { done } from '../../src/execute/mutation-result.ts'
import type { DeploymentState, InstanceState } from '../../src/execute/ports.ts'
import type { ServiceTarget } from '../../src/inventory/inventory.ts'
import type { DeployStep, Plan, SetVariablesStep } from '../../src/plan/plan.ts'

const options: ExecuteOptions = {
  force: false,
  stale: false,
  wait: true,
  maxParallel: 8,
  failFast: false,
  onFailure: 'keep',
  onSkipped: 'warn',
  healthCheck: null,
  registry: null,
}

const targetOf = (name: string): ServiceTarget => ({
  project: { id: 'p', name: 'shop' },
  environment: { id: 'e', name: 'production' },
  instance: {
    service: { id: name, name },
    source: { kind: 'repository', repository: 'acme/shop' },
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
  },
})

const deploy = (name: string, after: string[] = []): DeployStep => ({
  id: `deploy ${name}`,
  after,
  action: 'deploy',
  revision: { kind: 'commit', sha: 'a'.repeat(40) },
  detail: '',
  target: targetOf(name),
})

const setVariables = (name: string): SetVariablesStep => ({
  id: `set ${name}`,
  after: [],
  action: 'set-variables',
  detail: '',
  target: targetOf(name),
  variables: {
    owner: { kind: 'service', projectId: 'p', environmentId: 'e', serviceId: name },
    write: ['KEY'],
    remove: [],
    diff: { added: ['KEY'], changed: [], sealed: [], removed: [], unchanged: [], kept: [] },
    leftoverPaths: [],
  },
})

const live = (id: string): DeploymentState => ({
  id,
  status: 'SUCCESS',
  createdAt: '2026-01-05T09:00:00Z',
  commit: 'a'.repeat(40),
  image: null,
  stopped: false,
})

const serving = (id: string): InstanceState => ({
  latest: live(id),
  active: [live(id)],
  domains: [],
})

type Ports = Omit<ExecutePorts, 'deployments'> & { deployments: ExecutePorts['deployments'] }

/** Ports for which every deployment goes live, on a clock that only advances while something sleeps. */
function portsWith(deployments: Partial<ExecutePorts['deployments']> = {}): Ports {
  let now = Date.UTC(2026, 0, 5, 9)
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      // The heartbeat sleeps for a minute at a time, until it is aborted.
      if (milliseconds >= 60_000) {
        return new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
      }
      now += Math.max(0, milliseconds)
    },
  }
  const unexpected = (): never => {
    throw new TypeError('this was not to be asked')
  }
  return {
    deployments: {
      writeImage: unexpected,
      start: async (target) => done(`d-${target.instance.service.id}`),
      upload: unexpected,
      rollBack: unexpected,
      cancel: unexpected,
      offers: unexpected,
      recent: unexpected,
      deleted: unexpected,
      states: async (ids) => ids.map((id) => ({ ok: true, value: live(id) })),
      served: async (targets) =>
        targets.map(({ instance }) => ({ ok: true, value: serving(`d-${instance.service.id}`) })),
      instances: async (targets) =>
        targets.map(({ instance }) => ({ ok: true, value: serving(`d-${instance.service.id}`) })),
      explain: unexpected,
      ...deployments,
    },
    variables: { write: unexpected },
    archives: { pack: unexpected },
    probe: unexpected,
    pullRequests: null,
    previews: {
      tokenType: 'workspace',
      create: unexpected,
      named: unexpected,
      state: unexpected,
      deleted: unexpected,
      stopAutoDeploy: unexpected,
      stage: unexpected,
      stageMissing: unexpected,
      commit: unexpected,
      addDomain: unexpected,
      differing: unexpected,
      delete: unexpected,
    },
    clock,
    signal: new AbortController().signal,
    deadline: new Deadline(clock, 1_200_000),
    commits: { compare: unexpected },
    emit: () => {},
    whenFree: async () => {},
    minPollInterval: () => 0,
    batchSize: () => 200,
    invalidToken: () => null,
    spentLimit: () => null,
  }
}

const run = async (plan: Plan['steps'], ports: Ports, more: Partial<ExecuteOptions> = {}) => {
  const outcomes = await execute(
    { steps: plan, warnings: [] },
    new Map(),
    { ...options, ...more },
    ports,
  )
  return outcomes.map(
    ({ step, status, failure }) => `${step.id}: ${status}${failure ? ` [${failure.code}]` : ''}`,
  )
}

const broken = (name: string) => (target: ServiceTarget) => {
  if (target.instance.service.id === name) throw new TypeError('a secret, perhaps')
}

describe('a defect', () => {
  const start = (name: string) => async (target: ServiceTarget) => {
    broken(name)(target)
    return done(`d-${target.instance.service.id}`)
  }

  it('none: every deployment succeeds', async () => {
    expect(await run([deploy('web'), deploy('api')], portsWith())).toEqual([
      'deploy web: success',
      'deploy api: success',
    ])
  })

  it('in starting one service does not affect the outcomes of the others', async () => {
    expect(await run([deploy('web'), deploy('api')], portsWith({ start: start('web') }))).toEqual([
      'deploy web: unknown [internal-error]',
      'deploy api: success',
    ])
  })

  it('holds back the steps that come after it', async () => {
    const steps = [deploy('web'), deploy('api', ['deploy web'])]
    expect(await run(steps, portsWith({ start: start('web') }))).toEqual([
      'deploy web: unknown [internal-error]',
      'deploy api: not-started',
    ])
  })

  it('in polling is the outcome of the followed deployments', async () => {
    const ports = portsWith({
      served: () => Promise.reject(new TypeError('a secret, perhaps')),
    })
    expect(await run([deploy('web'), deploy('api')], ports)).toEqual([
      'deploy web: unknown [internal-error]',
      'deploy api: unknown [internal-error]',
    ])
  })

  it('in reading the live deployment is the outcome of each', async () => {
    const ports = portsWith({
      instances: () => Promise.reject(new TypeError('a secret, perhaps')),
    })
    expect(await run([deploy('web')], ports)).toEqual(['deploy web: unknown [internal-error]'])
  })

  it('in reading again for a plan that is not fresh starts nothing', async () => {
    const started: string[] = []
    const ports = portsWith({
      instances: () => Promise.reject(new TypeError('a secret, perhaps')),
      start: async ({ instance }) => {
        started.push(instance.service.id)
        return done('d')
      },
    })
    expect(await run([deploy('web')], ports, { stale: true })).toEqual([
      'deploy web: unknown [internal-error]',
    ])
    expect(started).toEqual([])
  })

  it('in rolling back is added to the failed deployment', async () => {
    const ports = portsWith({
      start: start('web'),
      instances: async (targets) => {
        if (targets.length > 1) throw new TypeError('a secret, perhaps')
        return [{ ok: true, value: serving('d-api') }]
      },
    })
    const more = { onFailure: 'rollback' } as const
    expect(await run([deploy('web'), deploy('api')], ports, more)).toEqual([
      'deploy web: unknown [internal-error]',
      'deploy api: success [internal-error]',
    ])
  })

  it('of a missing value writes nothing', async () => {
    expect(await run([setVariables('web'), deploy('api')], portsWith())).toEqual([
      'set web: unknown [internal-error]',
      'deploy api: success',
    ])
  })
})
