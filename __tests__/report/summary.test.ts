import { describe, expect, it } from '@jest/globals'
import type { Outcome, OutcomeStatus } from '../../src/execute/outcome.ts'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import { rollbackStep } from '../../src/plan/rollback.ts'
import { renderSummary } from '../../src/report/summary.ts'
import type { RunReport } from '../../src/run-state.ts'
import {
  deployment,
  environment,
  inputsOf,
  project,
  selectionOf,
  selectionOfProjects,
  service,
  targetOf,
} from '../fixtures.ts'
import {
  buildFailed,
  deployStep,
  docs,
  keepStep,
  outcomeOf,
  planOf,
  previewStep,
  reportOf,
  sha,
  variablesStep,
} from './fixtures.ts'

const web = service('web', { domains: ['web.up.railway.app'] })
const api = service('api')
const failure = buildFailed('web')
const inputs = inputsOf({ environment: 'production' })

const summary = (more: Partial<RunReport>) => renderSummary(reportOf(more), docs)
const titleOf = (more: Partial<RunReport>) => summary(more).split('\n')[0]
const cellsOf = (line: string | undefined) => line?.slice(2, -2).split(' | ')

/** The cells of the rows of the first table under a head. */
const rowsOf = (text: string) =>
  (text.split('\n\n').find((part) => part.startsWith('| ')) ?? '')
    .split('\n')
    .slice(2)
    .map((line) => cellsOf(line) ?? [])

/** The cells of the first row of the table under a head. */
const firstRow = (text: string) =>
  cellsOf(text.split('\n').filter((line) => line.startsWith('| '))[2])

const ended = (status: OutcomeStatus, instance = web) => outcomeOf(deployStep(instance), status)
const kept = (status: OutcomeStatus) => outcomeOf(keepStep(api), status)
const bad = outcomeOf(deployStep(web), 'failed', { failure })

describe('the rows of a summary', () => {
  it('begin with failures, then warnings, each in the order of the run', () => {
    const skipped = { ...ended('skipped', service('mailer')), warning: true }
    const done = ended('success', service('site'))
    const text = summary({ outcomes: [kept('unchanged'), skipped, done, bad] })
    expect(rowsOf(text).map(([status]) => status)).toEqual([
      '❌ failed',
      '⏭️ skipped',
      '✅ unchanged',
      '✅ success',
    ])
  })

  const written = outcomeOf(variablesStep(web), 'success')
  const refused = outcomeOf(variablesStep(web), 'refused', { failure })
  const former = deployment('d-old', { commit: 'b'.repeat(40) })
  const back = outcomeOf(rollbackStep(targetOf(web), { from: null, to: former }, 0), 'rolled-back')
  const failed = '❌ failed'

  it.each<[string, readonly Outcome[], string, string]>([
    ['its variables', [written, ended('success')], '✅ success', 'it is success; it is success'],
    [
      'variables that were refused',
      [refused, ended('not-started')],
      '❌ refused',
      'it is refused; it is not-started',
    ],
    ['its rollback', [bad, back], failed, 'it is failed; it is rolled-back'],
    [
      'its rollback, without the variables that it no longer has',
      [written, bad, back],
      failed,
      'it is failed; it is rolled-back',
    ],
    [
      'its rollback and variables that were refused',
      [refused, ended('success'), back],
      '❌ refused',
      'it is refused; it is success; it is rolled-back',
    ],
  ])('have one row for a service: with %s', (_, outcomes, status, message) => {
    const rows = rowsOf(summary({ outcomes }))
    expect(rows.map(([first, , , what]) => [first, what])).toEqual([[status, message]])
  })
})

describe('a failed deployment in a summary', () => {
  const served = deployment('d-old', { commit: 'b'.repeat(40) })
  const excerpt = (lines: readonly string[]) => ({ deploymentId: 'd-web', lines })
  const section = (more: Partial<RunReport>) => {
    const [, after = ''] = summary(more).split('### Failed deployments\n\n')
    return after.split(/\n\n(?:<sub>|<details><summary>Timeline)/)[0]
  }
  const webWith = (active: readonly ReturnType<typeof deployment>[]) =>
    service('web', { active: [...active] })
  const failed = (instance: ServiceInstance, more: Partial<Outcome> = {}) =>
    outcomeOf(deployStep(instance), 'failed', { failure, ...more })

  it.each<[string, Outcome, string]>([
    [
      'that replaced nothing',
      failed(webWith([])),
      '**shop/web**: nothing was live before this run',
    ],
    [
      'whose predecessor was not read again',
      failed(webWith([served])),
      '**shop/web**: bbbbbbb was live before this run',
    ],
    [
      'whose predecessor was read',
      failed(webWith([served]), { live: served }),
      '**shop/web**: bbbbbbb is live now',
    ],
    [
      'after which nothing is live',
      failed(webWith([served]), { live: null }),
      '**shop/web**: nothing is live now',
    ],
  ])('%s: names the live deployment', (_, outcome, line) => {
    expect(section({ outcomes: [outcome] })).toBe(line)
  })

  const newer = deployment('d-new', { commit: 'c'.repeat(40) })
  const returnOf = (instance: ServiceInstance) =>
    rollbackStep(targetOf(instance), { from: newer, to: served }, 0)
  const returned = (more: Partial<Outcome>) =>
    outcomeOf(returnOf(webWith([served])), 'rolled-back', { changed: true, ...more })

  it.each<[string, Outcome, string]>([
    ['was read', returned({ live: served }), '**shop/web**: bbbbbbb is live now'],
    ['left nothing', returned({ live: null }), '**shop/web**: nothing is live now'],
    ['was not read', returned({ status: 'unknown' }), ''],
    [
      'was not started',
      returned({ status: 'not-started', changed: false }),
      '**shop/web**: ccccccc is live now',
    ],
    [
      'is that of another service',
      outcomeOf(returnOf(api), 'rolled-back', { changed: true, live: served }),
      '**shop/web**: ccccccc is live now',
    ],
  ])(
    'is rolled back, and names the live deployment after a rollback that %s',
    (_, rollback, line) => {
      const outcomes = [failed(webWith([served]), { live: newer }), rollback]
      expect(section({ outcomes })).toBe(line)
    },
  )

  it('has the last lines of its log, without effect in Markdown or HTML', () => {
    const lines = ['$ npm run build', '</pre><script>', '', '@team #1 [x](y) & `z`']
    const text = section({ outcomes: [failed(webWith([]))], logExcerpts: [excerpt(lines)] })
    expect(text?.split('\n')).toEqual([
      '**shop/web**: nothing was live before this run',
      '',
      '<details><summary>Last 4 lines of the log</summary>',
      '',
      '<pre>',
      '$ npm run build',
      '&lt;/pre&gt;&lt;script&gt;',
      '',
      '@team #1 [x](y) &amp; `z`',
      '</pre>',
      '',
      '</details>',
    ])
  })

  it('has no lines of another deployment, and none if it did not fail', () => {
    const other = { deploymentId: 'd-other', lines: ['secret'] }
    const outcomes = [failed(webWith([])), ended('success', api)]
    const logExcerpts = [other, { deploymentId: 'd-api', lines: ['harmless'] }]
    expect(section({ outcomes, logExcerpts })).toBe(
      '**shop/web**: nothing was live before this run',
    )
  })

  it('is counted from the twenty-first on', () => {
    const outcomes = Array.from({ length: 23 }, () => failed(webWith([])))
    expect(section({ outcomes })?.split('\n\n').slice(-2)).toEqual([
      '**shop/web**: nothing was live before this run',
      'More failed deployments in the table of results: 3',
    ])
  })

  it('is no section of a run without one', () => {
    expect(summary({ outcomes: [ended('success'), kept('unchanged')] })).not.toContain('### Failed')
  })
})

describe('the title of a summary', () => {
  const restricted = (number: number) =>
    selectionOfProjects(
      project(
        'shop',
        Array.from({ length: number }, (_, index) =>
          environment(`e${index}`, [], { accessible: false }),
        ),
      ),
    )

  it.each<[string, Partial<RunReport>, string]>([
    ['nothing known', {}, '✅ Railway: all accessible'],
    ['in reach', { inputs, selection: selectionOf([web]) }, '✅ Railway deploy: all accessible'],
    [
      'one restricted',
      { selection: restricted(1) },
      '✅ Railway: accessible, except for 1 restricted environment',
    ],
    [
      'two restricted',
      { selection: restricted(2) },
      '✅ Railway: accessible, except for 2 restricted environments',
    ],
    [
      'stopped',
      { inputs, failures: [failure, buildFailed('api')] },
      '❌ Railway deploy: stopped before any change (2 errors)',
    ],
    [
      'stopped with a plan',
      { plan: planOf(deployStep(web)), failures: [failure] },
      '❌ Railway: stopped before any change (1 error)',
    ],
    ['failed', { outcomes: [bad] }, '❌ Railway: failed'],
    ['failed in part', { outcomes: [bad, kept('unchanged')] }, '❌ Railway: partly failed'],
    ['unchanged', { outcomes: [kept('unchanged')] }, '✅ Railway: nothing to do'],
    ['accepted', { outcomes: [ended('accepted')] }, '🚀 Railway: started, not verified'],
    [
      'planned',
      { plan: planOf(deployStep(web)) },
      '📋 Railway: planned, nothing was changed (dry run)',
    ],
    ['planned nothing', { plan: planOf(keepStep(web)) }, '✅ Railway: nothing to do (dry run)'],
    ['skipped', { skipped: true }, '⏭️ Railway: skipped'],
    [
      'live',
      { plan: planOf(deployStep(web)), outcomes: [ended('success'), kept('unchanged')] },
      '✅ Railway: everything is live',
    ],
    [
      'one skipped',
      { outcomes: [ended('success'), ended('skipped', api)] },
      '✅ Railway: done, 1 service skipped or superseded',
    ],
    [
      'two left aside',
      { outcomes: [ended('success'), ended('skipped', api), kept('superseded')] },
      '✅ Railway: done, 2 services skipped or superseded',
    ],
    [
      'variables only',
      { outcomes: [outcomeOf(variablesStep(web), 'success'), kept('unchanged')] },
      '✅ Railway: the variables are set, nothing was deployed',
    ],
    [
      'variables and a deployment',
      { outcomes: [outcomeOf(variablesStep(web), 'success'), ended('success')] },
      '✅ Railway: everything is live',
    ],
    [
      'a preview deleted',
      { outcomes: [outcomeOf(previewStep('delete-preview'), 'success')] },
      '✅ Railway: 1 preview deleted',
    ],
    [
      'two previews deleted',
      {
        outcomes: ['pr-1', 'pr-2'].map((name) =>
          outcomeOf(previewStep('delete-preview', name), 'success'),
        ),
      },
      '✅ Railway: 2 previews deleted',
    ],
  ])('%s', (_, known, title) => {
    expect(titleOf(known)).toBe(`## ${title}`)
  })
})

describe('the table of results', () => {
  const deploymentLink =
    '[deployment](https://railway.com/project/p-shop/service/s-web?id=d-web&environmentId=e-production)'
  const serviceLink =
    '[web](https://railway.com/project/p-shop/service/s-web?environmentId=e-production)'
  const absent = { absent: true, name: 'pr-7' } as const

  it.each<[string, Outcome, string[]]>([
    [
      'a deployment',
      ended('success'),
      [
        '✅ success',
        'shop',
        serviceLink,
        'it is success',
        '1 min 23 s',
        deploymentLink,
        '[web.up.railway.app](https://web.up.railway.app)',
      ],
    ],
    [
      'one that did not end',
      outcomeOf(deployStep(service('web')), 'cancelled', { finishedAt: null }),
      ['⏹️ cancelled', 'shop', serviceLink, 'it is cancelled', '', deploymentLink, ''],
    ],
    [
      'a whole environment',
      outcomeOf(previewStep('create-preview'), 'success'),
      [
        '✅ success',
        'shop',
        '[environment pr-7](https://railway.com/project/p-shop?environmentId=e-pr-7)',
        'it is success',
        '',
        '',
        '',
      ],
    ],
    [
      'an environment that does not exist',
      outcomeOf(
        keepStep(api, { target: { ...targetOf(api), environment: absent, instance: null } }),
        'skipped',
      ),
      ['⏭️ skipped', 'shop', 'environment pr-7', 'it is skipped', '', '', ''],
    ],
  ])('has a row for %s', (_, outcome, cells) => {
    expect(firstRow(summary({ outcomes: [outcome] }))).toEqual(cells)
  })

  it('has a head, and names escaped', () => {
    const odd = service('a|b')
    const text = summary({ outcomes: [outcomeOf(deployStep(odd), 'success', { message: 'a|b' })] })
    expect(text).toContain(
      '| Status | Project | Service | What happened | Duration | Deployment | Site |\n| --- | --- | --- | --- | --- | --- | --- |\n| ✅ success | shop | [a&#124;b](',
    )
    expect(text).toContain(' | a&#124;b | ')
  })

  it('ends after 500 rows', () => {
    const many = (number: number) =>
      summary({
        outcomes: Array.from({ length: number }, (_, index) =>
          outcomeOf(keepStep(service(`s${index}`)), 'unchanged'),
        ),
      })
    expect(many(502)).toContain('\n\nMore rows in the report file: 2\n')
    expect(many(502).match(/^\| ✅/gm)).toHaveLength(500)
    expect(many(500)).not.toContain('report file')
  })

  it('is omitted without results', () => {
    expect(summary({ outcomes: [] })).toBe(
      '## ✅ Railway: nothing to do\n\n<sub>0 Railway API requests.</sub>\n',
    )
  })
})

describe('the table of a plan', () => {
  it('has a row for each step', () => {
    const text = summary({ plan: planOf(deployStep(web), previewStep('delete-preview')) })
    expect(text).toContain(
      [
        '| Action | Project | Environment | Service | Detail |',
        '| --- | --- | --- | --- | --- |',
        '| `deploy` | shop | production | web | commit aaaaaaa |',
        '| `delete-preview` | shop | pr-7 |  | delete-preview pr-7 |',
      ].join('\n'),
    )
  })
})

describe('the table of an inventory', () => {
  const row = (instance: Partial<ServiceInstance>) =>
    firstRow(summary({ selection: selectionOf([service('web', instance)]) }))
  const link = '[web](https://railway.com/project/p-shop/service/s-web?environmentId=e-production)'
  const live = (more: object) => ({
    latest: deployment('d', { status: 'SUCCESS', ...more }),
    active: [deployment('d', { status: 'SUCCESS', ...more })],
  })

  it.each<[string, Partial<ServiceInstance>, string[]]>([
    ['never deployed', {}, ['shop', 'production', link, 'acme/shop', 'never deployed', '', '']],
    [
      'live at a commit',
      { ...live({ commit: sha }), domains: ['a.example.com'] },
      [
        'shop',
        'production',
        link,
        'acme/shop',
        'SUCCESS',
        `[aaaaaaa](https://github.com/acme/shop/commit/${sha})`,
        '[a.example.com](https://a.example.com)',
      ],
    ],
    [
      'live at a revision that Railway does not report',
      live({}),
      ['shop', 'production', link, 'acme/shop', 'SUCCESS', 'deployment d', ''],
    ],
    [
      'live at an image',
      { source: { kind: 'image', image: 'redis:7' }, ...live({ image: 'redis:7' }) },
      ['shop', 'production', link, 'redis:7', 'SUCCESS', 'redis:7', ''],
    ],
    [
      'uploaded',
      { source: { kind: 'none' }, ...live({ commit: sha }) },
      ['shop', 'production', link, 'no source', 'SUCCESS', 'aaaaaaa', ''],
    ],
    [
      'built from a source that is no repository of GitHub',
      { source: { kind: 'repository', repository: 'a/b/c' }, ...live({ commit: sha }) },
      ['shop', 'production', link, 'a/b/c', 'SUCCESS', 'aaaaaaa', ''],
    ],
    [
      'crashed',
      { latest: deployment('d', { status: 'CRASHED', commit: sha }) },
      ['shop', 'production', link, 'acme/shop', 'CRASHED', '', ''],
    ],
  ])('has a row for a service that is %s', (_, instance, cells) => {
    expect(row(instance)).toEqual(cells)
  })

  it('has a head', () => {
    expect(summary({ selection: selectionOf([web]) })).toContain(
      '| Project | Environment | Service | Source | Latest deployment | Live | Site |\n| --- |',
    )
  })
})

describe('the sections of a summary', () => {
  it('are in this order: table, errors, notices, warnings, token, requests', () => {
    const text = summary({
      tokenSource: 'input',
      failures: [failure],
      notices: [
        { title: 'n', message: 'a *notice*' },
        { title: 'm', message: 'another' },
      ],
      warnings: [
        { title: 'one', message: 'take `care`' },
        { title: 'two', message: 'and more' },
      ],
      plan: planOf(deployStep(web)),
      requests: 12,
      remaining: 88,
    })
    expect(text).toBe(
      [
        '## ❌ Railway: stopped before any change (1 error)',
        '| Action | Project | Environment | Service | Detail |\n| --- | --- | --- | --- | --- |\n| `deploy` | shop | production | web | commit aaaaaaa |',
        '### Errors\n- **deployment failed**: The deployment of service "web" of project "shop" in environment "production" failed. Failed step: build. Look for the error in the log, correct it and run the job again. The job log has the last lines of its log, and the job summary a link to the whole log. [`deployment-failed`](https://example.com/errors.md#deployment-failed)',
        'a &#42;notice&#42;\n\nanother',
        '### Warnings\n- **one**: take <code>care</code>\n- **two**: and more',
        '| Token scope |  |\n| --- | --- |\n| **Token** | from the input <code>token</code>; not probed yet |\n| **Requests left** | 88 this hour |',
        '<sub>12 Railway API requests, 88 left this hour.</sub>\n',
      ].join('\n\n'),
    )
  })

  it('begin with the results, if there are any', () => {
    const text = summary({
      tokenSource: 'input',
      plan: planOf(keepStep(web)),
      outcomes: [kept('unchanged')],
      failures: [failure],
      warnings: [{ title: 'a warning', message: 'Look.' }],
      notices: [{ title: 'a notice', message: 'Something to know.' }],
      requests: 7,
      remaining: 93,
    })
    const parts = [
      '| Status | Project |',
      '### Errors',
      'Something to know',
      '### Warnings',
      '| Token scope |',
      '7 Railway API requests, 93 left',
    ]
    const places = parts.map((part) => text.indexOf(part))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('has a timeline of several deployments', () => {
    const both = [ended('success'), ended('success', api)]
    expect(summary({ outcomes: both })).toContain('```mermaid\ngantt\n')
    expect(summary({ outcomes: [ended('success')] })).not.toContain('mermaid')
  })

  it('lists 500 errors and warnings at most', () => {
    const failures = Array.from({ length: 510 }, (_, index) => buildFailed(`s${index}`))
    const warnings = failures.map((_, index) => ({ title: `w${index}`, message: 'x' }))
    const text = summary({ failures, warnings })
    expect(text.match(/^- \*\*deployment failed/gm)).toHaveLength(500)
    expect(text.match(/^- \*\*w\d+/gm)).toHaveLength(500)
  })

  it('counts one request', () => {
    expect(summary({ requests: 1 })).toContain('<sub>1 Railway API request.</sub>')
  })
})
