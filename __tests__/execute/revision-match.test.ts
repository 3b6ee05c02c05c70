import { describe, expect, it } from '@jest/globals'
import {
  couldMatch,
  type Match,
  matchCommit,
  matchImage,
  type RequestedRevision,
  requestedRevision,
} from '../../src/execute/revision-match.ts'
import type { Deployment } from '../../src/inventory/inventory.ts'
import { rollbackStep } from '../../src/plan/rollback.ts'
import { deployment, imageReference, service, targetOf } from '../fixtures.ts'
import { deployStep, sha } from '../report/fixtures.ts'

const old = 'b'.repeat(40)
const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`
const [index, platform, other] = [digestOf('1'), digestOf('2'), digestOf('3')]

it.each<[string | null, Match]>([
  [sha, 'same'],
  [sha.toUpperCase(), 'same'],
  [old, 'other'],
  [null, 'unknown'],
])('a deployment of commit %s: %s', (commit, match) => {
  expect(matchCommit(sha, { commit })).toBe(match)
})

describe('a deployment of an image', () => {
  // requested, reported, reported digest
  it.each<[string, string | null, string | null, Match]>([
    ['redis:7', 'redis:7', null, 'same'],
    ['redis:7', 'docker.io/library/redis:7', platform, 'same'],
    ['redis', 'redis:latest', null, 'same'],
    ['redis:latest', 'redis', null, 'same'],
    ['redis:7', 'redis:8', null, 'other'],
    ['redis:7', 'valkey:7', null, 'other'],
    ['redis:7', null, null, 'unknown'],
    ['redis:7', null, platform, 'unknown'],
    ['redis:7', 'NO IMAGE', null, 'unknown'],
    ['redis:7', `redis@${index}`, null, 'unknown'],
    ['redis:7', `redis:7@${index}`, null, 'same'],
    ['redis:7', `redis:8@${index}`, null, 'other'],
    [`redis@${index}`, `redis@${index}`, platform, 'same'],
    [`redis@${platform}`, `redis@${index}`, platform, 'same'],
    [`redis@${platform}`, 'redis:7', platform, 'same'],
    [`redis@${platform}`, null, platform, 'same'],
    [`redis@${other}`, `redis@${index}`, platform, 'other'],
    [`redis@${index}`, 'redis:7', null, 'unknown'],
    [`redis@${index}`, null, null, 'unknown'],
    [`redis@${index}`, `valkey@${index}`, null, 'other'],
  ])('%s, reported %s with %s: %s', (requested, image, digest, match) => {
    expect(matchImage(imageReference(requested), { image, digest })).toBe(match)
  })
})

describe('a deployment could be the requested one', () => {
  const commit: RequestedRevision = { commit: sha, image: null }
  const image: RequestedRevision = { commit: null, image: imageReference('redis:7') }
  const anything: RequestedRevision = { commit: null, image: null }
  const upload: RequestedRevision = { commit: null, image: null, upload: true }

  it.each<[string, RequestedRevision, Partial<Deployment>, boolean]>([
    ['of the commit', commit, { commit: sha }, true],
    ['of no reported commit', commit, {}, true],
    ['of another commit: no', commit, { commit: old }, false],
    ['of the image', image, { image: 'redis:7' }, true],
    ['of no reported image', image, {}, true],
    ['of another image: no', image, { image: 'redis:8' }, false],
    ['of anything', anything, { commit: old, image: 'redis:8' }, true],
    ['of an upload', upload, {}, true],
    ['of an upload, with a commit: no', upload, { commit: sha }, false],
    ['of an upload, with an image: no', upload, { image: 'redis:7' }, false],
  ])('%s', (_, requested, more, expected) => {
    expect(couldMatch(requested, deployment('d', more))).toBe(expected)
  })
})

describe('the revision that a step requests', () => {
  const web = service('web')
  const back = (more: Partial<Deployment>) =>
    rollbackStep(targetOf(web), { from: null, to: deployment('d', more) }, 0)

  it.each([
    ['a commit', deployStep(web), { commit: sha, image: null }],
    [
      'an image',
      deployStep(web, { revision: { kind: 'image', image: imageReference('redis:7') } }),
      { commit: null, image: imageReference('redis:7') },
    ],
    [
      'the choice of Railway',
      deployStep(web, { revision: { kind: 'latest' } }),
      { commit: null, image: null },
    ],
    ['a former commit', back({ commit: old }), { commit: old, image: null }],
    [
      'a former image, by the reported digest',
      back({ image: 'redis:7', digest: platform }),
      { commit: null, image: { ...imageReference('redis:7'), digest: platform } },
    ],
    [
      'a former image, by the digest of its name',
      back({ image: `redis@${index}` }),
      { commit: null, image: imageReference(`redis@${index}`) },
    ],
    ['a former upload', back({}), { commit: null, image: null }],
  ])('%s', (_, step, expected) => {
    expect(requestedRevision(step)).toEqual(expected)
  })
})
