import { describe, expect, it } from '@jest/globals'
import type { DeploymentState, InstanceState } from '../../../src/execute/ports.ts'
import { decideRollback } from '../../../src/execute/rollback/decide.ts'
import type { Deployment, ServiceInstance } from '../../../src/inventory/inventory.ts'
import { deployment, service, targetOf } from '../../fixtures.ts'

const sha = 'a'.repeat(40)
const old = 'b'.repeat(40)
const at = (id: string, day: number, more: Partial<Deployment> = {}): DeploymentState => ({
  ...deployment(id, { createdAt: `2026-01-0${day}T09:00:00Z`, ...more }),
  stopped: false,
})

const before = at('before', 1, { commit: old })
const ours = at('ours', 2, { commit: sha })
const foreign = at('foreign', 3, { commit: 'c'.repeat(40) })
const seen = (
  active: DeploymentState[],
  latest: DeploymentState | null = active[0] ?? null,
): InstanceState => ({ latest, active, domains: [] })

const decided = (
  state: InstanceState | null,
  instance: Partial<ServiceInstance> = { active: [before] },
) =>
  decideRollback(
    { deploymentId: 'ours', deployment: ours },
    targetOf(service('web', instance)),
    state,
  )

describe('a service that this run deployed', () => {
  const skip = (why: string) => ({ kind: 'skip', why })

  it.each<[string, InstanceState | null, object]>([
    ['is not known', null, skip('Railway did not report what is live now')],
    ['has it as its live deployment', seen([ours]), { kind: 'roll-back', from: ours, to: before }],
    ['has no live deployment', seen([]), { kind: 'roll-back', from: null, to: before }],
    [
      'has only a crashed deployment',
      seen([at('ours', 2, { status: 'CRASHED' })]),
      { kind: 'roll-back', from: null, to: before },
    ],
    [
      'has its previous live deployment',
      seen([before], at('ours', 2, { status: 'FAILED' })),
      { kind: 'unchanged', why: 'bbbbbbb is still live, as before' },
    ],
    [
      'has it live beside the previous one',
      seen([before, ours]),
      { kind: 'roll-back', from: ours, to: before },
    ],
    [
      'has a live deployment of others',
      seen([foreign]),
      skip('a deployment that this run did not start is live now'),
    ],
    [
      'is still being deployed by this run',
      seen([before], at('ours', 2, { status: 'BUILDING' })),
      skip('it is still BUILDING and may go live later'),
    ],
    [
      'is being deployed by others',
      seen([ours], at('foreign', 3, { status: 'WAITING' })),
      skip('a newer deployment is WAITING and was not changed'),
    ],
  ])('and %s', (_, state, expected) => {
    expect(decided(state)).toEqual(expected)
  })

  it.each<[string, InstanceState, string]>([
    [
      'has it live now',
      seen([ours]),
      'nothing was live before the run, so there is no deployment to return to, and the new one was left running',
    ],
    [
      'has nothing live now',
      seen([]),
      'nothing was live before the run, so there is no deployment to return to',
    ],
  ])('and that had no live deployment before, and %s', (_, state, why) => {
    expect(decided(state, {})).toEqual(skip(why))
  })
})

describe('a service that runs on a schedule', () => {
  const cron = { active: [before], cron: true }
  const run = (id: string, more: Partial<Deployment>) => at(id, 4, more)

  it.each<[string, InstanceState, object]>([
    [
      'ran the deployment of this run',
      seen([run('tick', { commit: sha })]),
      { kind: 'roll-back', from: { id: 'ours', commit: sha }, to: before },
    ],
    [
      'ran its previous deployment',
      seen([run('tick', { commit: old })]),
      { kind: 'unchanged', why: 'bbbbbbb is still live, as before' },
    ],
    [
      'is running the deployment of this run',
      seen([ours], run('tick', { commit: sha, status: 'DEPLOYING' })),
      { kind: 'roll-back', to: before },
    ],
    [
      'ran an unknown deployment',
      seen([run('tick', { commit: 'c'.repeat(40) })]),
      { kind: 'skip', why: 'a deployment that this run did not start is live now' },
    ],
  ])('and %s', (_, state, expected) => {
    expect(decided(state, cron)).toMatchObject(expected)
  })

  it('is not ignored for a run of the same commit without a schedule', () => {
    expect(decided(seen([run('tick', { commit: sha })]))).toMatchObject({ kind: 'skip' })
  })
})
