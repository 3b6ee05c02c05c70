import { describe, expect, it } from '@jest/globals'
import type { Deployment } from '../../src/inventory/inventory.ts'
import { consistOfSame } from '../../src/plan/rollback.ts'

const sha = 'a'.repeat(40)
const digest = `sha256:${'1'.repeat(64)}`
const deployed = (facts: Partial<Deployment>): Deployment => ({
  id: 'd',
  status: 'SUCCESS',
  createdAt: '2026-01-05T09:00:00Z',
  commit: null,
  image: null,
  ...facts,
})

describe('two deployments are of the same', () => {
  it.each<[string, Partial<Deployment>, Partial<Deployment>, boolean]>([
    ['commit', { commit: sha }, { commit: sha.toUpperCase() }, true],
    ['commit: no', { commit: sha }, { commit: 'b'.repeat(40) }, false],
    ['commit: one is not told', { commit: sha }, {}, false],
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
    ['image and commit: no', { image: 'acme/api:1' }, { commit: sha }, false],
    ['upload: never', {}, {}, false],
  ])('%s', (_, one, other, expected) => {
    expect(consistOfSame(deployed(one), deployed(other))).toBe(expected)
  })
})
