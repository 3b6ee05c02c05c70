import { describe, expect, it } from '@jest/globals'
import { type Failure, failure } from '../../../src/errors/codes.ts'
import type { ExecuteEvent } from '../../../src/execute/events.ts'
import {
  FollowedDeployment,
  type FollowOptions,
} from '../../../src/execute/poller/followed-deployment.ts'
import type { PollResult } from '../../../src/execute/poller/poll-result.ts'
import type { DeploymentState } from '../../../src/execute/ports.ts'
import type { ServiceInstance, ServiceTarget } from '../../../src/inventory/inventory.ts'

const start = Date.parse('2026-01-01T00:00:00.000Z')

const targetWith = (instance: Partial<ServiceInstance> = {}): ServiceTarget => ({
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
    ...instance,
  },
})

const stateOf = (status: string, rest: Partial<DeploymentState> = {}): DeploymentState => ({
  id: 'd',
  status,
  createdAt: new Date(start).toISOString(),
  commit: null,
  image: null,
  stopped: false,
  ...rest,
})

const facts = {
  activity: 'read-deployment',
  object: null,
  tokenType: 'workspace',
  reason: 'other',
  message: 'no',
} as const
const refusal = failure('operation-not-permitted', facts)
const checked = failure('operation-not-permitted', { ...facts, tokenChecked: true })

interface FollowedSetup {
  readonly target?: ServiceTarget
  readonly options?: FollowOptions
  readonly now?: number
}

/** Follows the deployment `d` from the start on, and collects its events. */
function followed({ target = targetWith(), options = {}, now = start }: FollowedSetup = {}) {
  const events: ExecuteEvent[] = []
  const one = new FollowedDeployment(target, 'd', options, now, (event) => events.push(event))
  return { one, events }
}

const at = (seconds: number) => start + seconds * 1000

const kindOf = (result: PollResult | null) => result?.kind ?? null

describe('a followed deployment', () => {
  it.each([
    ['QUEUED', null],
    ['BUILDING', null],
    ['DEPLOYING', null],
    ['WAITING', null],
    ['NEEDS_APPROVAL', null],
    ['A_NEW_STATUS', null],
    ['CRASHED', null],
    ['SUCCESS', 'finished'],
    ['SLEEPING', 'finished'],
    ['FAILED', 'finished'],
    ['REMOVED', 'finished'],
    ['SKIPPED', 'finished'],
  ])('that is %s has the result %s', (status, expected) => {
    const { one } = followed()
    expect(kindOf(one.recordState(stateOf(status), at(10)))).toBe(expected)
  })

  it('emits each change of its status once', () => {
    const { one, events } = followed()
    for (const status of ['QUEUED', 'BUILDING', 'BUILDING', 'SUCCESS']) {
      one.recordState(stateOf(status), at(10))
    }
    const changes = events.map((event) => (event.kind === 'state' ? [event.from, event.to] : []))
    expect(changes).toEqual([
      [null, 'QUEUED'],
      ['QUEUED', 'BUILDING'],
      ['BUILDING', 'SUCCESS'],
    ])
  })
})

describe('a crash', () => {
  it.each<[string, Partial<ServiceInstance>, FollowOptions, number]>([
    ['of a service from a repository', {}, {}, 15],
    ['of a service from an image', { source: { kind: 'image', image: 'acme/app:1' } }, {}, 60],
    ['in a new environment', {}, { isInNewEnvironment: true }, 75],
  ])('%s is the result after its grace period', (_, instance, options, seconds) => {
    const { one } = followed({ target: targetWith(instance), options })
    expect(one.recordState(stateOf('CRASHED'), at(0))).toBeNull()
    expect(one.recoversUntil).toBe(at(seconds))
    expect(one.recordState(stateOf('CRASHED'), at(seconds) - 1)).toBeNull()
    expect(kindOf(one.recordState(stateOf('CRASHED'), at(seconds)))).toBe('finished')
  })

  it('that has ended is counted again from the next one', () => {
    const { one } = followed()
    one.recordState(stateOf('CRASHED'), at(0))
    one.recordState(stateOf('DEPLOYING'), at(10))
    expect(one.recoversUntil).toBeNull()
    expect(one.recordState(stateOf('CRASHED'), at(20))).toBeNull()
    expect(one.recoversUntil).toBe(at(35))
  })

  it('is the result at the timeout', () => {
    const { one } = followed()
    one.recordState(stateOf('CRASHED'), at(0))
    expect(one.timedOut(at(1))).toMatchObject({ kind: 'finished', state: { status: 'CRASHED' } })
  })
})

describe('refusals', () => {
  it('of a new deployment are the result after more than two minutes', () => {
    const { one } = followed()
    expect(one.recordRefusal(refusal, at(0))).toBeNull()
    expect(one.presumeRefused(refusal, at(120))).toBeNull()
    expect(one.recordRefusal(refusal, at(121))).toEqual({ kind: 'unreadable', failure: refusal })
  })

  it.each<[string, Failure, boolean, number]>([
    ['a valid token and a service that is refused, too', checked, false, 31],
    ['a valid token and a service that is read', checked, true, 121],
    ['a token that was not probed', refusal, false, 121],
  ])(
    'of a new deployment are the result after a time that depends on %s',
    (_, one, isRead, seconds) => {
      const deployment = followed().one
      deployment.recordServed(isRead ? { latest: null, active: [] } : null, at(0))
      expect(deployment.recordRefusal(one, at(0))).toBeNull()
      expect(deployment.recordRefusal(one, at(seconds - 1))).toBeNull()
      expect(deployment.recordRefusal(one, at(seconds))).toEqual({
        kind: 'unreadable',
        failure: one,
      })
    },
  )

  it('of a deployment that was read before report it as deleted after ten seconds', () => {
    const { one } = followed()
    one.recordState(stateOf('BUILDING'), at(0))
    expect(one.recordRefusal(refusal, at(5))).toBeNull()
    expect(one.recordRefusal(refusal, at(14))).toBeNull()
    expect(one.recordRefusal(refusal, at(15))).toMatchObject({
      kind: 'unreadable',
      failure: { facts: { presence: { kind: 'deleted', what: 'deployment' } } },
    })
  })

  it('are counted again after a response', () => {
    const { one } = followed()
    one.recordState(stateOf('BUILDING'), at(0))
    one.recordRefusal(refusal, at(5))
    one.recordState(stateOf('BUILDING'), at(8))
    expect([one.refusedAt, one.recordRefusal(refusal, at(16))]).toEqual([null, null])
  })

  it('mean a deleted service only if the service could not be read either', () => {
    const { one } = followed()
    one.recordRefusal(refusal, at(0))
    expect([at(9), at(10)].map((now) => one.mayBeDeleted(now))).toEqual([false, true])
    one.recordServed({ latest: null, active: [] }, at(10))
    expect(one.mayBeDeleted(at(10))).toBe(false)
  })
})

describe('the timeout', () => {
  it('reports the last status and the time since the last response', () => {
    const { one } = followed()
    one.recordState(stateOf('BUILDING'), at(30))
    expect(one.timedOut(at(100))).toEqual({
      kind: 'timed-out',
      status: 'BUILDING',
      withoutResponseFor: 70_000,
    })
  })

  it('reports no status without a response, and the time since the start', () => {
    expect(followed().one.timedOut(at(100))).toEqual({
      kind: 'timed-out',
      status: null,
      withoutResponseFor: 100_000,
    })
  })
})

describe('the start and the expected duration', () => {
  const isoAt = (seconds: number) => new Date(at(seconds)).toISOString()
  const earlier = { ...stateOf('SUCCESS'), id: 'c', took: 50_000 }
  const adopted = { ...stateOf('BUILDING'), createdAt: isoAt(-60) }
  const old = { ...adopted, createdAt: isoAt(-3_600) }

  it.each<[string, Partial<ServiceInstance>, FollowOptions, [number, number | null]]>([
    ['are the present time and nothing without a history', {}, {}, [0, null]],
    [
      'follow from the acceptance and the previous deployment',
      { latest: earlier },
      { acceptedAt: at(-2) },
      [-2, 50_000],
    ],
    [
      'follow from the list of an adopted deployment',
      { latest: adopted, active: [earlier] },
      {},
      [-60, 50_000],
    ],
    ['are not taken from a start an hour ago', { latest: old }, {}, [0, null]],
    [
      'are not taken from a start in the future',
      { latest: { ...adopted, createdAt: isoAt(5) } },
      {},
      [0, null],
    ],
    [
      'follow from the usual duration without a previous deployment',
      { usualDuration: 8_000 },
      {},
      [0, 8_000],
    ],
    ['have no duration for a rollback', { latest: earlier }, { isRollback: true }, [0, null]],
  ])('%s', (_, instance, options, [startedAt, expected]) => {
    const { one } = followed({ target: targetWith(instance), options })
    expect([one.startedAt, one.expected]).toEqual([at(startedAt), expected])
  })
})
