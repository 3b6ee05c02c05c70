import { describe, expect, it } from '@jest/globals'
import type { Deployment, ServiceInstance } from '../../../src/inventory/inventory.ts'
import { liveRevision } from '../../../src/plan/variables/set-variables.ts'

const [live, other] = ['a'.repeat(40), 'b'.repeat(40)]

const deployed = (status: string, facts: Partial<Deployment>): Deployment => ({
  id: status,
  status,
  createdAt: '2026-01-05T09:00:00Z',
  commit: null,
  image: null,
  ...facts,
})

const target = (more: Partial<ServiceInstance>) => ({
  project: { id: 'p', name: 'shop' },
  environment: { id: 'e', name: 'production' },
  instance: {
    service: { id: 'web', name: 'web' },
    source: { kind: 'repository', repository: 'acme/shop' } as const,
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
    ...more,
  },
})

const image = { kind: 'image', image: 'ghcr.io/acme/api:2' } as const

describe('what is live as a revision', () => {
  it.each<[string, Partial<ServiceInstance>, object]>([
    [
      'a commit',
      { active: [deployed('SUCCESS', { commit: live })] },
      { kind: 'commit', sha: live },
    ],
    [
      'a commit in capitals',
      { active: [deployed('SLEEPING', { commit: live.toUpperCase() })] },
      { kind: 'commit', sha: live },
    ],
    [
      'the live commit while another builds',
      {
        latest: deployed('BUILDING', { commit: other }),
        active: [deployed('SUCCESS', { commit: live })],
      },
      { kind: 'commit', sha: live },
    ],
    [
      'the live commit after another failed',
      {
        latest: deployed('FAILED', { commit: other }),
        active: [deployed('SUCCESS', { commit: live })],
      },
      { kind: 'commit', sha: live },
    ],
    ['no commit where none is told', { active: [deployed('SUCCESS', {})] }, { kind: 'current' }],
    [
      'no commit where none is live',
      { latest: deployed('FAILED', { commit: other }) },
      { kind: 'current' },
    ],
    [
      'no commit for what is no SHA',
      { active: [deployed('SUCCESS', { commit: 'main' })] },
      { kind: 'current' },
    ],
    [
      'the image of the source',
      { source: image, active: [deployed('SUCCESS', { image: 'ghcr.io/acme/api:2' })] },
      { kind: 'current' },
    ],
    [
      'the image that is live, where the source names another',
      { source: image, active: [deployed('SUCCESS', { image: 'ghcr.io/acme/api:1' })] },
      { kind: 'image', image: { text: 'ghcr.io/acme/api:1' } },
    ],
    [
      'the image of the source where none is told',
      { source: image, active: [deployed('SUCCESS', {})] },
      { kind: 'current' },
    ],
    [
      'an upload',
      { source: { kind: 'none' }, active: [deployed('SUCCESS', {})] },
      { kind: 'current' },
    ],
  ])('is %s', (_, more, expected) => {
    expect(liveRevision(target(more))).toMatchObject(expected)
  })
})
