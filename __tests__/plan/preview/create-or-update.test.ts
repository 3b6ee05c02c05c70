import { describe, expect, it } from '@jest/globals'
import type { Environment, Project, ServiceInstance } from '../../../src/inventory/inventory.ts'
import type { EnvironmentRecord } from '../../../src/plan/ports.ts'
import {
  type PreviewPlanRequest,
  planPreviews,
} from '../../../src/plan/preview/create-or-update.ts'
import type { ServiceChange } from '../../../src/plan/preview/spec.ts'
import { deployment, environment, project, service } from '../../fixtures.ts'

const sha = 'a'.repeat(40)
const request: PreviewPlanRequest = {
  preview: {
    action: 'create',
    isAuto: true,
    template: 'pr-<number>',
    number: 7,
    olderThan: null,
    requireOverrides: [],
  },
  commit: { kind: 'commit', sha },
  force: false,
  newer: [],
  onlySelected: false,
  context: { repository: 'acme/shop', branch: 'main', headBranch: 'topic' },
}

const db = service('db', {
  source: { kind: 'image', image: 'postgres:16' },
  latest: deployment('d'),
  active: [deployment('d')],
})
const web = service('web', {
  domains: ['web.example.com'],
  triggers: [{ repository: 'acme/shop', branch: 'main' }],
})
const base = environment('production', [web, db])

const recordOf = (one: Environment, more: Partial<EnvironmentRecord> = {}): EnvironmentRecord => ({
  id: one.id,
  name: one.name,
  ephemeral: true,
  createdAt: '2026-01-01T00:00:00Z',
  sourceId: base.id,
  pullRequest: null,
  ...more,
})

interface Given {
  others?: Environment[]
  records?: EnvironmentRecord[]
  changes?: ServiceChange[]
  from?: Environment
  more?: Partial<PreviewPlanRequest>
  owner?: Partial<Project>
}

function planned({ others = [], records, changes = [], from = base, more, owner }: Given) {
  const shop = project('shop', [from, ...others], owner)
  const known = records ?? others.map((one) => recordOf(one))
  return planPreviews(
    [{ project: shop, environment: from, instances: from.instances.slice(0, 1) }],
    new Map(known.map((record) => [record.id, record])),
    () => changes,
    { ...request, ...more },
  )
}

function planOf(given: Given) {
  const plan = planned(given)
  if (!plan.ok) throw new Error(JSON.stringify(plan.failures))
  return plan.value
}

const preview = (instances: ServiceInstance[], more: Partial<Environment> = {}) =>
  environment('pr-7', instances, { ephemeral: true, ...more })
const ready = (instance: ServiceInstance, branch = 'topic'): ServiceInstance => ({
  ...instance,
  latest: deployment('p', { commit: sha }),
  active: [deployment('p', { commit: sha })],
  triggers: instance.triggers.map((trigger) => ({ ...trigger, branch })),
})

describe('a preview that does not exist', () => {
  it('is cloned, and then all its services are deployed, images first', () => {
    const { steps, warnings } = planOf({})
    expect(warnings).toEqual([])
    expect(steps).toMatchObject([
      {
        action: 'create-preview',
        detail: 'cloned from production, 2 services',
        changes: 5,
        preview: {
          base: { id: 'e-production', name: 'production' },
          services: [
            { name: 'web', hasDomain: true },
            { name: 'db', hasDomain: false },
          ],
          changes: [{ service: { name: 'web' }, branch: 'topic' }],
          deployed: ['s-web', 's-db'],
          message: 'Preview of acme/shop for pull request #7',
        },
      },
      {
        action: 'deploy',
        target: { instance: { service: { name: 'db' }, latest: null } },
        after: [steps[0]?.id],
      },
      { action: 'deploy', target: { instance: { service: { name: 'web' } } } },
    ])
  })

  it('has only the selected services deployed if they are named', () => {
    const { steps } = planOf({ more: { onlySelected: true } })
    expect(steps.map(({ action, target }) => `${action} ${target.instance?.service.name}`)).toEqual(
      ['create-preview undefined', 'keep db', 'deploy web'],
    )
  })

  it('follows no branch if there is none, and has no number', () => {
    const more = {
      preview: { ...request.preview, template: 'demo', number: null },
      context: { ...request.context, headBranch: null },
    }
    expect(planOf({ more }).steps[0]).toMatchObject({
      target: { environment: { name: 'demo' } },
      changes: 3,
      preview: { changes: [], message: 'Preview of acme/shop' },
    })
  })

  it.each<[string, Partial<ServiceInstance>, object]>([
    ['nothing', {}, { hasDomain: false }],
    [
      'a domain and its port',
      { domains: ['a.example'], port: 8080 },
      { hasDomain: true, port: 8080 },
    ],
    ['a domain that is not verified', { unverifiedDomains: ['a.example'] }, { hasDomain: true }],
    [
      'how long its latest deployment took',
      { latest: deployment('a', { took: 5 }), active: [deployment('b', { took: 7 })] },
      { hasDomain: false, took: 5 },
    ],
    [
      'how long the one took that is live',
      {
        latest: deployment('a'),
        active: [deployment('b'), deployment('c', { took: 7 }), deployment('d', { took: 9 })],
      },
      { hasDomain: false, took: 7 },
    ],
    [
      'no time that is not known',
      { latest: deployment('a'), active: [deployment('b')] },
      { hasDomain: false },
    ],
  ])('contains for a service of its base: %s', (_, more, known) => {
    const [step] = planOf({ from: environment('production', [service('web', more)]) }).steps
    expect(step).toMatchObject({ action: 'create-preview' })
    expect(step && 'preview' in step && step.preview.services).toEqual([
      { id: 's-web', name: 'web', ...known },
    ])
  })

  it.each<[string, ServiceInstance[], number]>([
    ['one for itself', [service('web')], 1],
    [
      'one for all triggers, and one for each service with a domain',
      [web, { ...web, service: db.service }],
      1 + 1 + 2,
    ],
    [
      'one for a service with domains',
      [service('web', { domains: ['a.example', 'b.example'] })],
      1 + 1,
    ],
  ])('needs changes: %s', (_, instances, changes) => {
    const more = { context: { ...request.context, headBranch: null } }
    expect(planOf({ from: environment('production', instances), more }).steps[0]).toMatchObject({
      changes,
    })
  })

  it('gets the changes that the workflow requests', () => {
    const requestedChange = { service: { id: 's-db', name: 'db' }, image: 'postgres:17' }
    expect(planOf({ changes: [requestedChange] }).steps[0]).toMatchObject({
      preview: { changes: [{ branch: 'topic' }, requestedChange] },
    })
  })

  it('is refused if no service in it would be of this repository', () => {
    const foreign = environment('production', [db])
    expect(planned({ from: foreign })).toEqual({
      ok: false,
      failures: [
        {
          code: 'service-not-found',
          facts: {
            requested: null,
            where: 'environment "production" of project "shop"',
            available: ['"db" (image postgres:16)'],
            nearest: null,
            repository: 'acme/shop',
            elsewhere: [],
            purpose: 'preview',
          },
        },
      ],
    })
  })

  it('waits for its turn, because Railway makes one environment in 30 seconds', () => {
    const selected = ['a', 'b', 'c'].map((name) => ({
      project: project(name, [base]),
      environment: base,
      instances: [web],
    }))
    const plan = planPreviews(selected, new Map(), () => [], request)
    const steps = plan.ok ? plan.value.steps : []
    expect(
      steps.filter(({ action }) => action === 'create-preview').map(({ detail }) => detail),
    ).toEqual([
      'cloned from production, 2 services',
      'cloned from production, 2 services; Railway creates one environment per 30 s, so this one begins after about 30 s',
      'cloned from production, 2 services; Railway creates one environment per 30 s, so this one begins after about 60 s',
    ])
  })
})

describe('a preview that exists', () => {
  it.each<[string, ServiceInstance[], ServiceChange[], string]>([
    ['a service', [ready(web)], [], 'missing services: db'],
    ['the branch', [ready(web, 'main'), ready(db)], [], 'branch of web'],
    ['a domain', [ready({ ...web, domains: [] }), ready(db)], [], 'domains for web'],
    [
      'variables',
      [ready(web), ready(db)],
      [{ service: { id: 's-web', name: 'web' }, variables: ['A'] }],
      'variables or image',
    ],
    [
      'an image',
      [ready(web), ready(db)],
      [{ service: { id: 's-db', name: 'db' }, image: 'postgres:17' }],
      'variables or image',
    ],
    [
      'the branch of one of its triggers',
      [
        {
          ...ready(web),
          triggers: [
            { repository: 'acme/shop', branch: 'topic' },
            { repository: 'acme/shop', branch: 'main' },
          ],
        },
        ready(db),
      ],
      [],
      'branch of web',
    ],
    [
      'a first deployment',
      [ready(web), { ...db, latest: null, active: [] }],
      [],
      'services that were never started',
    ],
    [
      'nearly everything',
      [ready({ ...web, domains: [], latest: null, active: [] }, 'main')],
      [],
      'missing services: db, branch of web, domains for web',
    ],
  ])('gets its missing parts: %s', (_, instances, changes, detail) => {
    const { steps } = planOf({ others: [preview(instances)], changes })
    expect(steps[0]).toMatchObject({
      action: 'update-preview',
      detail,
      target: { environment: { id: 'e-pr-7' }, instance: null },
    })
    expect(steps.slice(1).map(({ after }) => after)).toEqual([[steps[0]?.id], [steps[0]?.id]])
  })

  it('is not changed if it is complete', () => {
    expect(planOf({ others: [preview([ready(web), ready(db)])] }).steps).toMatchObject([
      {
        action: 'keep',
        because: 'unchanged',
        detail: 'the preview exists and is complete',
      },
      { action: 'keep', target: { instance: { service: { name: 'db' } } } },
      { action: 'keep', target: { instance: { service: { name: 'web' } } } },
    ])
  })

  it('has a service deployed that is at another commit, and no step of its own', () => {
    const old = { ...ready(web), active: [deployment('p', { commit: 'b'.repeat(40) })] }
    expect(
      planOf({ others: [preview([{ ...old, latest: null, active: [] }, ready(db)])] }).steps[0],
    ).toMatchObject({
      action: 'update-preview',
    })
    const behind = { ...old, latest: deployment('p', { commit: 'b'.repeat(40) }) }
    expect(
      planOf({ others: [preview([behind, ready(db)])] }).steps.map(({ action }) => action),
    ).toEqual(['keep', 'deploy'])
  })

  it('is complete though a service without a source was never deployed', () => {
    const idle = service('idle', { source: { kind: 'none' } })
    const from = environment('production', [web, idle])
    const others = [preview([ready(web), idle])]
    expect(planOf({ from, others }).steps.map(({ action }) => action)).toEqual([
      'keep',
      'keep',
      'keep',
    ])
  })

  it('lacks several services, of which none was started', () => {
    const from = environment('production', [web, db, service('api')])
    const others = [preview([{ ...ready(web), latest: null, active: [] }])]
    expect(planOf({ from, others }).steps[0]).toMatchObject({
      detail: 'missing services: db, api',
    })
  })

  it('is the oldest of several, with a warning', () => {
    const [newer, older] = [
      preview([ready(web), ready(db)], { id: 'newer' }),
      preview([ready(web), ready(db)], { id: 'older', name: 'PR-7' }),
    ]
    const records = [
      recordOf(newer, { createdAt: '2026-01-02T00:00:00Z' }),
      recordOf(older, { createdAt: '2026-01-01T00:00:00Z' }),
    ]
    const { steps, warnings } = planOf({ others: [newer, older], records })
    expect(steps[0]).toMatchObject({ target: { environment: { id: 'older' } } })
    expect(warnings).toEqual([
      {
        title: 'several previews with the same name',
        message:
          'Project "shop" has more than one preview environment "pr-7". This run uses the oldest one. When the pull request is closed, all of them are deleted. Delete the others in Railway if you do not need them.',
      },
    ])
  })

  it.each<[string, Environment, Partial<EnvironmentRecord>, object]>([
    [
      'is no preview',
      preview([ready(web)], { ephemeral: false }),
      { ephemeral: false },
      { kind: 'persistent' },
    ],
    [
      'is a preview of another environment',
      preview([ready(web)]),
      { sourceId: 'e-staging' },
      { kind: 'other-base', source: 'staging', base: 'production' },
    ],
  ])('is refused if it %s', (_, other, more, reason) => {
    const staging = environment('staging', [web])
    const plan = planned({ others: [staging, other], records: [recordOf(other, more)] })
    expect(plan).toEqual({
      ok: false,
      failures: [{ code: 'name-taken', facts: { project: 'shop', environment: 'pr-7', reason } }],
    })
  })
})

it("a project with Railway's own previews has a warning", () => {
  expect(planOf({ owner: { prDeploys: true } }).warnings).toEqual([
    {
      title: 'pull request environments are on',
      message:
        'Project "shop" has pull request environments turned on in Railway. A pull request therefore gets two previews: one from Railway and one from this action. Turn off pull request environments in the project\'s settings, or exclude the project with `!shop` in `projects`.',
    },
  ])
})
