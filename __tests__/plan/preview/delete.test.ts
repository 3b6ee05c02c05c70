import { describe, expect, it } from '@jest/globals'
import type { Deployment, Environment, Project } from '../../../src/inventory/inventory.ts'
import type { PullRequestState } from '../../../src/plan/ports.ts'
import { planDeletions, planPruning } from '../../../src/plan/preview/delete.ts'
import { environment, project, service } from '../../fixtures.ts'

const now = Date.UTC(2026, 0, 31)
const day = 86_400_000
const ago = (days: number) => new Date(now - days * day).toISOString()

const deployed = (createdAt: string, status = 'SUCCESS'): Deployment => ({
  id: createdAt,
  status,
  createdAt,
  commit: null,
  image: null,
})

type Ages = readonly (string | null)[]

function environmentOf(latest: Ages, active: Ages = []): Environment {
  return {
    id: 'preview',
    name: 'pr-7',
    accessible: true,
    ephemeral: true,
    instances: latest.map((time, index) => {
      const running = active[index]
      return {
        service: { id: `s${index}`, name: `s${index}` },
        source: { kind: 'repository', repository: 'acme/shop' },
        latest: time === null ? null : deployed(time),
        active: running ? [deployed(running)] : [],
        triggers: [],
        domains: [],
        cron: false,
        configFile: null,
      }
    }),
  }
}

interface Case {
  latest?: Ages
  active?: Ages
  state?: PullRequestState
  olderThan?: number | null
  gap?: string | null
}

function prune({ latest = [ago(20)], active, state = 'open', olderThan = 14 * day, gap }: Case) {
  const candidate = environmentOf(latest, active)
  const shop: Project = {
    id: 'p',
    name: 'shop',
    workspaceId: 'w',
    baseEnvironmentId: 'base',
    prDeploys: false,
    environments: [candidate],
  }
  const record = {
    id: 'preview',
    name: 'pr-7',
    ephemeral: true,
    createdAt: ago(100),
    sourceId: null,
    pullRequest: null,
  }
  const { steps, warnings } = planPruning(
    [{ project: shop, environment: candidate, number: 7 }],
    new Map([['preview', record]]),
    new Map(state === null ? [] : [[7, state]]),
    {
      olderThan,
      now,
      missingFields:
        gap === undefined ? [] : [{ place: 'x', environmentId: gap, field: 'y', message: 'z' }],
    },
    {
      preview: {
        action: 'prune',
        isAuto: false,
        template: 'pr-<number>',
        number: null,
        olderThan,
        requireOverrides: [],
      },
      repository: 'acme/shop',
      base: null,
      closed: false,
    },
  )
  const lines = steps.map((step) => {
    const because = step.action === 'keep' ? ` ${step.because}` : ''
    return `${step.action}${because}: ${step.detail}`
  })
  return [...lines, ...warnings.map(({ title, message }) => `${title}: ${message}`)]
}

const open = 'pull request #7 is open'
const leftOver = (why: string) =>
  `previews that may be left over: These preview environments are not deleted, because it is not certain that they may be deleted: environment "pr-7" of project "shop" (${why}). Run the job again. If a preview still exists after that and nobody needs it, delete it in Railway.`
const unknownAge = [
  `keep skipped: ${open}, and the time of its last deployment is not known`,
  leftOver(`${open}, and the time of its last deployment is not known`),
]

describe('the preview of a pull request', () => {
  it.each<[string, Case, string[]]>([
    [
      'is deleted when it is too old',
      {},
      [`delete-preview: ${open}, and it was last deployed 20 days ago`],
    ],
    [
      'is kept up to that age',
      { latest: [ago(14)] },
      [`keep unchanged: ${open}, and it was last deployed 14 days ago`],
    ],
    ['is kept without `older-than`', { olderThan: null }, [`keep unchanged: ${open}`]],
    [
      'is as old as its last deployment',
      { latest: [ago(20), null, ago(3)] },
      [`keep unchanged: ${open}, and it was last deployed 3 days ago`],
    ],
    [
      'is as old as its running deployment, if no newer one is known',
      { latest: [null, ago(20)], active: [ago(2)] },
      [`keep unchanged: ${open}, and it was last deployed 2 days ago`],
    ],
    [
      'is kept when its clock is ahead',
      { latest: [ago(-3)] },
      [`keep unchanged: ${open}, and it was last deployed 0 minutes ago`],
    ],
    ['is kept if nothing was ever deployed', { latest: [null, null] }, unknownAge],
    [
      'is kept if it is empty',
      { latest: [] },
      ['keep skipped: no service in it is built from acme/shop'],
    ],
    ['is kept if a date is invalid', { latest: [ago(20), 'yesterday'] }, unknownAge],
    ['is kept if a part of it was not read', { gap: 'preview' }, unknownAge],
    ['is kept if an unknown part was not read', { gap: null }, unknownAge],
    [
      'is deleted if a part of another environment was not read',
      { gap: 'other' },
      [`delete-preview: ${open}, and it was last deployed 20 days ago`],
    ],
    [
      'is deleted at any age when it is closed',
      { state: 'closed', latest: [ago(0)] },
      ['delete-preview: pull request #7 is closed'],
    ],
    [
      'is kept at any age if it is not known whether it is open',
      { state: null },
      [
        'keep skipped: GitHub did not report whether pull request #7 is closed',
        leftOver('GitHub did not report whether pull request #7 is closed'),
      ],
    ],
    [
      'is kept at any age when there is no such pull request',
      { state: 'missing' },
      ['keep skipped: there is no pull request #7', leftOver('there is no pull request #7')],
    ],
  ])('%s', (_, facts, expected) => {
    expect(prune(facts)).toEqual(expected)
  })
})

describe('the deletion of the preview of a pull request', () => {
  const base = environment('production', [service('web')])
  const preview = (id: string, more: Partial<Environment> = {}) =>
    environment('pr-7', [service('web')], { id, ephemeral: true, ...more })
  const recordOf = ({ id, name, ephemeral }: Environment) => ({
    id,
    name,
    ephemeral,
    createdAt: ago(1),
    sourceId: null,
    pullRequest: null,
  })

  interface Removed {
    readonly environments: readonly Environment[]
    readonly unread?: boolean
    readonly closed?: boolean
    readonly of?: string
    readonly template?: string
  }

  function removed({
    environments,
    unread = false,
    closed = true,
    of = 'production',
    template = 'pr-<number>',
  }: Removed) {
    const shop = project('shop', [base, ...environments])
    const records = new Map(environments.map((one) => [one.id, recordOf(one)]))
    const plan = planDeletions([shop], unread ? new Map() : records, {
      preview: {
        action: 'delete',
        isAuto: false,
        template,
        number: 7,
        olderThan: null,
        requireOverrides: [],
      },
      repository: 'acme/shop',
      base: of,
      closed,
    })
    return {
      steps: plan.steps.map((step) => {
        const because = step.action === 'keep' ? ` ${step.because}` : ''
        return `${step.id}${because}: ${step.detail}`
      }),
      warnings: plan.warnings.map(({ message }) => message),
    }
  }

  const unclear = 'Railway did not return its record'
  it.each<[string, Removed, string[]]>([
    [
      'is nothing if there is none',
      { environments: [] },
      ['keep p-shop/pr-7 unchanged: there is no environment "pr-7"'],
    ],
    [
      'includes each of that name, in any case',
      {
        environments: [
          preview('a'),
          preview('b', { name: 'PR-7' }),
          preview('c', { name: 'pr-70' }),
        ],
      },
      [
        'delete-preview p-shop/a: the pull request is closed',
        'delete-preview p-shop/b: the pull request is closed',
      ],
    ],
    ...(
      [
        ['caf\u00e9', 'cafe\u0301'],
        ['cafe\u0301', 'caf\u00e9'],
      ] as const
    ).flatMap(([given, name]): [string, Removed, string[]][] => [
      [
        `takes that of another normal form: ${JSON.stringify(given)}`,
        { environments: [preview('a', { name: `${name}-7` })], template: `${given}-<number>` },
        ['delete-preview p-shop/a: the pull request is closed'],
      ],
      [
        `spares what previews are cloned from, in another normal form: ${JSON.stringify(given)}`,
        { environments: [preview('a', { name })], template: given, of: given },
        ['keep p-shop/a skipped: it is the environment that previews are cloned from'],
      ],
    ]),
    [
      'may be requested',
      { environments: [preview('a')], closed: false },
      ['delete-preview p-shop/a: its deletion was requested'],
    ],
    [
      'skips the base of previews, by its id',
      { environments: [preview('a')], of: 'A' },
      ['keep p-shop/a skipped: it is the environment that previews are cloned from'],
    ],
    [
      'skips the base of previews, by its name',
      { environments: [preview('a', { name: 'Pr-7' })], of: 'PR-7' },
      ['keep p-shop/a skipped: it is the environment that previews are cloned from'],
    ],
    [
      'skips persistent environments',
      { environments: [preview('a', { ephemeral: false })] },
      ['keep p-shop/a skipped: it is a persistent environment'],
    ],
  ])('%s', (_, given, steps) => {
    expect(removed(given)).toEqual({ steps, warnings: [] })
  })

  it('warns about those whose author is not known', () => {
    const { steps, warnings } = removed({
      environments: [preview('a'), preview('b')],
      unread: true,
    })
    expect(steps).toEqual([
      `keep p-shop/a skipped: ${unclear}`,
      `keep p-shop/b skipped: ${unclear}`,
    ])
    expect(warnings).toEqual([
      `These preview environments are not deleted, because it is not certain that they may be deleted: environment "pr-7" of project "shop" (${unclear}); environment "pr-7" of project "shop" (${unclear}). Run the job again. If a preview still exists after that and nobody needs it, delete it in Railway.`,
    ])
  })
})
