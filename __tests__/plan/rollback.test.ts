import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import type { Deployment, ServiceInstance } from '../../src/inventory/inventory.ts'
import type { History, PastDeployment } from '../../src/plan/ports.ts'
import {
  consistOfSame,
  describeDeployment,
  formerImage,
  liveOf,
  planRollback,
  previousGood,
  rollbackStep,
} from '../../src/plan/rollback.ts'
import { deployment, selectionOf, service, targetOf } from '../fixtures.ts'

const sha = (letter: string) => letter.repeat(40)
const digest = `sha256:${'1'.repeat(64)}`

describe('two deployments have the same', () => {
  it.each<[string, Partial<Deployment>, Partial<Deployment>, boolean]>([
    ['commit', { commit: sha('a') }, { commit: sha('A') }, true],
    ['commit: no', { commit: sha('a') }, { commit: sha('b') }, false],
    ['commit: one is not reported', { commit: sha('a') }, {}, false],
    ['commit: the other is not reported', {}, { commit: sha('a') }, false],
    [
      'commit: one is not reported, of one image',
      { commit: sha('a'), image: 'acme/api:1' },
      { image: 'acme/api:1' },
      false,
    ],
    [
      'commit: the other is not reported, of one image',
      { image: 'acme/api:1' },
      { commit: sha('a'), image: 'acme/api:1' },
      false,
    ],
    ['image', { image: 'acme/api:1' }, { image: 'docker.io/acme/api:1' }, true],
    ['image: another tag', { image: 'acme/api:1' }, { image: 'acme/api:2' }, false],
    [
      'image: the tag has moved',
      { image: 'acme/api:1', digest },
      { image: 'acme/api:1', digest: `${digest.slice(0, -1)}2` },
      false,
    ],
    [
      'image: two tags of one digest',
      { image: 'acme/api:1', digest },
      { image: 'acme/api:2', digest },
      true,
    ],
    [
      'image: one digest is reported',
      { image: 'acme/api:1', digest },
      { image: 'acme/api:1' },
      true,
    ],
    [
      'image: one digest is reported for two tags',
      { image: 'acme/api:1', digest },
      { image: 'acme/api:2' },
      false,
    ],
    ['image: one is not reported', { image: 'acme/api:1' }, {}, false],
    ['image: the other is not reported', {}, { image: 'acme/api:1' }, false],
    ['image: it is invalid', { image: 'NO' }, { image: 'NO' }, false],
    ['image and commit: no', { image: 'acme/api:1' }, { commit: sha('a') }, false],
    ['upload: never', {}, {}, false],
  ])('%s', (_, one, other, expected) => {
    expect(consistOfSame(deployment('d', one), deployment('d', other))).toBe(expected)
  })
})

const at = (id: string, day: number, more: Partial<Deployment> = {}) =>
  deployment(id, { createdAt: `2026-01-0${day}T09:00:00Z`, ...more })
const past = (id: string, day: number, more: Partial<PastDeployment> = {}): PastDeployment => ({
  ...at(id, day, { commit: sha(id) }),
  canRollback: true,
  ...more,
})

describe('the deployment that is live', () => {
  it.each<[string, Deployment[], string | undefined]>([
    ['none', [], undefined],
    ['the only one', [at('a', 1)], 'a'],
    ['the newest of several', [at('a', 1), at('c', 3), at('b', 2)], 'c'],
    ['one that sleeps', [at('a', 1, { status: 'SLEEPING' })], 'a'],
    ['not one that crashed', [at('a', 1), at('b', 2, { status: 'CRASHED' })], 'a'],
    ['not one that is being removed', [at('a', 1, { status: 'REMOVING' })], undefined],
  ])('%s', (_, active, id) => {
    expect(liveOf(targetOf(service('web', { active })))?.id).toBe(id)
  })
})

describe('the deployment to return to', () => {
  const live = at('c', 5, { commit: sha('c') })

  it.each<[string, Partial<ServiceInstance>, PastDeployment[], string | undefined]>([
    ['the one before', { active: [live] }, [past('b', 4), past('a', 3)], 'b'],
    ['the newest, in any order', { active: [live] }, [past('a', 3), past('b', 4)], 'b'],
    ['no newer one', { active: [live] }, [past('d', 6), past('a', 3)], 'a'],
    ['none of the same time', { active: [live] }, [past('b', 5)], undefined],
    ['not itself', { active: [live] }, [past('c', 4, { commit: sha('x') })], undefined],
    [
      'not one of the same commit',
      { active: [live] },
      [past('b', 4, { commit: sha('C') }), past('a', 3)],
      'a',
    ],
    [
      'not one that Railway has dropped',
      { active: [live] },
      [past('b', 4, { canRollback: false }), past('a', 3)],
      'a',
    ],
    [
      'not one that failed, crashed or was skipped',
      { active: [live] },
      [
        past('g', 4, { status: 'FAILED' }),
        past('f', 4, { status: 'CRASHED' }),
        past('e', 4, { status: 'SKIPPED' }),
        past('a', 3, { status: 'REMOVED' }),
      ],
      'a',
    ],
    ['none', { active: [live] }, [], undefined],
    [
      'the one before the latest, if nothing is live',
      { latest: at('c', 5, { commit: sha('c'), status: 'FAILED' }) },
      [past('d', 6), past('b', 4)],
      'b',
    ],
    ['any, if none was ever live', {}, [past('a', 1), past('b', 2)], 'b'],
  ])('is %s', (_, instance, history, id) => {
    expect(previousGood(targetOf(service('web', instance)), history)?.id).toBe(id)
  })
})

describe('the image that the source is set back to', () => {
  it.each<[string, ServiceInstance['source'], string | null, string | undefined]>([
    ['the former tag', { kind: 'image', image: 'acme/api:2' }, 'acme/api:1', 'acme/api:1'],
    ['none if it is the same', { kind: 'image', image: 'acme/api' }, 'acme/api:latest', undefined],
    ['none if it is not reported', { kind: 'image', image: 'acme/api:2' }, null, undefined],
    ['none if it is no reference', { kind: 'image', image: 'acme/api:2' }, 'NO', undefined],
    ['none for a build', { kind: 'repository', repository: 'acme/shop' }, 'acme/api:1', undefined],
    ['none for uploads', { kind: 'none' }, 'acme/api:1', undefined],
  ])('is %s', (_, source, image, text) => {
    const target = targetOf(service('web', { source }))
    expect(formerImage(target, deployment('d', { image }))?.text).toBe(text)
  })
})

describe('a deployment in a few characters', () => {
  it.each<[Partial<Deployment>, string]>([
    [{ commit: sha('a'), image: 'acme/api:1' }, 'aaaaaaa'],
    [{ image: 'acme/api:1' }, 'acme/api:1'],
    [{ image: 'acme/api:1', digest }, 'acme/api:1@sha256:111111111111'],
    [{ image: `acme/api@${digest}`, digest }, `acme/api@${digest}`],
    [{}, 'deployment 01234567'],
    [{ commit: '', image: '' }, 'deployment 01234567'],
  ])('%j', (more, words) => {
    expect(describeDeployment(deployment('0123456789', more))).toBe(words)
  })
})

const now = Date.parse('2026-01-05T12:00:00Z')

describe('the plan of a rollback', () => {
  const live = at('c', 5, { commit: sha('c') })
  const web = service('web', { latest: live, active: [live] })
  const histories = (...deployments: PastDeployment[]) =>
    new Map<string, History>([['p-shop/e-production/s-web', { ok: true, deployments }]])

  it('returns to the previous commit', () => {
    expect(planRollback(selectionOf([web]), histories(past('b', 3)), now)).toEqual({
      ok: true,
      value: {
        steps: [
          {
            id: 'rollback p-shop/e-production/s-web',
            after: [],
            action: 'rollback',
            target: targetOf(web),
            from: live,
            to: past('b', 3),
            image: null,
            revision: { kind: 'past' },
            detail:
              'from ccccccc (3 hours ago) to bbbbbbb (2 days ago); variables return to the values of that deployment',
          },
        ],
        warnings: [],
      },
    })
  })

  it('sets the image back, which is a second change', () => {
    const api = service('web', {
      source: { kind: 'image', image: 'acme/api:2' },
      active: [at('c', 5, { image: 'acme/api:2' })],
    })
    const former = past('b', 3, { commit: null, image: 'acme/api:1' })
    expect(planRollback(selectionOf([api]), histories(former), now)).toMatchObject({
      ok: true,
      value: { steps: [{ image: { text: 'acme/api:1' }, changes: 2 }] },
    })
  })

  it('says that nothing is live', () => {
    const step = rollbackStep(targetOf(web), { from: null, to: past('b', 3) }, now)
    expect(step.detail).toBe(
      'nothing is live; to bbbbbbb (2 days ago); variables return to the values of that deployment',
    )
    expect(step.image).toBeNull()
    expect(step).not.toHaveProperty('changes')
  })

  it('warns about running deployments', () => {
    const busy = service('web', {
      latest: at('d', 5, { status: 'BUILDING' }),
      active: [live],
    })
    const waiting = service('api', { latest: at('d', 5, { status: 'WAITING' }) })
    const selection = selectionOf([busy, service('idle', { latest: at('d', 5) }), waiting])
    expect(planRollback(selection, histories(past('b', 3)), now)).toMatchObject({
      value: {
        warnings: [
          {
            title: 'a deployment is in progress',
            message:
              'These services have a deployment in progress while they are rolled back: shop/web (BUILDING), shop/api (WAITING) in environment "production". It is not certain which of the two is live in the end. Check the services in Railway after the run.',
          },
        ],
      },
    })
  })

  it('is refused as a whole if one has nothing to return to, or is not known', () => {
    const unread = failure('api-unavailable', {
      activity: 'read-history',
      object: null,
      detail: 'HTTP 502',
      effect: 'nothing-changed',
    })
    const given = new Map<string, History>([
      ['p-shop/e-production/s-web', { ok: true, deployments: [past('c', 5), past('d', 6)] }],
      ['p-shop/e-production/s-api', { ok: false, failure: unread }],
      ['p-shop/e-production/s-good', { ok: true, deployments: [past('b', 3)] }],
    ])
    const selection = selectionOf([
      web,
      service('api'),
      service('good', { active: [live] }),
      service('not-read'),
    ])
    expect(planRollback(selection, given, now)).toEqual({
      ok: false,
      failures: [
        {
          code: 'rollback-unavailable',
          facts: { project: 'shop', environment: 'production', service: 'web', read: 2 },
        },
        unread,
      ],
    })
  })
})
