import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import type { Outcome, OutcomeStatus } from '../../src/execute/outcome.ts'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import type { Inputs } from '../../src/inputs/read-inputs.ts'
import { createsComment, renderBegin, renderEnd } from '../../src/report/comment.ts'
import type { RunReport } from '../../src/run-state.ts'
import { inputsOf, service, targetOf } from '../fixtures.ts'
import {
  buildFailed,
  deployStep,
  keepStep,
  outcomeOf,
  planOf,
  previewStep,
  reportOf,
  sha,
  variablesStep,
} from './fixtures.ts'

const docs = 'https://github.com/acme/deploy/blob/v1/docs/errors.md'
const now = Date.UTC(2026, 0, 5, 9, 30, 59)
const env = { GITHUB_RUN_ID: '11', GITHUB_EVENT_NAME: 'pull_request' }
const event = {
  action: 'synchronize',
  pull_request: { number: 7, head: { sha, ref: 'topic', repo: { full_name: 'acme/shop' } } },
}
const inputs = (raw: RawInputs) => inputsOf(raw, env, event)
const preview = inputs({ command: 'preview' })
const deploy = inputs({ environment: 'production' })
const variables = inputs({ command: 'variables', environment: 'production', variables: 'A=1' })
const removal = inputs({ command: 'preview', 'preview-action': 'delete' })

const web = service('web', { domains: ['web.up.railway.app'] })
const api = service('api')
const db = service('db', { source: { kind: 'image', image: 'postgres:16' } })
const page = (name: string) =>
  `[${name}](https://railway.com/project/p-shop/service/s-${name}?environmentId=e-production)`
const shop = '[**shop**](https://railway.com/project/p-shop?environmentId=e-production)'
const logs = (name: string) =>
  `[Logs](https://railway.com/project/p-shop/service/s-${name}?id=d-${name}&environmentId=e-production)`
const site = '[web.up.railway.app](https://web.up.railway.app)'
const footer = `<sub>commit [\`aaaaaaa\`](https://github.com/acme/shop/commit/${sha}) · [workflow run](https://github.com/acme/shop/actions/runs/11) · 2026-01-05 09:30 UTC</sub>`
const head = '| Project | Service | Status | Site | Logs |\n| :-- | :-- | :-- | :-- | :-- |'

const end = (outcomes: Outcome[] | null, more: Partial<RunReport> = {}, given = preview) =>
  renderEnd(reportOf({ inputs: given, outcomes, ...more }), given, now, docs)

/** The rows of the table, without its head. */
const rowsOf = (comment: string) =>
  comment.split('\n').filter((line) => line.startsWith('|') && !/^\| (Project|:--) /.test(line))
const titleOf = (comment: string) => comment.split('\n')[0]

describe('the comment of a run that begins', () => {
  it('lists the waiting deployments', () => {
    expect(
      renderBegin(preview, planOf(deployStep(web), deployStep(api), deployStep(db)), now),
    ).toBe(
      [
        '### ⏳ Preview `pr-7` is in progress',
        [
          head,
          `| ${shop} | ${page('web')} | ⏳ waiting |  |  |`,
          `|  | ${page('api')} | ⏳ waiting |  |  |`,
        ].join('\n'),
        footer,
      ].join('\n\n'),
    )
  })

  it('has no table without deployments, and no commit for `latest`', () => {
    const latest = inputs({ environment: 'production', 'commit-sha': 'latest' })
    expect(renderBegin(latest, planOf(), now)).toBe(
      '### ⏳ Deployment to `production` is in progress\n\n<sub>[workflow run](https://github.com/acme/shop/actions/runs/11) · 2026-01-05 09:30 UTC</sub>',
    )
  })
})

describe('the comment of a run that ended', () => {
  it('lists the live services, with their sites and logs', () => {
    const outcomes = [
      outcomeOf(previewStep('create-preview'), 'success'),
      outcomeOf(deployStep(web), 'success'),
      outcomeOf(keepStep(api), 'unchanged'),
      outcomeOf(deployStep(db), 'success'),
    ]
    expect(end(outcomes)).toBe(
      [
        '### ✅ Preview `pr-7` is live',
        [
          head,
          `| ${shop} | ${page('web')} | ✅ Live in 1 min 23 s | ${site} | ${logs('web')} |`,
          `|  | ${page('api')} | ✅ Live, unchanged |  |  |`,
        ].join('\n'),
        '<sub>Also in the preview: ✅ db</sub>',
        footer,
      ].join('\n\n'),
    )
  })

  it('lists failures with their reasons', () => {
    const failure = buildFailed('web')
    expect(end([outcomeOf(deployStep(web), 'failed', { failure })])).toBe(
      [
        '### ❌ Preview `pr-7` failed',
        [
          head,
          `| ${shop} | ${page('web')} | ❌ Failed after 1 min 23 s |  | ${logs('web')} |`,
        ].join('\n'),
        '> [!CAUTION]\n> - **The deployment of service "web" of project "shop" in environment "production" failed.** Failed step: build. [`deployment-failed`](https://github.com/acme/deploy/blob/v1/docs/errors.md#deployment-failed)',
        footer,
      ].join('\n\n'),
    )
  })

  it('has no notices beside outcomes', () => {
    const notices = [{ title: 'x', message: 'something to know' }]
    expect(end([outcomeOf(deployStep(web), 'success')], { notices })).not.toContain('to know')
    expect(end([], { notices })).toContain('\n\nsomething to know\n\n')
  })

  it.each([
    ['a deletion', removal],
    ['a dry run', inputs({ environment: 'production', 'dry-run': 'true' })],
    ['a change of variables', variables],
    ['a preview', preview],
  ])('links the code of an error to its section, for %s', (_, given) => {
    const failures = [failure('token-malformed', { source: 'input', fault: 'quotes' })]
    const comment = renderEnd(reportOf({ inputs: given, failures }), given, now, docs)
    expect(comment).toContain(` [\`token-malformed\`](${docs}#token-malformed)`)
  })

  it('counts failures from the eleventh on', () => {
    const failures = Array.from({ length: 12 }, (_, index) => buildFailed(`s${index}`))
    const comment = end(null, { failures })
    expect(comment.match(/^> - \*\*/gm)).toHaveLength(10)
    expect(comment).toContain('\n> - and 2 more in the job summary\n')
    expect(end(null, { failures: failures.slice(0, 10) })).not.toContain('more in')
  })

  it('counts rows from the sixty-first on', () => {
    const many = (number: number) =>
      Array.from({ length: number }, (_, index) =>
        outcomeOf(deployStep(service(`s${index}`)), 'success'),
      )
    expect(rowsOf(end(many(62)))).toHaveLength(60)
    expect(end(many(62))).toContain('\n\nMore services in the job summary: 2\n')
    expect(end(many(60))).not.toContain('job summary')
  })

  it('groups the rows of projects, each named once', () => {
    const inBlog = (instance: typeof web) =>
      deployStep(instance, {
        target: { ...targetOf(instance), project: { id: 'p-blog', name: 'blog' } },
      })
    const rows = rowsOf(
      end([
        outcomeOf(deployStep(web), 'success'),
        outcomeOf(inBlog(api), 'success'),
        outcomeOf(deployStep(service('worker')), 'success'),
      ]),
    )
    expect(rows.map((row) => row.split(' | ')[0])).toEqual([
      `| ${shop}`,
      '| ',
      '| [**blog**](https://railway.com/project/p-blog?environmentId=e-production)',
    ])
    expect(rows[1]).toContain('worker')
  })

  it('lists failed services first, and their project before the others', () => {
    const inBlog = (instance: typeof web) =>
      deployStep(instance, {
        target: { ...targetOf(instance), project: { id: 'p-blog', name: 'blog' } },
      })
    const failure = buildFailed('worker')
    const rows = rowsOf(
      end([
        outcomeOf(deployStep(web), 'success'),
        outcomeOf(inBlog(api), 'success'),
        outcomeOf(inBlog(service('worker')), 'failed', { failure }),
      ]),
    )
    expect(rows.map((row) => /services?\/s-(\w+)/.exec(row)?.[1])).toEqual(['worker', 'api', 'web'])
    expect(rows[0]).toContain('**blog**')
  })

  it('has no links to an environment that does not exist', () => {
    const absent = { absent: true, name: 'pr-7' } as const
    const step = deployStep(api, { target: { ...targetOf(api), environment: absent } })
    expect(rowsOf(end([outcomeOf(step, 'not-started')]))).toEqual([
      '| **shop** | api | ⏸️ Not started |  |  |',
    ])
  })
})

describe('the title', () => {
  const kept = (status: OutcomeStatus) => outcomeOf(keepStep(web), status)
  const ended = (status: OutcomeStatus, one = web) => outcomeOf(deployStep(one), status)
  const failure = buildFailed('web')
  const bad = outcomeOf(deployStep(web), 'failed', { failure })

  it.each<[string, Outcome[], string]>([
    ['all live', [ended('success')], '✅ Deployment to `production` is live'],
    ['nothing to do', [kept('unchanged')], '✅ Deployment to `production` is live'],
    ['failed', [bad], '❌ Deployment to `production` failed'],
    ['one failed', [bad, ended('success', api)], '❌ Deployment to `production` partly failed'],
    [
      'started',
      [ended('accepted'), kept('unchanged')],
      '🚀 Deployment to `production` was started',
    ],
    [
      'skipped by Railway',
      [ended('skipped')],
      '⏭️ Deployment to `production` was skipped by Railway',
    ],
    ['nothing to deploy', [kept('skipped')], '⏭️ Deployment to `production` has nothing to deploy'],
    [
      'one skipped, one live',
      [ended('skipped'), ended('success', api)],
      '✅ Deployment to `production` is live',
    ],
    [
      'one skipped, one unchanged',
      [ended('skipped'), kept('unchanged')],
      '✅ Deployment to `production` is live',
    ],
    [
      'one skipped by Railway, one not deployed',
      [ended('skipped'), outcomeOf(keepStep(api), 'skipped')],
      '⏭️ Deployment to `production` was skipped by Railway',
    ],
    [
      'one not deployed, one superseded',
      [kept('skipped'), ended('superseded', api)],
      '⏭️ Deployment to `production` has nothing to deploy',
    ],
    [
      'superseded',
      [ended('superseded'), ended('success', api)],
      '⏩ Deployment to `production` was superseded by a newer commit or deployment',
    ],
  ])('of a deployment: %s', (_, outcomes, title) => {
    expect(titleOf(end(outcomes, {}, deploy))).toBe(`### ${title}`)
  })

  it.each<[string, Outcome[], string]>([
    [
      'nothing deployed',
      [outcomeOf(variablesStep(web), 'success')],
      '✅ Change of variables in `production` is done; nothing was deployed',
    ],
    [
      'deployed',
      [outcomeOf(variablesStep(web), 'success'), ended('success')],
      '✅ Change of variables in `production` is live',
    ],
    [
      'one deployed, one unchanged',
      [outcomeOf(keepStep(api), 'unchanged'), ended('success')],
      '✅ Change of variables in `production` is live',
    ],
    [
      'failed',
      [outcomeOf(variablesStep(web), 'refused', { failure })],
      '❌ Change of variables in `production` failed',
    ],
  ])('of variables: %s', (_, outcomes, title) => {
    expect(titleOf(end(outcomes, {}, variables))).toBe(`### ${title}`)
  })

  it('of a deployment in which only variables were set', () => {
    const outcomes = [outcomeOf(variablesStep(web), 'success')]
    expect(titleOf(end(outcomes, {}, deploy))).toBe('### ✅ Deployment to `production` is live')
  })

  it.each<[string, Outcome[], RawInputs, string]>([
    [
      'nothing to do',
      [],
      { environment: 'production' },
      '⏭️ Deployment to `production` had nothing to do',
    ],
    [
      'a rollback',
      [outcomeOf(deployStep(web), 'rolled-back')],
      { command: 'rollback', environment: 'production' },
      '✅ Rollback in `production` is done',
    ],
  ])('of %s', (_, outcomes, raw, title) => {
    expect(titleOf(end(outcomes, {}, inputs(raw)))).toBe(`### ${title}`)
  })

  it('removes backticks from a name', () => {
    const named = inputs({ command: 'preview', 'preview-name': 'a`b' })
    expect(titleOf(end([ended('success')], {}, named))).toBe('### ✅ Preview `ab` is live')
  })
})

describe('the status in a row', () => {
  const failure = buildFailed('api')
  const cell = (outcome: Outcome, given = deploy) =>
    rowsOf(end([outcome], {}, given))[0]?.split(' | ')[2]

  it.each<[string, Outcome, string]>([
    ['success', outcomeOf(deployStep(api), 'success'), '✅ Live in 1 min 23 s'],
    ['unchanged', outcomeOf(keepStep(api), 'unchanged'), '✅ Live, unchanged'],
    ['accepted', outcomeOf(deployStep(api), 'accepted'), '🚀 Started in 1 min 23 s'],
    ['failed', outcomeOf(deployStep(api), 'failed', { failure }), '❌ Failed after 1 min 23 s'],
    ['refused', outcomeOf(keepStep(api), 'refused', { failure }), '❌ Refused'],
    [
      'timed out',
      outcomeOf(deployStep(api), 'timed-out', { failure }),
      '⏱️ Not finished in time after 1 min 23 s',
    ],
    ['not started', outcomeOf(deployStep(api), 'not-started'), '⏸️ Not started'],
    ['rolled back', outcomeOf(deployStep(api), 'rolled-back'), '↩️ Rolled back in 1 min 23 s'],
    ['skipped', outcomeOf(deployStep(api), 'skipped'), '⏭️ skipped in 1 min 23 s'],
    ['superseded', outcomeOf(keepStep(api), 'superseded'), '⏩ superseded'],
    ['cancelled', outcomeOf(keepStep(api), 'cancelled'), '⏹️ cancelled'],
    ['unknown', outcomeOf(keepStep(api), 'unknown'), '❓ unknown'],
    ['not finished', outcomeOf(deployStep(api), 'unknown', { finishedAt: null }), '❓ unknown'],
    ['not begun', outcomeOf(deployStep(api), 'unknown', { startedAt: null }), '❓ unknown'],
    ['variables', outcomeOf(variablesStep(api), 'success'), '✅ Variables set'],
    [
      'variables that are as they were',
      outcomeOf(variablesStep(api), 'unchanged'),
      '✅ Live, unchanged',
    ],
  ])('%s', (_, outcome, words) => {
    expect(cell(outcome)).toBe(words)
  })

  it('of a service whose variables were checked', () => {
    expect(cell(outcomeOf(keepStep(api), 'unchanged'), variables)).toBe('✅ Variables unchanged')
    expect(cell(outcomeOf(keepStep(api), 'skipped'), variables)).toBe('⏭️ skipped')
  })
})

describe('the rows', () => {
  const failure = buildFailed('db')
  const names = (outcomes: Outcome[], given = preview) =>
    rowsOf(end(outcomes, {}, given)).map((row) => /\[(\w+)\]\(.*?service/.exec(row)?.[1])

  it.each<[string, Outcome[], string[]]>([
    ['a service of this repository', [outcomeOf(deployStep(web), 'success')], ['web']],
    ['not a database that is well', [outcomeOf(deployStep(db), 'success')], []],
    ['a database that failed', [outcomeOf(deployStep(db), 'failed', { failure })], ['db']],
    [
      'a database with a warning',
      [outcomeOf(deployStep(db), 'skipped', { warning: true })],
      ['db'],
    ],
    ['no whole environment', [outcomeOf(previewStep('create-preview'), 'success')], []],
    [
      'no variables beside a deployment',
      [outcomeOf(variablesStep(web), 'success'), outcomeOf(deployStep(web), 'success')],
      ['web'],
    ],
    [
      'variables that failed beside a deployment',
      [
        outcomeOf(variablesStep(web), 'refused', { failure }),
        outcomeOf(deployStep(web), 'not-started'),
      ],
      ['web', 'web'],
    ],
    [
      'variables beside the deployment of another service',
      [outcomeOf(variablesStep(api), 'success'), outcomeOf(deployStep(web), 'success')],
      ['api', 'web'],
    ],
  ])('are for %s', (_, outcomes, shown) => {
    expect(names(outcomes)).toEqual(shown)
  })

  it('are for every service of a deployment', () => {
    expect(names([outcomeOf(deployStep(db), 'success')], deploy)).toEqual(['db'])
  })

  it('summarize the rest of a preview in one line, by project', () => {
    const mail = service('mail', { source: { kind: 'none' } })
    const inBlog = keepStep(mail, {
      target: { ...targetOf(mail), project: { id: 'p-blog', name: 'blog' } },
    })
    const comment = end([
      outcomeOf(deployStep(db), 'success'),
      outcomeOf(deployStep(service('cache', { source: db.source })), 'accepted'),
      outcomeOf(inBlog, 'unchanged'),
      outcomeOf(keepStep(service('idle', { source: { kind: 'none' } })), 'skipped'),
    ])
    expect(comment).toContain(
      '<sub>Also in the preview: shop: ✅ db, 🚀 cache · blog: ✅ mail</sub>',
    )
  })
})

describe('the comment of a removal', () => {
  const failure = buildFailed('web')
  const deleted = outcomeOf(previewStep('delete-preview'), 'success', { message: 'it is *gone*' })
  const kept = outcomeOf(keepStep(web, { detail: '' }), 'skipped')

  it.each<[string, Outcome[] | null, Partial<RunReport>, string]>([
    ['deleted', [deleted], {}, '🧹 Preview `pr-7` was deleted'],
    ['nothing was there', [], {}, '⏭️ Preview `pr-7` was not changed'],
    ['nothing was done', null, {}, '⏭️ Preview `pr-7` was not changed'],
    ['one kept', [deleted, kept], {}, '🧹 Preview `pr-7` was partly deleted'],
    [
      'it was not there',
      [outcomeOf(keepStep(web), 'unchanged')],
      {},
      '🧹 Preview `pr-7` was deleted',
    ],
    [
      'one did not exist, one kept',
      [outcomeOf(keepStep(web), 'unchanged'), kept],
      {},
      '⏭️ Preview `pr-7` was kept',
    ],
    ['all kept', [kept], {}, '⏭️ Preview `pr-7` was kept'],
    ['a failure', [deleted], { failures: [failure] }, '❌ Preview `pr-7` could not be deleted'],
    [
      'cancelled',
      [outcomeOf(previewStep('delete-preview'), 'cancelled')],
      {},
      '❌ Preview `pr-7` could not be deleted',
    ],
    [
      'not started',
      [outcomeOf(previewStep('delete-preview'), 'not-started')],
      {},
      '❌ Preview `pr-7` could not be deleted',
    ],
    [
      'not known',
      [outcomeOf(previewStep('delete-preview'), 'unknown')],
      {},
      '❌ Preview `pr-7` could not be deleted',
    ],
  ])('%s', (_, outcomes, more, title) => {
    expect(titleOf(end(outcomes, more, removal))).toBe(`### ${title}`)
  })

  it('lists the result of each project', () => {
    expect(end([deleted], {}, removal)).toBe(
      ['### 🧹 Preview `pr-7` was deleted', '- ✅ **shop**: it is &#42;gone&#42;', footer].join(
        '\n\n',
      ),
    )
    expect(end([deleted, kept], {}, removal)).toContain(
      '\n\n- ✅ **shop**: it is &#42;gone&#42;\n- ⏭️ **shop**: it is skipped\n\n',
    )
  })
})

describe('a comment that GitHub would reject because of its length', () => {
  /** The maximum number of characters of a comment on GitHub. */
  const limit = 65_536
  const many = <Made>(count: number, make: (index: number) => Made) =>
    Array.from({ length: count }, (_, index) => make(index))
  const inProject = (index: number) => ({
    project: { id: `p-${index}`, name: `customer-${index}` },
  })
  const absent = (index: number) =>
    outcomeOf(
      keepStep(web, {
        target: { ...targetOf(web), ...inProject(index) },
        detail: 'there is no environment "pr-7"',
      }),
      'unchanged',
    )

  it('counts the services of a preview that have no row, from a number on', () => {
    const rest = many(6_000, (index) =>
      outcomeOf(
        deployStep(service(`cache-${index}`, { source: db.source }), {
          target: {
            ...targetOf(service(`cache-${index}`, { source: db.source })),
            ...inProject(index),
          },
        }),
        'success',
      ),
    )
    const comment = end([outcomeOf(deployStep(web), 'success'), ...rest])
    expect(comment.length).toBeLessThan(limit)
    expect(comment).toContain('customer-199: ✅ cache-199 · 5800 more</sub>')
    expect(comment).toContain(footer)
  })

  it('counts the projects of a removal, after those that failed and those that had a preview', () => {
    const gone = outcomeOf(previewStep('delete-preview'), 'success', { message: 'deleted' })
    const failed = outcomeOf(previewStep('delete-preview'), 'refused', {
      message: 'refused',
      failure: buildFailed('web'),
    })
    const comment = end([...many(1_500, absent), gone, failed], {}, removal)
    expect(comment.length).toBeLessThan(limit)
    expect(comment.split('\n').slice(2, 4)).toEqual([
      expect.stringContaining('refused'),
      expect.stringContaining('deleted'),
    ])
    expect(comment).toContain('\n- More projects in the job summary: 1442\n\n')
    expect(comment).toContain(footer)
  })

  it('keeps all projects of a small removal in their order', () => {
    const gone = outcomeOf(previewStep('delete-preview'), 'success', { message: 'deleted' })
    const items = end([...many(59, absent), gone], {}, removal).split('\n')
    expect(items.filter((line) => line.startsWith('- '))).toHaveLength(60)
    expect(items[61]).toContain('deleted')
  })

  it('is cut to whole rows if names and details are long', () => {
    const long = (index: number) => service(`${'_'.repeat(290)}${index}`)
    const steps = many(60, (index) => deployStep(long(index), { detail: '`'.repeat(300) }))
    const dryRun = inputs({ environment: 'production', 'dry-run': 'true' })
    const comment = end(null, { plan: planOf(...steps) }, dryRun)
    expect(comment.length).toBeLessThan(limit)
    const rows = comment.split('\n').filter((line) => line.startsWith('|'))
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.every((row) => row.endsWith(' |'))).toBe(true)
    expect(comment).toContain('\n\nThe rest is in the job summary.\n\n')
    expect(comment.endsWith(footer)).toBe(true)
  })
})

describe('a comment is made if there is none', () => {
  const failure = buildFailed('web')
  const dry = inputs({ environment: 'production', 'dry-run': 'true' })
  it.each<[string, Inputs, Partial<RunReport>, boolean]>([
    ['of a run with outcomes', deploy, { outcomes: [outcomeOf(keepStep(web), 'unchanged')] }, true],
    ['of a run with failures', deploy, { failures: [failure] }, true],
    ['of a run with nothing to do', deploy, { outcomes: [] }, false],
    [
      'of a removal',
      removal,
      { outcomes: [outcomeOf(previewStep('delete-preview'), 'success')] },
      false,
    ],
    [
      'of a deployment for a closed pull request',
      inputsOf({ environment: 'production' }, env, { ...event, action: 'closed' }),
      { failures: [failure] },
      true,
    ],
    ['of a removal that failed', removal, { failures: [failure] }, false],
    ['of a dry run', dry, { plan: planOf() }, true],
    ['of a dry run without a plan', dry, { failures: [failure] }, false],
  ])('%s: %s', (_, given, known, expected) => {
    expect(createsComment(reportOf(known), given)).toBe(expected)
  })
})

describe('the comment of a dry run', () => {
  const dry = inputs({ environment: 'production', 'dry-run': 'true' })
  const planned = (known: Partial<RunReport>) => renderEnd(reportOf(known), dry, now, docs)
  const note = 'This is a dry run. Nothing was changed.'

  it('lists the planned changes, and the services without one', () => {
    const steps = planOf(
      deployStep(web),
      deployStep(api),
      previewStep('delete-preview'),
      keepStep(db),
    )
    expect(planned({ plan: steps })).toBe(
      [
        '### 📋 Plan: Deployment to `production`, 3 steps to do',
        [
          '| Project | Service | Action | Detail |',
          '| :-- | :-- | :-- | :-- |',
          '| **shop** | web | `deploy` | commit aaaaaaa |',
          '|  | api | `deploy` | commit aaaaaaa |',
          '|  | pr-7 | `delete-preview` | delete-preview pr-7 |',
        ].join('\n'),
        '<sub>Unchanged: shop/db</sub>',
        note,
        footer,
      ].join('\n\n'),
    )
  })

  it.each<[string, Partial<RunReport>, string]>([
    [
      'one step',
      { plan: planOf(deployStep(web)) },
      '📋 Plan: Deployment to `production`, 1 step to do',
    ],
    [
      'nothing',
      { plan: planOf(keepStep(web)) },
      '📋 Plan: Deployment to `production`, nothing to do',
    ],
    ['no plan', {}, '❌ Deployment to `production` could not be planned'],
  ])('is titled by %s', (_, known, title) => {
    expect(titleOf(planned(known))).toBe(`### ${title}`)
  })

  it('has the notices, and the failures', () => {
    const notices = [
      { title: 'x', message: '`[]` is empty' },
      { title: 'y', message: 'more' },
    ]
    const text = planned({ notices, failures: [buildFailed('web')] })
    expect(text).toContain('\n\n<code>&#91;&#93;</code> is empty\n\nmore\n\n> [!CAUTION]\n> - **')
  })

  it('groups the steps of projects, each named once', () => {
    const inBlog = deployStep(api, {
      target: { ...targetOf(api), project: { id: 'p-blog', name: 'blog' } },
    })
    expect(rowsOf(planned({ plan: planOf(deployStep(web), inBlog, deployStep(db)) }))).toEqual([
      '| **shop** | web | `deploy` | commit aaaaaaa |',
      '|  | db | `deploy` | commit aaaaaaa |',
      '| **blog** | api | `deploy` | commit aaaaaaa |',
    ])
  })

  it('has no table for an empty plan', () => {
    expect(planned({ plan: planOf() })).toBe(
      ['### 📋 Plan: Deployment to `production`, nothing to do', note, footer].join('\n\n'),
    )
  })

  it('counts the entries that it does not list', () => {
    const many = (number: number) =>
      Array.from({ length: number }, (_, index) => service(`s${index}`))
    const long = planned({
      plan: planOf(
        ...many(62).map((one) => deployStep(one)),
        ...many(32).map((one) => keepStep(one)),
      ),
    })
    expect(rowsOf(long)).toHaveLength(60)
    expect(long).toContain('\n\n2 more in the job summary\n')
    expect(long).toContain('shop/s29, 2 more</sub>')
    const full = planned({
      plan: planOf(
        ...many(60).map((one) => deployStep(one)),
        ...many(30).map((one) => keepStep(one)),
      ),
    })
    expect(full).not.toContain(' more')
  })
})
