import { describe, expect, it } from '@jest/globals'
import type { Deployment, Environment, Project } from '../../../src/inventory/inventory.ts'
import type { PullRequestState } from '../../../src/plan/ports.ts'
import { planPruning } from '../../../src/plan/preview/delete.ts'

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
  const environment = environmentOf(latest, active)
  const project: Project = {
    id: 'p',
    name: 'shop',
    workspaceId: 'w',
    baseEnvironmentId: 'base',
    prDeploys: false,
    environments: [environment],
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
    [{ project, environment, number: 7 }],
    new Map([['preview', record]]),
    new Map(state === null ? [] : [[7, state]]),
    {
      olderThan,
      now,
      gaps: gap === undefined ? [] : [{ place: 'x', environmentId: gap, field: 'y', message: 'z' }],
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
  return [
    ...steps.map(({ action, detail }) => `${action}: ${detail}`),
    ...warnings.map(({ title }) => title),
  ]
}

const open = 'pull request #7 is open'
const unknownAge = [
  `keep: ${open}, and when it was last deployed is not known`,
  'previews that may be left over',
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
      [`keep: ${open}, and it was last deployed 14 days ago`],
    ],
    ['is kept without `older-than`', { olderThan: null }, [`keep: ${open}`]],
    [
      'is as old as what was deployed last',
      { latest: [ago(20), null, ago(3)] },
      [`keep: ${open}, and it was last deployed 3 days ago`],
    ],
    [
      'is as old as what runs, where nothing newer is known',
      { latest: [null, ago(20)], active: [ago(2)] },
      [`keep: ${open}, and it was last deployed 2 days ago`],
    ],
    [
      'is kept when its clock is ahead',
      { latest: [ago(-3)] },
      [`keep: ${open}, and it was last deployed 0 minutes ago`],
    ],
    ['is kept where nothing was ever deployed', { latest: [null, null] }, unknownAge],
    [
      'is kept where nothing is in it',
      { latest: [] },
      ['keep: nothing in it is built from acme/shop'],
    ],
    ['is kept where a date is nonsense', { latest: [ago(20), 'yesterday'] }, unknownAge],
    ['is kept where a part of it was not read', { gap: 'preview' }, unknownAge],
    ['is kept where a part of nobody knows what was not read', { gap: null }, unknownAge],
    [
      'is deleted where a part of something else was not read',
      { gap: 'other' },
      [`delete-preview: ${open}, and it was last deployed 20 days ago`],
    ],
    [
      'is deleted at any age when it is closed',
      { state: 'closed', latest: [ago(0)] },
      ['delete-preview: pull request #7 is closed'],
    ],
    [
      'is kept at any age when nobody knows whether it is open',
      { state: null },
      [
        'keep: GitHub did not say whether pull request #7 is closed',
        'previews that may be left over',
      ],
    ],
    [
      'is kept at any age when there is no such pull request',
      { state: 'missing' },
      ['keep: there is no pull request #7', 'previews that may be left over'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(prune(facts)).toEqual(expected)
  })
})
