import { describe, expect, it } from '@jest/globals'
import type { CommitChoice } from '../../src/inputs/read-inputs.ts'
import type {
  Deployment,
  Environment,
  Project,
  ServiceInstance,
} from '../../src/inventory/inventory.ts'
import type { Selection } from '../../src/inventory/selection.ts'
import type { CommitRequest } from '../../src/plan/commit-request.ts'
import { planDeploy } from '../../src/plan/deploy-commit.ts'

const sha = 'a'.repeat(40)
const commit: CommitChoice = { kind: 'commit', sha }
const context = { repository: 'acme/shop', branch: 'main' }

function deployed(status: string, commit: string | null = sha, id = status): Deployment {
  return { id, status, createdAt: '2026-01-05T09:00:00Z', commit, image: null }
}

function instance(name: string, more: Partial<ServiceInstance> = {}): ServiceInstance {
  return {
    service: { id: name, name },
    source: { kind: 'repository', repository: 'Acme/Shop' },
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
    ...more,
  }
}

function selectionOf(...instances: ServiceInstance[]): Selection {
  const environment: Environment = {
    id: 'e',
    name: 'production',
    accessible: true,
    ephemeral: false,
    instances,
  }
  const project: Project = {
    id: 'p',
    name: 'shop',
    workspaceId: 'w',
    baseEnvironmentId: 'e',
    prDeploys: false,
    environments: [environment],
  }
  return {
    environments: [{ project, environment, instances }],
    named: new Set(),
    warnings: [],
    emptyReason: null,
  }
}

const plan = (one: ServiceInstance, wish: Partial<Parameters<typeof planDeploy>[1]> = {}) =>
  planDeploy(selectionOf(one), { commit, force: false, context, newer: [], ...wish })

describe('the plan for a service', () => {
  const old = 'b'.repeat(40)
  it.each<[string, Partial<ServiceInstance>, object]>([
    ['never deployed', {}, { action: 'deploy', revision: { kind: 'commit', sha } }],
    [
      'live at another commit',
      { latest: deployed('SUCCESS', old), active: [deployed('SUCCESS', old)] },
      { action: 'deploy' },
    ],
    [
      'live at the commit',
      { latest: deployed('SUCCESS'), active: [deployed('SUCCESS')] },
      { action: 'keep', because: 'unchanged' },
    ],
    [
      'asleep at the commit',
      { latest: deployed('SLEEPING'), active: [deployed('SLEEPING')] },
      { action: 'keep' },
    ],
    [
      'crashed at the commit',
      { latest: deployed('CRASHED'), active: [deployed('CRASHED')] },
      { action: 'deploy' },
    ],
    [
      'failed at the commit, an older one is live',
      { latest: deployed('FAILED'), active: [deployed('SUCCESS', old)] },
      { action: 'deploy' },
    ],
    [
      'building the commit',
      { latest: deployed('BUILDING'), active: [deployed('SUCCESS', old)] },
      { action: 'adopt' },
    ],
    [
      'waiting for approval of the commit',
      { latest: deployed('NEEDS_APPROVAL') },
      { action: 'adopt' },
    ],
    ['building another commit', { latest: deployed('BUILDING', old) }, { action: 'deploy' }],
    [
      'live, while another commit builds',
      { latest: deployed('BUILDING', old, 'other'), active: [deployed('SUCCESS')] },
      {
        action: 'keep',
        detail: expect.stringContaining('newer deployment of bbbbbbb is BUILDING'),
      },
    ],
    [
      'live without saying its commit',
      { latest: deployed('SUCCESS', null), active: [deployed('SUCCESS', null)] },
      { action: 'deploy' },
    ],
    [
      'of another repository',
      { source: { kind: 'repository', repository: 'acme/billing' } },
      { action: 'deploy', revision: { kind: 'current' } },
    ],
    [
      'of an image',
      { source: { kind: 'image', image: 'redis:7' } },
      { action: 'deploy', revision: { kind: 'current' } },
    ],
    [
      'fed by uploads',
      { source: { kind: 'none' }, latest: deployed('SUCCESS', null) },
      { action: 'deploy', revision: { kind: 'current' } },
    ],
    [
      'without anything in it',
      { source: { kind: 'none' } },
      { action: 'keep', because: 'skipped' },
    ],
  ])('%s', (_, more, expected) => {
    expect(plan(instance('web', more)).steps).toMatchObject([expected])
  })

  it.each<[string, Partial<ServiceInstance>, object]>([
    [
      'a newer commit live',
      { latest: deployed('SUCCESS', old), active: [deployed('SUCCESS', old)] },
      { action: 'keep', because: 'superseded' },
    ],
    [
      'a newer commit in capitals live',
      { active: [deployed('SUCCESS', old.toUpperCase())] },
      { action: 'keep', because: 'superseded' },
    ],
    [
      'a newer commit asleep',
      { active: [deployed('SLEEPING', old)] },
      { action: 'keep', because: 'superseded' },
    ],
    [
      'a newer commit in a running deployment',
      { latest: deployed('QUEUED', old), active: [deployed('SUCCESS', 'c'.repeat(40), 'live')] },
      { action: 'keep', because: 'superseded' },
    ],
    ['a newer commit failed', { latest: deployed('FAILED', old) }, { action: 'deploy' }],
    [
      'a newer commit crashed',
      { latest: deployed('CRASHED', old), active: [deployed('CRASHED', old)] },
      { action: 'deploy' },
    ],
    [
      'the commit live and a newer one in a running deployment',
      { latest: deployed('BUILDING', old, 'other'), active: [deployed('SUCCESS')] },
      { action: 'keep', because: 'unchanged' },
    ],
  ])('with %s', (_, more, expected) => {
    expect(plan(instance('web', more), { newer: [old] }).steps).toMatchObject([expected])
  })

  it('is deployed over a newer commit with `force`, without a warning', () => {
    const forced = plan(instance('web', { active: [deployed('SUCCESS', old)] }), {
      newer: [old],
      force: true,
    })
    expect(forced).toMatchObject({ steps: [{ action: 'deploy' }], warnings: [] })
  })

  it('keeps its newer commit if it is deployed for its variables', () => {
    const one = instance('web', { active: [deployed('SUCCESS', old)] })
    const request = { commit, force: false, context, newer: [old] }
    expect(planDeploy(selectionOf(one), request, new Set(['p/e/web'])).steps).toMatchObject([
      { action: 'deploy', revision: { kind: 'commit', sha: old } },
    ])
  })

  it.each<[string, CommitChoice, object]>([
    ['`latest`', { kind: 'latest' }, { kind: 'latest' }],
    ['an event without a commit', { kind: 'none' }, { kind: 'current' }],
  ])('with %s', (_, commit, revision) => {
    expect(plan(instance('web'), { commit }).steps).toMatchObject([{ action: 'deploy', revision }])
  })

  it('with `force`, although the commit is live', () => {
    const live = { latest: deployed('SUCCESS'), active: [deployed('SUCCESS')] }
    expect(plan(instance('web', live), { force: true }).steps).toMatchObject([{ action: 'deploy' }])
  })
})

describe('the text of a plan', () => {
  const old = 'b'.repeat(40)
  const at = (commit: string | null) => ({ active: [deployed('SUCCESS', commit)] })
  const running = (more: Partial<ServiceInstance> = {}) => ({
    latest: deployed('BUILDING', sha, 'tick'),
    ...at(sha),
    ...more,
  })

  interface Expected {
    readonly request?: Partial<CommitRequest>
    readonly changing?: string[]
    readonly steps: string[]
    readonly warnings?: object[]
  }

  it.each<[string, ServiceInstance[], Expected]>([
    ['a commit', [instance('web')], { steps: ['deploy: commit aaaaaaa'] }],
    [
      'the newest commit',
      [instance('web')],
      { request: { commit: { kind: 'latest' } }, steps: ['deploy: the newest commit'] },
    ],
    [
      'the newest commit of an image, which has none',
      [instance('web', { source: { kind: 'image', image: 'redis:7' } })],
      { request: { commit: { kind: 'latest' } }, steps: ['deploy: image redis:7'] },
    ],
    [
      'another repository',
      [instance('web', { source: { kind: 'repository', repository: 'acme/billing' } })],
      { steps: ['deploy: the commit that it has now, from acme/billing'] },
    ],
    [
      'an upload',
      [instance('web', { source: { kind: 'none' }, latest: deployed('FAILED', null) })],
      { steps: ['deploy: the last upload'] },
    ],
    [
      'a live deployment',
      [instance('web', at(sha))],
      { steps: ['keep unchanged: aaaaaaa is already live'] },
    ],
    [
      'a running deployment',
      [instance('web', { latest: deployed('WAITING') })],
      { steps: ['adopt: aaaaaaa is already being deployed (WAITING)'] },
    ],
    [
      'a running deployment, beside a live one',
      [instance('web', running())],
      { steps: ['adopt: aaaaaaa is already being deployed (BUILDING)'] },
    ],
    [
      'a deployment that a schedule has started',
      [instance('web', running({ cron: true }))],
      { steps: ['keep unchanged: aaaaaaa is already live'] },
    ],
    [
      'a deployment that a schedule has started for the first time',
      [instance('web', running({ cron: true, active: [] }))],
      { steps: ['adopt: aaaaaaa is already being deployed (BUILDING)'] },
    ],
    [
      'a live deployment, and a running one of another commit',
      [instance('web', running({ latest: deployed('QUEUED', old) }))],
      {
        steps: ['keep unchanged: aaaaaaa is already live; a newer deployment of bbbbbbb is QUEUED'],
      },
    ],
    [
      'a live deployment, and a running one',
      [instance('web', running({ latest: deployed('QUEUED', null) }))],
      { steps: ['keep unchanged: aaaaaaa is already live; a newer deployment is QUEUED'] },
    ],
    [
      'a live deployment, after one that ended',
      [instance('web', running({ latest: deployed('REMOVED', old) }))],
      { steps: ['keep unchanged: aaaaaaa is already live'] },
    ],
    [
      'newer commits',
      [instance('web', at(old)), instance('api', at(old)), instance('db')],
      {
        request: { newer: [old] },
        steps: [
          'keep superseded: bbbbbbb is newer than aaaaaaa',
          'keep superseded: bbbbbbb is newer than aaaaaaa',
          'deploy: commit aaaaaaa',
        ],
        warnings: [
          {
            title: 'newer commit not replaced',
            message:
              'These services are not deployed, because a newer commit than the requested one is live or being deployed: shop/web (bbbbbbb is newer than aaaaaaa), shop/api (bbbbbbb is newer than aaaaaaa) in environment "production". To go back to the older commit, run the command `rollback`, or `deploy` with `force: true`.',
          },
        ],
      },
    ],
    [
      'a newer commit, for new variables',
      [instance('web', at(old))],
      {
        request: { newer: [old] },
        changing: ['p/e/web'],
        steps: ['deploy: commit bbbbbbb, which is live or being deployed and newer than aaaaaaa'],
      },
    ],
    [
      'the commit, for new variables, though a newer one is building',
      [instance('web', { latest: deployed('BUILDING', old), ...at(sha) })],
      { request: { newer: [old] }, changing: ['p/e/web'], steps: ['deploy: commit aaaaaaa'] },
    ],
    [
      'services without a source',
      [
        instance('a', { source: { kind: 'none' } }),
        instance('b', { source: { kind: 'none' } }),
        instance('c'),
      ],
      {
        steps: [
          'keep skipped: it has no source and was never deployed, so there is nothing to build',
          'keep skipped: it has no source and was never deployed, so there is nothing to build',
          'deploy: commit aaaaaaa',
        ],
        warnings: [
          {
            title: 'services without a source',
            message:
              'These services are skipped, because they have neither a repository nor an image to deploy: shop/a, shop/b in environment "production". Connect a repository or an image to them in Railway, or exclude them with `!` in `services`.',
          },
        ],
      },
    ],
  ])('%s', (_, instances, { request, changing = [], steps, warnings = [] }) => {
    const made = planDeploy(
      selectionOf(...instances),
      { commit, force: false, context, newer: [], ...request },
      new Set(changing),
    )
    const lines = made.steps.map(
      (step) => `${step.action}${step.action === 'keep' ? ` ${step.because}` : ''}: ${step.detail}`,
    )
    expect({ steps: lines, warnings: made.warnings }).toEqual({ steps, warnings })
  })
})
