import { describe, expect, it } from '@jest/globals'
import type { ServiceInstance, Source } from '../../src/inventory/inventory.ts'
import type { Comparisons } from '../../src/plan/commit-comparisons.ts'
import {
  pinned,
  planPromotion,
  promotedRanges,
  promotionOf,
} from '../../src/plan/deploy-from-environment.ts'
import { deployment, environment, selectionOf, service, targetOf } from '../fixtures.ts'

const digest = `sha256:${'1'.repeat(64)}`
const other = `sha256:${'2'.repeat(64)}`
const sha = 'a'.repeat(40)
const old = 'b'.repeat(40)
const now = Date.parse('2026-01-05T12:00:00Z')

describe('an image by its digest', () => {
  it.each<[string, string | null, string | undefined]>([
    ['acme/api:main', digest, `acme/api@${digest}`],
    ['acme/api', digest, `acme/api@${digest}`],
    ['localhost:5000/api:v1', digest, `localhost:5000/api@${digest}`],
    ['localhost:5000/api', digest, `localhost:5000/api@${digest}`],
    [`acme/api@${other}`, digest, `acme/api@${other}`],
    ['acme/api:main', null, 'acme/api:main'],
    ['acme/api:main', 'nonsense', 'acme/api:main'],
    ['Not An Image', digest, undefined],
  ])('%s with %s', (text, reported, expected) => {
    expect(pinned(text, reported)?.text).toBe(expected)
  })
})

const image: Source = { kind: 'image', image: 'acme/api:main' }
const uploads: Source = { kind: 'none' }

/** Returns the service as it is in the environment that is promoted. */
const staging = (instance: Partial<ServiceInstance> | null) =>
  environment('staging', instance === null ? [] : [service('web', instance)])

const live = (more: Parameters<typeof deployment>[1]) => ({ active: [deployment('there', more)] })

describe('the promotion to a service', () => {
  it.each<[string, Partial<ServiceInstance>, Partial<ServiceInstance> | null, object]>([
    ['its commit', {}, live({ commit: sha.toUpperCase() }), { kind: 'commit', sha }],
    [
      'its image by digest',
      { source: image },
      live({ image: 'acme/api:main', digest }),
      { kind: 'image', image: { text: `acme/api@${digest}` } },
    ],
    [
      'its image by tag, if no digest is reported',
      { source: image },
      live({ image: 'acme/api:1' }),
      { kind: 'image', image: { text: 'acme/api:1' } },
    ],
    [
      'the newest of two that are live',
      {},
      {
        active: [
          deployment('a', { commit: old, createdAt: '2026-01-01T00:00:00Z' }),
          deployment('b', { commit: sha, createdAt: '2026-01-02T00:00:00Z' }),
        ],
      },
      { kind: 'commit', sha },
    ],
  ])('is %s', (_, here, there, revision) => {
    expect(promotionOf(targetOf(service('web', here)), staging(there))).toMatchObject({ revision })
  })

  it.each<[string, Partial<ServiceInstance>, Partial<ServiceInstance> | null, object]>([
    ['the service does not exist', {}, null, { kind: 'absent' }],
    ['it was never deployed', {}, {}, { kind: 'never-deployed' }],
    [
      'it crashed',
      {},
      {
        latest: deployment('x', { status: 'CRASHED' }),
        active: [deployment('x', { status: 'CRASHED', commit: sha })],
      },
      { kind: 'not-live', status: 'CRASHED' },
    ],
    [
      'it is being built',
      {},
      { latest: deployment('x', { status: 'BUILDING' }) },
      { kind: 'not-live', status: 'BUILDING' },
    ],
    ['Railway reports no commit', {}, live({}), { kind: 'uploaded' }],
    ['the commit is invalid', {}, live({ commit: 'abc' }), { kind: 'uploaded' }],
    ['the commit is longer than one', {}, live({ commit: `${sha}0` }), { kind: 'uploaded' }],
    ['it is fed by uploads here', { source: uploads }, live({ commit: sha }), { kind: 'uploaded' }],
    ['a build has an image', {}, live({ image: 'acme/api:1' }), { kind: 'uploaded' }],
    ['an image has no name', { source: image }, live({ commit: sha }), { kind: 'uploaded' }],
    ['an image is invalid', { source: image }, live({ image: 'NO IMAGE' }), { kind: 'uploaded' }],
  ])('has nothing to promote if %s', (_, here, there, reason) => {
    expect(promotionOf(targetOf(service('web', here)), staging(there))).toEqual({ reason })
  })
})

const at = (commit: string, id = 'here') => ({
  latest: deployment(id, { commit }),
  active: [deployment(id, { commit })],
})

describe('commits to compare for a promotion', () => {
  const sources = new Map([['e-production', staging(live({ commit: sha }))]])

  it.each<
    [string, Partial<ServiceInstance>, ReadonlyMap<string, ReturnType<typeof staging>>, object[]]
  >([
    ['another commit', at(old.toUpperCase()), sources, [{ base: old, commit: sha }]],
    ['the same commit', at(sha.toUpperCase()), sources, []],
    ['nothing live here', {}, sources, []],
    ['no source', at(old), new Map(), []],
    ['nothing live there', at(old), new Map([['e-production', staging(null)]]), []],
    [
      'an image',
      { ...at(old), source: image },
      new Map([['e-production', staging(live({ image: 'acme/api:1' }))]]),
      [],
    ],
  ])('%s', (_, here, from, ranges) => {
    expect(promotedRanges([targetOf(service('web', here))], from)).toEqual(ranges)
  })

  it('are each compared once', () => {
    const [web, api] = [service('web', at(old)), service('api', at(old, 'b'))]
    const both = environment('staging', [
      service('web', live({ commit: sha })),
      service('api', live({ commit: sha })),
    ])
    expect(promotedRanges([web, api].map(targetOf), new Map([['e-production', both]]))).toEqual([
      { base: old, commit: sha },
    ])
  })
})

interface Given {
  here?: Partial<ServiceInstance>
  there?: Partial<ServiceInstance> | null
  comparisons?: Comparisons
  force?: boolean
  changing?: string[]
}

const promoted = ({
  here = {},
  there = live({ commit: sha, createdAt: '2026-01-05T09:00:00Z' }),
  comparisons = new Map(),
  force = false,
  changing = [],
}: Given) =>
  planPromotion(
    selectionOf([service('web', here)]),
    { sources: new Map([['e-production', staging(there)]]), comparisons },
    { force, now },
    new Set(changing),
  )

function onlyStep(given: Given) {
  const plan = promoted(given)
  if (!plan.ok) throw new Error(JSON.stringify(plan.failures))
  expect(plan.value.warnings).toEqual([])
  expect(plan.value.steps).toHaveLength(1)
  return plan.value.steps[0]
}

describe('the plan of a promotion', () => {
  const pinnedImage = `acme/api@${digest}`
  const ofImage = live({ image: 'acme/api:main', digest, createdAt: '2026-01-05T09:00:00Z' })
  const relation = (value: 'older' | 'newer'): Comparisons =>
    new Map([[`${old}...${sha}`, { relation: value, files: null }]])

  it.each<[string, Given, string, string]>([
    [
      'a service that was never deployed',
      {},
      'deploy',
      'commit aaaaaaa from staging (deployed there 3 hours ago)',
    ],
    [
      'a service at another commit',
      { here: at(old) },
      'deploy',
      'commit aaaaaaa from staging (deployed there 3 hours ago), in place of bbbbbbb',
    ],
    [
      'a service at a newer commit',
      { here: at(old), comparisons: relation('older') },
      'deploy',
      'commit aaaaaaa from staging (deployed there 3 hours ago), in place of bbbbbbb, which is newer: an older commit is promoted',
    ],
    [
      'a service at an older commit',
      { here: at(old), comparisons: relation('newer') },
      'deploy',
      'commit aaaaaaa from staging (deployed there 3 hours ago), in place of bbbbbbb',
    ],
    ['a service at the commit', { here: at(sha) }, 'keep', 'aaaaaaa is already live'],
    [
      'a service at the commit, forced',
      { here: at(sha), force: true },
      'deploy',
      'commit aaaaaaa from staging (deployed there 3 hours ago), in place of aaaaaaa',
    ],
    [
      'a service at the commit, whose variables change',
      { here: at(sha), changing: ['p-shop/e-production/s-web'] },
      'deploy',
      'commit aaaaaaa from staging (deployed there 3 hours ago), in place of aaaaaaa',
    ],
    [
      'a service at the commit, while those of another change',
      { here: at(sha), changing: ['p-shop/e-production/s-api'] },
      'keep',
      'aaaaaaa is already live',
    ],
    [
      'an image',
      { here: { source: image }, there: ofImage },
      'deploy',
      `image ${pinnedImage} from staging (deployed there 3 hours ago)`,
    ],
    [
      'an image that is live by its digest',
      { here: { source: image, ...live({ image: 'acme/api:main', digest }) }, there: ofImage },
      'keep',
      `${pinnedImage} is already live`,
    ],
    [
      'an image that crashed',
      {
        here: {
          source: image,
          active: [deployment('x', { status: 'CRASHED', image: 'acme/api:main', digest })],
        },
        there: ofImage,
      },
      'deploy',
      `image ${pinnedImage} from staging (deployed there 3 hours ago)`,
    ],
    [
      'an image of which another digest is live',
      {
        here: { source: image, ...live({ image: 'acme/api:main', digest: other }) },
        there: ofImage,
      },
      'deploy',
      `image ${pinnedImage} from staging (deployed there 3 hours ago), in place of acme/api:main@${other.slice(0, 19)}`,
    ],
    [
      'an image in a running deployment',
      {
        here: {
          source: image,
          latest: deployment('x', { status: 'DEPLOYING', image: 'acme/api:main', digest }),
        },
        there: ofImage,
      },
      'adopt',
      `${pinnedImage} is already being deployed (DEPLOYING)`,
    ],
    [
      'an image, while another is in a running deployment',
      {
        here: {
          source: image,
          latest: deployment('x', { status: 'DEPLOYING', image: 'acme/api:1', digest: other }),
        },
        there: ofImage,
      },
      'deploy',
      `image ${pinnedImage} from staging (deployed there 3 hours ago)`,
    ],
    [
      'an image that failed',
      {
        here: {
          source: image,
          latest: deployment('x', { status: 'FAILED', image: 'acme/api:main', digest }),
        },
        there: ofImage,
      },
      'deploy',
      `image ${pinnedImage} from staging (deployed there 3 hours ago)`,
    ],
    [
      'a tag, which may have moved',
      {
        here: { source: image, ...live({ image: 'acme/api:main' }) },
        there: live({ image: 'acme/api:main', createdAt: '2026-01-05T09:00:00Z' }),
      },
      'deploy',
      'image acme/api:main from staging (deployed there 3 hours ago), in place of acme/api:main',
    ],
  ])('%s', (_, given, action, detail) => {
    expect(onlyStep(given)).toMatchObject({ action, detail })
  })

  it('marks a service as unchanged if the promotion is not needed', () => {
    const here = { source: image, ...live({ image: 'acme/api:main', digest }) }
    expect(onlyStep({ here, there: ofImage })).toMatchObject({ because: 'unchanged' })
  })

  it('adopts the deployment and names its revision', () => {
    const latest = deployment('x', { status: 'QUEUED', image: 'acme/api:main', digest })
    expect(onlyStep({ here: { source: image, latest }, there: ofImage })).toMatchObject({
      deployment: latest,
      revision: { kind: 'image', image: { text: pinnedImage } },
    })
  })

  it.each<[string, Given, string]>([
    ['a promotion', { here: at(old) }, 'deploy'],
    [
      'a commit in a running deployment',
      { here: { latest: deployment('x', { status: 'QUEUED', commit: sha }) } },
      'adopt',
    ],
    [
      'an image in a running deployment',
      {
        here: {
          source: image,
          latest: deployment('x', { status: 'QUEUED', image: 'acme/api:main', digest }),
        },
        there: ofImage,
      },
      'adopt',
    ],
  ])('may go back to an older commit: %s', (_, given, action) => {
    expect(onlyStep(given)).toMatchObject({ action, mayReplaceNewerCommit: true })
  })

  it('is refused as a whole if one service is not live there', () => {
    const plan = planPromotion(
      selectionOf([service('web'), service('api')]),
      {
        sources: new Map([['e-production', staging(live({ commit: sha }))]]),
        comparisons: new Map(),
      },
      { force: false, now },
    )
    expect(plan).toEqual({
      ok: false,
      failures: [
        {
          code: 'source-not-live',
          facts: {
            project: 'shop',
            environment: 'production',
            service: 'api',
            from: 'staging',
            reason: { kind: 'absent' },
          },
        },
      ],
    })
  })

  it('has no step if there is no source', () => {
    const facts = { sources: new Map(), comparisons: new Map() }
    expect(planPromotion(selectionOf([service('web')]), facts, { force: true, now })).toEqual({
      ok: true,
      value: { steps: [], warnings: [] },
    })
  })
})
