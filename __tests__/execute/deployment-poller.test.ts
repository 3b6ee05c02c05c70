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

/** Follows a deployment that was seen to be crashed at first; nothing is learnt of it later on. */
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
    decides: () => false,
    invalidToken: () => null,
  })
  const startedAt = participant.now()
  const { kind } = await poller.follow(target, 'd')
  const seconds = (participant.now() - startedAt) / 1000
  participant.close()
  return { kind, seconds, polls }
}

describe('a crashed deployment', () => {
  it('is not polled faster when its grace ends without an answer', async () => {
    const { kind, seconds, polls } = await follow({ served: null, states: null })
    expect([kind, seconds]).toEqual(['finished', 300])
    expect(polls).toBeLessThan(25)
  })

  it('is not polled faster when its grace ends with a refusal', async () => {
    const no = [{ ok: false, failure: refused }] as const
    const { kind, polls } = await follow({ served: no, states: no })
    expect(kind).toBe('unreadable')
    expect(polls).toBeLessThan(8)
  })

  it('is not polled faster when its grace ends and its service serves something else', async () => {
    const none = [{ ok: true, value: { latest: null, active: [] } }] as const
    const { kind, polls } = await follow({ served: none, states: null })
    expect(kind).toBe('finished')
    expect(polls).toBeLessThan(25)
  })

  it('counts when it is seen again after its grace', async () => {
    const { kind, seconds } = await follow({
      served: [{ ok: true, value: { latest: crashed, active: [] } }],
      states: null,
    })
    expect(kind).toBe('finished')
    expect(seconds).toBeLessThan(40)
  })
})
