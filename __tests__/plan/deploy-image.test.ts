import { describe, expect, it } from '@jest/globals'
import type { ServiceInstance, Source } from '../../src/inventory/inventory.ts'
import { consistsOf, planImage } from '../../src/plan/deploy-image.ts'
import { deployment, imageReference, selectionOf, service } from '../fixtures.ts'

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`
const [index, platform, other] = [digestOf('a'), digestOf('b'), digestOf('c')]

describe('a deployment that consists of a reference', () => {
  it.each<[string, string, string | null, string | null, boolean]>([
    ['the same tag', 'acme/api:1.5.0', 'acme/api:1.5.0', null, true],
    [
      'the same tag with a reported digest',
      'acme/api:1.5.0',
      'docker.io/acme/api:1.5.0',
      platform,
      true,
    ],
    ['no tag, which is `latest`', 'acme/api', 'acme/api:latest', null, true],
    ['`latest`, which is no tag', 'acme/api:latest', 'acme/api', null, true],
    ['another tag', 'acme/api:1.5.0', 'acme/api:1.5.1', null, false],
    ['another repository', 'acme/api:1.5.0', 'acme/web:1.5.0', null, false],
    ['an image that is not reported', 'acme/api:1.5.0', null, null, false],
    ['an invalid image', 'acme/api:1.5.0', 'NO IMAGE', null, false],
    ['the digest of the index', `acme/api@${index}`, `acme/api@${index}`, platform, true],
    ['the digest of the platform', `acme/api@${platform}`, `acme/api@${index}`, platform, true],
    ['the digest of a tag', `acme/api@${platform}`, 'acme/api:1', platform, true],
    ['another digest', `acme/api@${other}`, `acme/api@${index}`, platform, false],
    ['a digest that is not reported', `acme/api@${index}`, 'acme/api:1', null, false],
  ])('%s', (_, requested, image, digest, expected) => {
    expect(consistsOf({ image, digest }, imageReference(requested))).toBe(expected)
  })

  it('if Railway reports no digest at all', () => {
    expect(consistsOf({ image: 'acme/api:1' }, imageReference('acme/api:1'))).toBe(true)
    expect(consistsOf({ image: 'acme/api:1' }, imageReference(`acme/api@${index}`))).toBe(false)
  })
})

const image = (text: string): Source => ({ kind: 'image', image: text })
const live = (text: string, more: object = {}) => ({
  active: [deployment('d1', { image: text, ...more })],
})
const onItsWay = (text: string, status = 'DEPLOYING') => ({
  latest: deployment('d2', { image: text, status }),
})

interface Given extends Partial<ServiceInstance> {
  requested?: string
  force?: boolean
  changing?: string[]
}

function planned({
  requested = 'acme/api:1.5.0',
  force = false,
  changing = [],
  ...instance
}: Given) {
  const one = service('web', { source: image('acme/api:1.5.0'), ...instance })
  const plan = planImage(
    selectionOf([one], { named: [one] }),
    { image: imageReference(requested), force },
    new Set(changing),
  )
  if (!plan.ok) throw new Error(JSON.stringify(plan.failures))
  expect(plan.value.steps).toHaveLength(1)
  return plan.value.steps[0]
}

describe('the plan of an image for one service', () => {
  it.each<[string, Given, string, string]>([
    [
      'that runs an older version',
      { source: image('acme/api:1.4.0'), ...live('acme/api:1.4.0') },
      'deploy',
      'image acme/api:1.5.0, in place of acme/api:1.4.0',
    ],
    ['that runs it', live('acme/api:1.5.0'), 'keep', 'acme/api:1.5.0 is already live'],
    [
      'that runs it under another spelling',
      { source: image('docker.io/acme/api:1.5.0'), ...live('docker.io/acme/api:1.5.0') },
      'keep',
      'acme/api:1.5.0 is already live',
    ],
    [
      'that runs it, with a reported digest',
      live('acme/api:1.5.0', { digest: platform }),
      'keep',
      'acme/api:1.5.0 is already live (sha256:bbbbbbbbbbbb)',
    ],
    [
      'that runs it, forced',
      { ...live('acme/api:1.5.0'), force: true },
      'deploy',
      'image acme/api:1.5.0 again',
    ],
    [
      'that runs it and whose variables change',
      { ...live('acme/api:1.5.0'), changing: ['p-shop/e-production/s-web'] },
      'deploy',
      'image acme/api:1.5.0 again',
    ],
    [
      'that runs it while variables of another change',
      { ...live('acme/api:1.5.0'), changing: ['p-shop/e-production/s-api'] },
      'keep',
      'acme/api:1.5.0 is already live',
    ],
    [
      'that runs a tag which may have moved',
      { requested: 'acme/api:main', source: image('acme/api:main'), ...live('acme/api:main') },
      'deploy',
      'image acme/api:main again',
    ],
    [
      'that runs it while its settings name another',
      { source: image('acme/api:1.4.0'), ...live('acme/api:1.5.0') },
      'deploy',
      'image acme/api:1.5.0, in place of acme/api:1.4.0',
    ],
    [
      'that crashed with it',
      live('acme/api:1.5.0', { status: 'CRASHED' }),
      'deploy',
      'image acme/api:1.5.0 again',
    ],
    ['that never ran', {}, 'deploy', 'image acme/api:1.5.0 again'],
    [
      'with a running deployment of it',
      onItsWay('acme/api:1.5.0'),
      'adopt',
      'acme/api:1.5.0 is already being deployed (DEPLOYING)',
    ],
    [
      'to which it waits for approval',
      onItsWay('acme/api:1.5.0', 'NEEDS_APPROVAL'),
      'adopt',
      'acme/api:1.5.0 is already being deployed (NEEDS_APPROVAL)',
    ],
    [
      'with a running deployment of another one, while it is live',
      { ...live('acme/api:1.5.0'), ...onItsWay('acme/api:1.6.0') },
      'keep',
      'acme/api:1.5.0 is already live',
    ],
    [
      'at which it failed',
      onItsWay('acme/api:1.5.0', 'FAILED'),
      'deploy',
      'image acme/api:1.5.0 again',
    ],
    [
      'of a repository',
      { source: { kind: 'repository', repository: 'acme/shop' }, ...live('acme/api:1.5.0') },
      'deploy',
      'image acme/api:1.5.0, in place of a build from acme/shop',
    ],
    ['without a source', { source: { kind: 'none' } }, 'deploy', 'image acme/api:1.5.0'],
    [
      'that runs the digest of its platform',
      {
        requested: `acme/api@${platform}`,
        source: image(`acme/api@${index}`),
        ...live(`acme/api@${index}`, { digest: platform }),
      },
      'keep',
      `acme/api@${platform} is already live`,
    ],
    [
      'that runs the digest of the index, with the platform reported',
      {
        requested: `acme/api@${index}`,
        source: image(`acme/api@${index}`),
        ...live(`acme/api@${index}`, { digest: platform }),
      },
      'keep',
      `acme/api@${index} is already live (sha256:bbbbbbbbbbbb)`,
    ],
    [
      'whose settings have a tag, which will move',
      {
        requested: `acme/api@${platform}`,
        source: image('acme/api:1.5.0'),
        ...live('acme/api:1.5.0', { digest: platform }),
      },
      'deploy',
      `image acme/api@${platform}, in place of acme/api:1.5.0`,
    ],
    [
      'whose settings are no reference',
      { requested: `acme/api@${platform}`, source: image('NO IMAGE') },
      'deploy',
      `image acme/api@${platform}, in place of NO IMAGE`,
    ],
  ])('%s', (_, given, action, detail) => {
    expect(planned(given)).toMatchObject({ action, detail })
  })

  it('contains the image to deploy or to adopt, or the reason for skipping', () => {
    const revision = { kind: 'image', image: imageReference('acme/api:1.5.0') }
    expect(planned({ force: true })).toMatchObject({ revision })
    expect(planned(onItsWay('acme/api:1.5.0'))).toMatchObject({
      revision,
      deployment: { id: 'd2' },
    })
    expect(planned(live('acme/api:1.5.0'))).toMatchObject({ because: 'unchanged' })
  })
})

describe('services that do not run the image', () => {
  const requested = { image: imageReference('acme/api:1.5.0'), force: false }
  const db = service('db', { source: image('postgres:16') })
  const web = service('web')
  const empty = service('empty', { source: { kind: 'none' } })
  const api = service('api', { source: image('acme/api:1.4.0') })

  it('are refused unless they are named, each with its source', () => {
    const plan = planImage(selectionOf([api, db, web, empty], { named: [] }), requested)
    const refused = (name: string, source: Source) => ({
      code: 'input-invalid',
      facts: {
        input: 'image',
        given: 'acme/api:1.5.0',
        problem: {
          kind: 'other-source',
          service: `shop/${name}`,
          environment: 'production',
          image: 'docker.io/acme/api',
          source,
        },
      },
    })
    expect(plan).toEqual({
      ok: false,
      failures: [
        refused('db', db.source),
        refused('web', web.source),
        refused('empty', empty.source),
      ],
    })
  })

  it('get it if they are named, with a warning about other images', () => {
    const plan = planImage(selectionOf([api, db, web], { named: [db, web] }), requested)
    expect(plan).toMatchObject({
      ok: true,
      value: {
        steps: [{ action: 'deploy' }, { action: 'deploy' }, { action: 'deploy' }],
        warnings: [
          {
            title: 'another image is replaced',
            message:
              'The image acme/api:1.5.0 replaces a different image of these services: shop/db (runs postgres:16) in environment "production". If a service should keep its image, exclude it with `!` in `services`.',
          },
        ],
      },
    })
  })

  it('are none if all run it', () => {
    expect(planImage(selectionOf([api]), requested)).toMatchObject({
      ok: true,
      value: { warnings: [] },
    })
  })

  it('are all named in the warning', () => {
    const mail = service('mail', { source: image('acme/mail') })
    const plan = planImage(selectionOf([db, mail], { named: [db, mail] }), requested)
    const message = plan.ok ? plan.value.warnings[0]?.message : undefined
    expect(message).toContain(
      'shop/db (runs postgres:16), shop/mail (runs acme/mail) in environment "production".',
    )
  })
})
