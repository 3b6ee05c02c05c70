import { describe, expect, it } from '@jest/globals'
import { type Assessment, assess } from '../../src/execute/assess.ts'
import type { DeploymentState, InstanceState } from '../../src/execute/ports.ts'
import { findNewDeployment } from '../../src/execute/start-deployment.ts'
import type { Deployment, ServiceInstance, ServiceTarget } from '../../src/inventory/inventory.ts'

const requestedCommit = 'a'.repeat(40)
const ofCommit = (commit: string | null) => ({ commit, image: null })
const at = (minute: number) => `2026-01-05T09:${String(minute).padStart(2, '0')}:00.000Z`

function deployment(id: string, status: string, more: Partial<Deployment> = {}): Deployment {
  return { id, status, createdAt: at(5), commit: requestedCommit, image: null, ...more }
}

function target(more: Partial<ServiceInstance> = {}): ServiceTarget {
  const named = { id: 'x', name: 'x' }
  const instance: ServiceInstance = {
    service: named,
    source: { kind: 'repository', repository: 'acme/shop' },
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
    ...more,
  }
  return { project: named, environment: named, instance }
}

const seen = (
  id: string,
  status: string,
  more: Partial<DeploymentState> = {},
): DeploymentState => ({ ...deployment(id, status), stopped: false, ...more })
const ours = (status: string, more: Partial<DeploymentState> = {}) => seen('ours', status, more)
const instance = (latest: DeploymentState | null, ...active: DeploymentState[]): InstanceState => ({
  latest,
  active,
  domains: [],
})

/** Parts of a verdict. */
type Expected = Partial<Omit<Extract<Assessment, { kind: 'live' }>, 'kind'>> & {
  readonly kind: Assessment['kind']
  readonly how?: string
  readonly isSame?: boolean
}

const short = requestedCommit.slice(0, 7)
const other = 'b'.repeat(40)

/** A newer deployment, such as a schedule makes. */
const run = (status: string, commit = requestedCommit) =>
  seen('run', status, { commit, createdAt: at(6) })

describe('a finished deployment is judged by the deployment that is live now', () => {
  it.each<[string, DeploymentState, InstanceState | null, Partial<Assessment>]>([
    [
      'live and active',
      ours('SUCCESS'),
      instance(ours('SUCCESS'), ours('SUCCESS')),
      { kind: 'live', isUncertain: false },
    ],
    ['asleep', ours('SLEEPING'), instance(ours('SLEEPING')), { kind: 'live', isUncertain: false }],
    [
      'crashed since',
      ours('SUCCESS'),
      instance(ours('CRASHED')),
      { kind: 'failed', how: 'crashed' },
    ],
    ['failed', ours('FAILED'), null, { kind: 'failed', how: 'failed' }],
    ['skipped', ours('SKIPPED'), null, { kind: 'skipped' }],
    [
      'replaced by a newer one',
      ours('REMOVED'),
      instance(seen('newer', 'BUILDING', { createdAt: at(6) })),
      { kind: 'superseded' },
    ],
    [
      'live, then replaced',
      ours('SUCCESS'),
      instance(seen('newer', 'SUCCESS', { createdAt: at(6) }), seen('newer', 'SUCCESS')),
      { kind: 'superseded' },
    ],
    [
      'still live while a newer one builds',
      ours('SUCCESS'),
      instance(seen('newer', 'BUILDING', { createdAt: at(6) }), ours('SUCCESS')),
      { kind: 'live' },
    ],
    [
      'taken down, the older one is back',
      ours('REMOVED'),
      instance(seen('older', 'SUCCESS', { createdAt: at(1) })),
      { kind: 'failed', how: 'removed' },
    ],
    [
      'removed and nothing is live',
      ours('REMOVING'),
      instance(null),
      { kind: 'failed', how: 'removed' },
    ],
    [
      'live, then removed, while a newer one was skipped',
      ours('SUCCESS'),
      instance(seen('newer', 'SKIPPED', { createdAt: at(6) })),
      { kind: 'failed', how: 'no-longer-live' },
    ],
    [
      'live, then removed, and nothing is live',
      ours('SUCCESS'),
      instance(null),
      { kind: 'failed', how: 'no-longer-live' },
    ],
    [
      'live, then removed',
      ours('SUCCESS'),
      instance(ours('REMOVED')),
      { kind: 'failed', how: 'no-longer-live' },
    ],
    [
      'live, then taken down, and the older one is back',
      ours('SUCCESS'),
      instance(seen('older', 'SUCCESS', { createdAt: at(1) }), seen('older', 'SUCCESS')),
      { kind: 'failed', how: 'no-longer-live' },
    ],
    [
      'ended by itself, while a newer one was skipped',
      ours('SUCCESS', { stopped: true }),
      instance(seen('newer', 'SKIPPED', { createdAt: at(6) })),
      { kind: 'live', isUncertain: true },
    ],
    [
      'another commit',
      ours('SUCCESS', { commit: 'b'.repeat(40) }),
      null,
      { kind: 'mismatch', live: 'b'.repeat(40) },
    ],
    [
      'an unknown commit',
      ours('SUCCESS', { commit: null }),
      instance(ours('SUCCESS', { commit: null })),
      { kind: 'live', isUncertain: true },
    ],
    ['not read again', ours('SUCCESS'), null, { kind: 'live', isUncertain: true }],
    [
      'ended by itself since',
      ours('SUCCESS'),
      instance(ours('SUCCESS', { stopped: true }), ours('SUCCESS', { stopped: true })),
      { kind: 'live', isUncertain: true },
    ],
    [
      'ended by itself, and was started again',
      ours('SUCCESS', { stopped: true }),
      instance(ours('SUCCESS'), ours('SUCCESS')),
      { kind: 'live', isUncertain: false },
    ],
    ['removed, and the live deployment was not read', ours('REMOVED'), null, { kind: 'unread' }],
  ])('%s', (_, state, now, expected) => {
    expect(
      assess({ target: target(), requested: ofCommit(requestedCommit), state, instance: now }),
    ).toMatchObject(expected)
  })

  it('a cron service that has ended is in its normal state', () => {
    const state = ours('SUCCESS', { stopped: true })
    const now = instance(state)
    const verdict = assess({
      target: target({ cron: true }),
      requested: ofCommit(requestedCommit),
      state,
      instance: now,
    })
    expect(verdict).toMatchObject({ kind: 'live', isUncertain: false })
  })

  it.each<[string, DeploymentState, InstanceState, Expected]>([
    [
      'replaced by a run of its schedule',
      ours('SUCCESS'),
      instance(run('SUCCESS'), run('SUCCESS')),
      {
        kind: 'live',
        isUncertain: false,
        message: `live at ${short}; its schedule has started a newer run`,
      },
    ],
    [
      'replaced by a running cron run',
      ours('SUCCESS'),
      instance(run('DEPLOYING')),
      { kind: 'live', isUncertain: false },
    ],
    [
      'replaced by a run that ended with an error',
      ours('SUCCESS'),
      instance(run('CRASHED')),
      {
        kind: 'live',
        isUncertain: true,
        message: `live at ${short}; the last run of its schedule ended with an error`,
      },
    ],
    [
      'live, and its own run ended with an error',
      ours('SUCCESS'),
      instance(ours('CRASHED')),
      { kind: 'live', isUncertain: true },
    ],
    [
      'replaced before it was reported as live, by a run that is live',
      ours('REMOVED'),
      instance(run('SUCCESS'), run('SUCCESS')),
      { kind: 'live', isUncertain: false },
    ],
    [
      'replaced before it was reported as live, by a running cron run',
      ours('REMOVED'),
      instance(run('BUILDING')),
      { kind: 'superseded', isSame: true },
    ],
    [
      'replaced before it was reported as live, by a cron run that ended with an error',
      ours('REMOVED'),
      instance(run('CRASHED')),
      { kind: 'failed', how: 'removed' },
    ],
    ['never live', ours('CRASHED'), instance(ours('CRASHED')), { kind: 'failed', how: 'crashed' }],
    ['not built', ours('FAILED'), instance(ours('FAILED')), { kind: 'failed', how: 'failed' }],
    [
      'replaced by another commit',
      ours('SUCCESS'),
      instance(run('SUCCESS', other), run('SUCCESS', other)),
      { kind: 'superseded', isSame: false },
    ],
    [
      'still there beside a newer deployment that failed',
      ours('SUCCESS'),
      instance(run('FAILED'), ours('SUCCESS')),
      { kind: 'live', isUncertain: false, message: `live at ${requestedCommit.slice(0, 7)}` },
    ],
    [
      'of another commit than requested, with a newer run',
      ours('SUCCESS', { commit: other }),
      instance(run('SUCCESS', other), run('SUCCESS', other)),
      { kind: 'superseded' },
    ],
  ])('a cron service whose deployment is %s', (_, state, now, expected) => {
    const verdict = assess({
      target: target({ cron: true }),
      requested: ofCommit(requestedCommit),
      state,
      instance: now,
    })
    expect(verdict).toMatchObject(expected)
  })

  it('without a requested commit, any commit is right', () => {
    const verdict = assess({
      target: target(),
      requested: ofCommit(null),
      state: ours('SUCCESS', { commit: null }),
      instance: instance(ours('SUCCESS')),
    })
    expect(verdict).toMatchObject({ kind: 'live', isUncertain: false })
  })
})

describe('a deployment whose response was lost', () => {
  const before = deployment('before', 'SUCCESS', { createdAt: at(1), commit: 'b'.repeat(40) })
  const place = target({ latest: before, active: [before] })

  it.each<[string, Deployment[], string | null, string | null]>([
    ['nothing new', [before], requestedCommit, null],
    ['a new one of the commit', [deployment('new', 'BUILDING'), before], requestedCommit, 'new'],
    [
      'a new one of another commit',
      [deployment('push', 'BUILDING', { commit: 'c'.repeat(40) }), before],
      requestedCommit,
      null,
    ],
    [
      'a new one without a reported commit',
      [deployment('new', 'BUILDING', { commit: null })],
      requestedCommit,
      'new',
    ],
    [
      'one from before that the inventory did not show',
      [deployment('old', 'REMOVED', { createdAt: at(0) })],
      requestedCommit,
      null,
    ],
    [
      'two new ones: the newer',
      [
        deployment('first', 'REMOVED', { createdAt: at(2) }),
        deployment('second', 'BUILDING', { createdAt: at(3) }),
      ],
      requestedCommit,
      'second',
    ],
    [
      'without a commit, any new one',
      [deployment('new', 'BUILDING', { commit: 'c'.repeat(40) })],
      null,
      'new',
    ],
  ])('%s', (_, recent, commit, expected) => {
    expect(findNewDeployment(recent, place, ofCommit(commit))?.id ?? null).toBe(expected)
  })

  it('of an upload is not one that names a commit or an image', () => {
    const upload = { commit: null, image: null, upload: true } as const
    const pushed = deployment('push', 'BUILDING')
    const uploaded = deployment('upload', 'BUILDING', { commit: null })
    expect(findNewDeployment([pushed], place, upload)).toBeNull()
    expect(findNewDeployment([pushed, uploaded], place, upload)?.id).toBe('upload')
  })

  it('of a service that never had one is any deployment', () => {
    expect(
      findNewDeployment([deployment('new', 'BUILDING')], target(), ofCommit(requestedCommit))?.id,
    ).toBe('new')
  })
})
