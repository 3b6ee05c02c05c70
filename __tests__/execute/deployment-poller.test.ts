import { describe, expect, it } from '@jest/globals'
import { SimulatedClock } from '../../local/simulated-clock.ts'
import { Deadline } from '../../src/deadline.ts'
import { failure } from '../../src/errors/codes.ts'
import { DeploymentPoller } from '../../src/execute/deployment-poller.ts'
import type { DeploymentState, ReadResult, ServedDeployments } from '../../src/execute/ports.ts'
import type { ServiceTarget } from '../../src/inventory/inventory.ts'

const target: ServiceTarget = {
  project: { id: 'p', name: 'shop' },
  environment: { id: 'e', name: 'production' },
  instance: {
    service: { id: 'web', name: 'web' },
    source: { kind: 'repository', repository: 'acme/shop' },
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
  },
}

const crashed: DeploymentState = {
  id: 'd',
  status: 'CRASHED',
  createdAt: '2026-01-01T00:00:00.000Z',
  commit: null,
  image: null,
  stopped: false,
}

const refused = failure('operation-not-permitted', {
  activity: 'read-deployment',
  object: null,
  tokenType: 'workspace',
  reason: 'other',
  message: 'no',
})

type Read<Value> = readonly ReadResult<Value>[] | null

/** Follows a deployment that was crashed at first; its later polls have no result. */
async function follow(later: {
  served: Read<ServedDeployments>
  states: Read<DeploymentState>
}): Promise<{ kind: string; seconds: number; polls: number }> {
  const clock = new SimulatedClock()
  const participant = clock.participant()
  participant.start()
  let polls = 0
  const poller = new DeploymentPoller({
    deployments: {
      served: async () => {
        polls += 1
        return polls === 1 ? [{ ok: true, value: { latest: crashed, active: [] } }] : later.served
      },
      states: async () => later.states,
      deleted: async () => null,
    },
    clock: participant,
    signal: new AbortController().signal,
    deadline: new Deadline(participant, 300_000),
    emit: () => {},
    pending: () => 0,
    minPollInterval: () => 0,
    batchSize: () => 200,
    affectsFurtherSteps: () => false,
    invalidToken: () => null,
    spentLimit: () => null,
  })
  const startedAt = participant.now()
  const { kind } = await poller.follow(target, 'd')
  const seconds = (participant.now() - startedAt) / 1000
  participant.close()
  return { kind, seconds, polls }
}

describe('a crashed deployment', () => {
  it('is not polled faster when its grace period ends without a response', async () => {
    const { kind, seconds, polls } = await follow({ served: null, states: null })
    expect([kind, seconds]).toEqual(['finished', 300])
    expect(polls).toBeLessThan(30)
  })

  it('is not polled faster when its grace period ends with a refusal', async () => {
    const no = [{ ok: false, failure: refused }] as const
    const { kind, polls } = await follow({ served: no, states: no })
    expect(kind).toBe('unreadable')
    expect(polls).toBeLessThan(8)
  })

  it('is not polled faster when its grace period ends and another deployment of its service is live', async () => {
    const none = [{ ok: true, value: { latest: null, active: [] } }] as const
    const { kind, polls } = await follow({ served: none, states: null })
    expect(kind).toBe('finished')
    expect(polls).toBeLessThan(30)
  })

  it('counts when it is reported again after its grace period', async () => {
    const { kind, seconds } = await follow({
      served: [{ ok: true, value: { latest: crashed, active: [] } }],
      states: null,
    })
    expect(kind).toBe('finished')
    expect(seconds).toBeLessThan(40)
  })
})

const state = (id: string, status: string, took?: number): DeploymentState => ({
  ...crashed,
  id,
  status,
  ...(took !== undefined && { took }),
})

const targetOf = (name: string, instance: Partial<ServiceTarget['instance']> = {}) => ({
  ...target,
  instance: { ...target.instance, service: { id: name, name }, ...instance },
})

/** A deployment of a service, by its id and the seconds after which it is live. */
interface Deploying {
  readonly id: string
  readonly liveAfter: number
  /** The seconds after which it is started. */
  readonly startsAt?: number
  readonly instance?: Partial<ServiceTarget['instance']>
  /** The seconds after which its service can no longer be read. */
  readonly refusedAfter?: number
}

/** Follows deployments together, and returns the services that each poll read. */
async function followAll(
  deploying: readonly Deploying[],
  { batchSize = 200, acceptedAgo = 0 } = {},
) {
  const clock = new SimulatedClock()
  const participant = clock.participant()
  participant.start()
  const startedAt = participant.now()
  const seconds = () => (participant.now() - startedAt) / 1000 + acceptedAgo
  const polls: { at: number; read: string[] }[] = []
  const poller = new DeploymentPoller({
    deployments: {
      deleted: async () => null,
      served: async (targets) => {
        const read = targets.map(({ instance }) => instance.service.id)
        polls.push({ at: seconds(), read })
        return read.map((id) => {
          const one = deploying.find((each) => each.id === id)
          if (!one || seconds() >= (one.refusedAfter ?? Infinity)) {
            return { ok: false, failure: refused } as const
          }
          const isLive = seconds() >= (one.startsAt ?? 0) + one.liveAfter
          const latest = isLive ? state(id, 'SUCCESS', one.liveAfter * 1000) : state(id, 'BUILDING')
          return { ok: true, value: { latest, active: isLive ? [latest] : [] } } as const
        })
      },
      states: async () => null,
    },
    clock: participant,
    signal: new AbortController().signal,
    deadline: new Deadline(participant, 600_000),
    emit: () => {},
    pending: () => 0,
    minPollInterval: () => 0,
    batchSize: () => batchSize,
    affectsFurtherSteps: () => false,
    invalidToken: () => null,
    spentLimit: () => null,
  })
  const acceptedAt = startedAt - acceptedAgo * 1000
  const ends = await Promise.all(
    deploying.map(async ({ id, instance, startsAt }) => {
      if (startsAt === undefined) return poller.follow(targetOf(id, instance), id, { acceptedAt })
      await participant.sleep(startsAt * 1000)
      return poller.follow(targetOf(id, instance), id)
    }),
  )
  const settled = ends.map((end) =>
    end.kind === 'finished' ? (end.stableAt - acceptedAt) / 1000 : null,
  )
  const readings = deploying.map(({ id }) => poller.lastReading(id))
  participant.close()
  return { polls, settled, readings, poller, lastAt: participant.now() }
}

describe('a deployment that went live before others', () => {
  const early = { id: 'web', liveAfter: 10 }
  const late = { id: 'api', liveAfter: 40 }

  it('is read with them until the last one is live', async () => {
    const { polls, readings, lastAt } = await followAll([early, late])
    expect(polls.map(({ read }) => read)).toEqual(
      polls.map(() => expect.arrayContaining(['web', 'api'])),
    )
    expect(readings.map((one) => one?.at)).toEqual([lastAt, lastAt])
    expect(readings.map((one) => one?.served.latest?.status)).toEqual(['SUCCESS', 'SUCCESS'])
  })

  it('is no longer read after its release', async () => {
    const { poller, readings } = await followAll([early])
    expect(readings).toEqual([expect.objectContaining({ at: expect.any(Number) })])
    poller.release('web')
    expect(poller.lastReading('web')).toBeNull()
  })

  it('is not read with them if that takes a further request', async () => {
    const { polls } = await followAll([early, late], { batchSize: 1 })
    expect(polls.at(-1)?.read).toEqual(['api'])
  })

  it('is not read with them after a failed read of its service', async () => {
    const { polls, readings } = await followAll([{ ...early, refusedAfter: 20 }, late])
    expect(polls.at(-1)?.read).toEqual(['api'])
    expect(readings[0]).toBeNull()
  })

  it('reports when the others may end, so that no earlier poll decides anything', async () => {
    const later = { id: 'api', liveAfter: 33, startsAt: 14 }
    const { polls } = await followAll([{ id: 'web', liveAfter: 33 }, later])
    expect(polls.map(({ at }) => at)).toEqual([12, 26, 38, 50.3])
  })
})

describe('a success', () => {
  it.each<[string, Partial<ServiceTarget['instance']>, number]>([
    ['counts after a tenth of the time that it took', {}, 44],
    ['counts at once if the service has a health check', { hasHealthCheck: true }, 40],
  ])('%s', async (_, instance, expected) => {
    const { settled } = await followAll([{ id: 'web', liveAfter: 40, instance }])
    expect(settled).toEqual([expected])
  })

  it('is polled according to the usual duration of the service', async () => {
    const { polls } = await followAll([
      { id: 'web', liveAfter: 8, instance: { usualDuration: 8_000 } },
    ])
    expect(polls.map(({ at }) => at)).toEqual([11])
  })

  it('is polled from the time at which the deployment was accepted', async () => {
    const { settled } = await followAll([{ id: 'web', liveAfter: 10 }], { acceptedAgo: 2 })
    expect(settled).toEqual([13])
  })
})

/**
 * Follows a deployment whose poll gets a slow response, and returns the age of the reading of its service, in seconds.
 */
async function ageOfReading(slow: { served: number; states: number }): Promise<number> {
  const clock = new SimulatedClock()
  const participant = clock.participant()
  participant.start()
  let requestedAt = 0
  const live: DeploymentState = { ...crashed, status: 'SUCCESS' }
  const other = { ...live, id: 'other', status: 'BUILDING' }
  const answer = <Value>(value: Value): ReadResult<Value> => ({ ok: true, value })
  const poller = new DeploymentPoller({
    deployments: {
      served: async (targets) => {
        requestedAt = participant.now()
        await participant.sleep(slow.served * 1000)
        return targets.map(({ instance }) =>
          answer({ latest: instance.service.id === 'web' ? live : null, active: [] }),
        )
      },
      states: async (ids) => {
        await participant.sleep(slow.states * 1000)
        return ids.map(() => answer(other))
      },
      deleted: async () => null,
    },
    clock: participant,
    signal: new AbortController().signal,
    deadline: new Deadline(participant, 300_000),
    emit: () => {},
    pending: () => 0,
    minPollInterval: () => 0,
    batchSize: () => 200,
    affectsFurtherSteps: () => false,
    invalidToken: () => null,
    spentLimit: () => null,
  })
  const second = { ...target.instance, service: { id: 'api', name: 'api' } }
  void poller.follow({ ...target, instance: second }, 'other')
  await poller.follow(target, 'd')
  const reading = poller.lastReading('d')
  if (reading === null) throw new Error('what the service serves was not read')
  expect(reading.at).toBe(requestedAt)
  const age = (participant.now() - reading.at) / 1000
  participant.close()
  return age
}

describe('the live deployment of a service', () => {
  // Another deployment that started in the meantime would not be in the response: a verification must not take the
  // reading for a new one.
  it.each([
    [{ served: 20, states: 0 }, 20],
    [{ served: 0, states: 40 }, 40],
    [{ served: 20, states: 40 }, 60],
  ])('is dated by its request if a poll gets a slow response: %j', async (slow, age) => {
    expect(await ageOfReading(slow)).toBeCloseTo(age, 1)
  })
})
