import { describe, expect, it } from '@jest/globals'
import type { ServiceInstance } from '../../../src/inventory/inventory.ts'
import { asCloned, decideInPreview } from '../../../src/plan/preview/services.ts'
import { deployment, service, targetOf } from '../../fixtures.ts'

const sha = 'a'.repeat(40)
const request = {
  commit: { kind: 'commit', sha },
  force: false,
  newer: [],
  context: { repository: 'acme/shop', branch: null },
} as const
const image = { source: { kind: 'image', image: 'postgres:16' } } as const
const uploads = { source: { kind: 'none' } } as const

const decided = (instance: Partial<ServiceInstance>, reconfigured: boolean, deployed = ['s-web']) =>
  decideInPreview(targetOf(service('web', instance)), { request, deployed }, reconfigured)

const live = (commit: string | null = null) => ({ active: [deployment('d', { commit })] })

describe('the change of a service in a preview', () => {
  it.each<[string, Partial<ServiceInstance>, boolean, object]>([
    [
      'built from this repository',
      {},
      false,
      { action: 'deploy', revision: { kind: 'commit', sha } },
    ],
    ['at the commit', live(sha), false, { action: 'keep', because: 'unchanged' }],
    ['at the commit, and changed', live(sha), true, { action: 'deploy' }],
    [
      'empty',
      uploads,
      false,
      {
        action: 'keep',
        because: 'skipped',
        detail: 'it has no source, so there is nothing to build',
      },
    ],
    [
      'fed by uploads, and live',
      { ...uploads, ...live(), latest: deployment('d') },
      false,
      { action: 'keep', because: 'unchanged', detail: 'it is live' },
    ],
    ['an image that never ran', image, false, { action: 'deploy', revision: { kind: 'current' } }],
    [
      'an image that is live',
      { ...image, ...live() },
      false,
      { action: 'keep', detail: 'it is live' },
    ],
    ['an image that is live, and changed', { ...image, ...live() }, true, { action: 'deploy' }],
    [
      'an image whose latest is live',
      { ...image, latest: deployment('d', { status: 'SLEEPING' }) },
      false,
      { action: 'keep', detail: 'it is live' },
    ],
    [
      'an image that crashed',
      { ...image, latest: deployment('d', { status: 'CRASHED' }) },
      false,
      { action: 'deploy' },
    ],
    [
      'an image in a running deployment',
      { ...image, latest: deployment('d', { status: 'BUILDING' }) },
      false,
      {
        action: 'adopt',
        deployment: { id: 'd' },
        revision: { kind: 'current' },
        detail: 'it is already being deployed (BUILDING)',
      },
    ],
    [
      'an image in a running deployment, and changed',
      { ...image, latest: deployment('d', { status: 'BUILDING' }) },
      true,
      { action: 'deploy' },
    ],
    [
      'of another repository',
      { source: { kind: 'repository', repository: 'acme/billing' }, ...live() },
      false,
      { action: 'keep', detail: 'it is live' },
    ],
  ])('that is %s', (_, instance, reconfigured, expected) => {
    expect(decided(instance, reconfigured)).toMatchObject(expected)
  })

  it('that is not one of those to deploy', () => {
    expect(decided({}, true, ['s-api'])).toMatchObject({
      action: 'keep',
      because: 'unchanged',
      detail: 'not among the `services` of this preview',
    })
  })
})

it('a clone begins without deployments, triggers and domains', () => {
  const base = service('web', {
    latest: deployment('d'),
    active: [deployment('d')],
    triggers: [{ repository: 'acme/shop', branch: 'main' }],
    domains: ['web.example.com'],
    unverifiedDomains: ['old.example.com'],
  })
  expect(asCloned(base)).toEqual({
    service: { id: 's-web', name: 'web' },
    source: { kind: 'repository', repository: 'acme/shop' },
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    unverifiedDomains: [],
    cron: false,
    configFile: null,
  })
})
