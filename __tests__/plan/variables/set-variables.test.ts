import { describe, expect, it } from '@jest/globals'
import type { VariableRequest } from '../../../src/inputs/variable-inputs.ts'
import type { Deployment, ServiceInstance } from '../../../src/inventory/inventory.ts'
import type { Plan, Step } from '../../../src/plan/plan.ts'
import { toStep } from '../../../src/plan/step-id.ts'
import {
  describeDiff,
  liveRevision,
  planChanges,
  planVariables,
  planVariablesFirst,
  removalTargets,
  type VariablesPlan,
} from '../../../src/plan/variables/set-variables.ts'
import { toSnapshot } from '../../../src/plan/variables/snapshot.ts'
import { ownerKey, variablesOf } from '../../../src/plan/variables/state.ts'
import { deployment, pattern, service, targetOf } from '../../fixtures.ts'
import { givenValues, type PlainVariables, variableState } from '../fixtures.ts'

const [live, other] = ['a'.repeat(40), 'b'.repeat(40)]

/** A reference to a variable of another owner. */
const ref = (name: string) => `\${{${name}}}`

const serving = (commit: string | null = live): Partial<ServiceInstance> => ({
  latest: deployment('d', { commit }),
  active: [deployment('d', { commit })],
})

interface Given {
  readonly values?: Readonly<Record<string, string>>
  readonly request?: Partial<VariableRequest>
  /** The owners that are written: services by name, or `shared`. */
  readonly written: Readonly<Record<string, PlainVariables>>
  /** The variables of the same owners in the other environment. */
  readonly bases?: Readonly<Record<string, PlainVariables>>
  readonly others?: Readonly<Record<string, PlainVariables>>
  readonly staged?: readonly string[]
  readonly since?: string
  readonly services?: Readonly<Record<string, Partial<ServiceInstance>>>
}

function requestOf({ values = {}, request }: Given): VariableRequest {
  return {
    values: givenValues(values),
    from: null,
    names: null,
    remove: [],
    shared: false,
    mode: 'merge',
    allowEmpty: false,
    redeploy: true,
    ...request,
  }
}

function snapshotOf({ written, bases, others = {}, services = {} }: Given) {
  const ownerOf = (name: string) => {
    const instance = service(name, { ...serving(), ...services[name] })
    return variablesOf({ ...targetOf(instance), instance: name === 'shared' ? null : instance })
  }
  const names = Object.keys(written)
  const questions = {
    targets: names.map(ownerOf),
    bases: bases ? names.map(ownerOf) : null,
    others: Object.keys(others).map(ownerOf),
  }
  const states = [
    ...Object.values(written),
    ...(bases ? names.map((name) => bases[name] ?? {}) : []),
    ...Object.values(others),
  ]
  return toSnapshot(questions, states.map(variableState))
}

const decide = (given: Given) =>
  planChanges(
    snapshotOf(given),
    requestOf(given),
    {
      stagedPaths: new Map(given.staged ? [['e-production', given.staged]] : []),
      stagedSince: new Map(given.since ? [['e-production', given.since]] : []),
    },
    null,
  )

function changesOf(given: Given): VariablesPlan {
  const decided = decide(given)
  if (!decided.ok) throw new Error(JSON.stringify(decided.failures))
  return decided.value
}

/** Returns the steps, one per line: the action, its target, and the names that it writes and removes. */
function linesOf(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    const after = step.after.length > 0 ? ` after ${step.after.join(' and ')}` : ''
    const more = []
    if (step.action === 'keep') more.push(step.because)
    if (step.action === 'set-variables') {
      const { owner, write, remove, leftoverPaths } = step.variables
      more.push(ownerKey(owner), `+${write}`, `-${remove}`, ...leftoverPaths)
    }
    return `${step.id}${after}: ${step.detail}${more.length > 0 ? ` [${more.join(' ')}]` : ''}`
  })
}

const userLines = ({ changing }: VariablesPlan) =>
  [...changing].map(([key, { target, by }]) => {
    const id = target.instance.service.id
    return `${key.endsWith(id) ? id : key} by ${by.join(' and ')}`
  })

const setWeb = 'set-variables p-shop/e-production/s-web'
const setApi = 'set-variables p-shop/e-production/s-api'
const setShared = 'set-variables p-shop/e-production'
const removeOld = { remove: ['OLD'] }

describe('the changes of variables', () => {
  it.each<[string, Given, string[], string[]]>([
    [
      'a new value',
      { values: { A: '1' }, written: { web: {} } },
      [`${setWeb}: adds A [e-production/s-web +A -]`],
      [`s-web by ${setWeb}`],
    ],
    [
      'an existing value',
      { values: { A: '1' }, written: { web: { A: '1' } } },
      ['keep p-shop/e-production/s-web: 1 unchanged [unchanged]'],
      [],
    ],
    [
      'a sealed one, which is written again',
      { values: { A: '1' }, written: { web: { A: null } } },
      [`${setWeb}: writes sealed A [e-production/s-web +A -]`],
      [`s-web by ${setWeb}`],
    ],
    [
      'a removal',
      { request: removeOld, written: { web: { OLD: '1', B: '2' } } },
      [`${setWeb}: removes OLD [e-production/s-web + -OLD]`],
      [`s-web by ${setWeb}`],
    ],
    [
      'a removal of a missing variable',
      { request: removeOld, written: { web: { B: '2' } } },
      ['keep p-shop/e-production/s-web: there is nothing to remove [unchanged]'],
      [],
    ],
    [
      'a removal that an earlier run left staged',
      {
        request: removeOld,
        written: { web: { OLD: '1' } },
        staged: ['/services/s-web/variables/OLD'],
      },
      [`${setWeb}: removes OLD [e-production/s-web + -OLD /services/s-web/variables/OLD]`],
      [`s-web by ${setWeb}`],
    ],
    [
      'a value, beside the staged changes of others',
      { values: { A: '1' }, written: { web: {} }, staged: ['/services/s-web/source'] },
      [`${setWeb}: adds A [e-production/s-web +A -]`],
      [`s-web by ${setWeb}`],
    ],
    [
      'all names of a replacement',
      {
        values: { A: '2', B: '1' },
        request: { mode: 'replace' },
        written: { web: { A: '1', B: '1', C: '1', D: '1', RAILWAY_RUN_UID: '0' } },
      },
      [
        `${setWeb}: changes A; removes C, D; 1 unchanged; leaves RAILWAY_RUN_UID [e-production/s-web +A -C,D]`,
      ],
      [`s-web by ${setWeb}`],
    ],
    [
      'two services, of which one has the value',
      { values: { A: '1' }, written: { web: { A: '1' }, api: { A: '0' } } },
      [
        'keep p-shop/e-production/s-web: 1 unchanged [unchanged]',
        `${setApi}: changes A [e-production/s-api +A -]`,
      ],
      [`s-api by ${setApi}`],
    ],
    [
      'a service that refers to the new value of another',
      {
        values: { A: '1' },
        written: { web: {} },
        others: { shared: {}, api: { URL: ref('web.A') }, db: { URL: ref('web.B') } },
      },
      [`${setWeb}: adds A [e-production/s-web +A -]`],
      [`s-web by ${setWeb}`, `s-api by ${setWeb}`],
    ],
    [
      'a service that refers to a removed one',
      {
        request: removeOld,
        written: { web: { OLD: '1' } },
        others: { shared: {}, api: { URL: ref('web.OLD') } },
      },
      [`${setWeb}: removes OLD [e-production/s-web + -OLD]`],
      [`s-web by ${setWeb}`, `s-api by ${setWeb}`],
    ],
    [
      'a service that refers to two that change',
      {
        values: { A: '1' },
        written: { web: {}, api: {} },
        others: { shared: {}, site: { URL: ref('web.A') + ref('api.A') } },
      },
      [
        `${setWeb}: adds A [e-production/s-web +A -]`,
        `${setApi}: adds A [e-production/s-api +A -]`,
      ],
      [`s-web by ${setWeb}`, `s-site by ${setWeb} and ${setApi}`, `s-api by ${setApi}`],
    ],
    [
      'a service that refers to itself, once',
      { values: { A: '1' }, written: { web: { URL: ref('A') } } },
      [`${setWeb}: adds A [e-production/s-web +A -]`],
      [`s-web by ${setWeb}`],
    ],
    [
      'shared ones, and their users, also indirect ones',
      {
        values: { A: '1' },
        written: { shared: {} },
        others: {
          web: { URL: ref('shared.A') },
          api: { URL: ref('web.URL') },
          db: { URL: ref('shared.B') },
        },
      },
      [`${setShared}: adds A [e-production +A -]`],
      [`s-web by ${setShared}`, `s-api by ${setShared}`],
    ],
    [
      'values of another environment, overridden by those of the workflow',
      {
        values: { B: 'given' },
        request: { from: 'staging', remove: ['C'] },
        written: { web: { C: '1' } },
        bases: { web: { A: '1', B: '2', C: '3' } },
      },
      [`${setWeb}: adds A, B; removes C [e-production/s-web +A,B -C]`],
      [`s-web by ${setWeb}`],
    ],
    [
      'by a chain of shared variables',
      {
        values: { A: '1' },
        written: { web: {} },
        others: { shared: { URL: ref('web.A') }, api: { B: ref('shared.URL') } },
      },
      [`${setWeb}: adds A [e-production/s-web +A -]`],
      [`s-web by ${setWeb}`, `s-api by ${setWeb}`],
    ],
  ])('%s', (_, given, steps, users) => {
    const changes = changesOf(given)
    expect({ steps: linesOf(changes.steps), users: userLines(changes) }).toEqual({ steps, users })
  })

  it('have warnings about sealed variables that are not copied, and about empty ones', () => {
    const { warnings } = changesOf({
      values: { NEW: '' },
      request: { from: 'staging' },
      written: { web: {} },
      bases: { web: { KEY: null } },
    })
    expect(warnings).toEqual([
      {
        title: 'sealed variables not copied',
        message:
          'Sealed variables of environment "staging" are not copied, because nobody can read their values: shop/web (KEY) in environment "production". A value that is stored in the target is kept. To set another one, give it in `variables`.',
      },
      {
        title: 'new variables are empty',
        message:
          'New variables are created with an empty value: shop/web (NEW) in environment "production". An empty value usually comes from a secret that does not exist. Check the names of the secrets in the workflow. If the values should be empty, set `allow-empty-values: true`.',
      },
    ])
  })

  const staged = (purpose: string, since: string | null = null) => ({
    code: 'staged-changes',
    facts: { project: 'shop', environment: 'production', purpose, since },
  })
  it.each<[string, Given, object[]]>([
    [
      'if nothing would be left, with every such service',
      {
        request: { mode: 'replace', from: 'staging' },
        written: { web: { A: '1' }, api: {}, db: {} },
        bases: { web: { RAILWAY_PROJECT_ID: 'p' }, api: { A: '1' }, db: { KEY: null } },
      },
      [
        {
          code: 'input-invalid',
          facts: {
            input: 'variables-mode',
            given: 'replace',
            problem: { kind: 'removes-everything', services: ['shop/web', 'shop/db'] },
          },
        },
      ],
    ],
    [
      'if a name to copy does not exist',
      {
        request: { from: 'staging', names: [pattern('KEY')] },
        written: { web: {} },
        bases: { web: { A: '1' } },
      },
      [
        {
          code: 'input-invalid',
          facts: {
            input: 'variables-names',
            given: 'KEY',
            problem: { kind: 'no-match', of: 'variables', available: ['A'] },
          },
        },
      ],
    ],
    [
      'if a value would be erased',
      { values: { A: '' }, written: { web: { A: '1' } } },
      [
        {
          code: 'empty-value',
          facts: {
            project: 'shop',
            environment: 'production',
            service: 'web',
            variables: ['A'],
            sealed: [],
          },
        },
      ],
    ],
    [
      'once for each environment with staged changes of others',
      {
        request: removeOld,
        written: { web: { OLD: '1' }, api: { OLD: '1' } },
        staged: ['/services/s-web/variables/OLD', '/services/s-web/source'],
      },
      [staged('remove-variables')],
    ],
    [
      'if the staged removal is of a service that has no such variable',
      {
        request: removeOld,
        written: { web: { OLD: '1' }, api: {} },
        staged: ['/services/s-api/variables/OLD'],
      },
      [staged('remove-variables')],
    ],
    [
      'with the time from which changes are staged, if it is known',
      {
        request: removeOld,
        written: { web: { OLD: '1' } },
        staged: ['/services/s-web/source'],
        since: '2026-01-05T08:00:00.000Z',
      },
      [staged('remove-variables', '2026-01-05T08:00:00.000Z')],
    ],
  ])('are refused %s', (_, given, failures) => {
    expect(decide(given)).toEqual({ ok: false, failures })
  })

  it('are not refused if all staged changes are removed by this run', () => {
    const { steps } = changesOf({
      request: removeOld,
      written: { web: { OLD: '1' }, api: { OLD: '1' } },
      staged: ['/services/s-web/variables/OLD', '/services/s-api/variables/OLD'],
    })
    expect(steps.map(({ id }) => id)).toEqual([setWeb, setApi])
  })

  it('may remove all variables with `merge`', () => {
    const { steps } = changesOf({ request: removeOld, written: { web: { OLD: '1' } } })
    expect(steps).toHaveLength(1)
  })
})

describe('the environments in which variables are removed', () => {
  const place = {
    project: { id: 'p-shop', name: 'shop' },
    environment: { id: 'e-production', name: 'production' },
    instance: null,
  }
  it.each<[string, Given, object[]]>([
    ['none without a removal', { values: { A: '1' }, written: { web: { B: '1' } } }, []],
    ['none if it does not exist', { request: removeOld, written: { web: {} } }, []],
    [
      'one for several services',
      { request: removeOld, written: { web: { OLD: '1' }, api: { OLD: '1' }, db: {} } },
      [place],
    ],
    [
      'one for shared variables that are replaced',
      { values: { A: '1' }, request: { mode: 'replace' }, written: { shared: { B: '1' } } },
      [place],
    ],
  ])('are %s', (_, given, expected) => {
    expect(removalTargets(snapshotOf(given), requestOf(given))).toEqual(expected)
  })
})

const commitLine = 'commit aaaaaaa, which is live, with the new variables'
const isBlocked = (names: string) => ({
  title: 'a deployment is blocked',
  message: `These services have a deployment that waits for a check or an approval: ${names} in environment "production". To apply the new variables, the run deploys the commit or image that is live now. If this replaces a deployment of a newer commit, run \`deploy\` for that commit afterwards.`,
})
const isUnknown = (names: string) => ({
  title: 'live commit not known',
  message: `Railway does not report which commit is live for these services: ${names} in environment "production". To apply the new variables, Railway deploys the commit that it has stored for the service, which may differ from the live commit. Check the commit of the new deployment in the summary. To choose the commit, run \`deploy\` with \`commit-sha\`.`,
})
const oneNotInEffect = {
  title: 'new variables are not in effect yet',
  message:
    'These services use the changed variables, but this run does not deploy them: shop/web in environment "production". They run with the old values until their next deployment. To apply the new values, deploy them.',
}
const twoNotInEffect = {
  title: 'new variables are not in effect yet',
  message:
    'These services use the changed variables, but this run does not deploy them: shop/web, shop/api in environment "production". They run with the old values until their next deployment. To apply the new values, deploy them.',
}

describe('the command `variables`', () => {
  const planOf = (given: Given) => planVariables(changesOf(given), requestOf(given))
  const added = `${setWeb}: adds A [e-production/s-web +A -]`
  const deployWeb = `deploy p-shop/e-production/s-web after ${setWeb}`
  const keepWeb = `keep p-shop/e-production/s-web`
  const one: Given = { values: { A: '1' }, written: { web: {} } }
  const withWeb = (web: Partial<ServiceInstance>): Given => ({ ...one, services: { web } })
  const status = (name: string) => deployment('d', { status: name, commit: live })
  const noCommit = 'the commit or image that it has now, with the new variables'
  const failedAt = (commit: string) => ({
    ...serving(),
    latest: deployment('failed', { status: 'FAILED', commit }),
  })
  const afterFailure =
    'commit aaaaaaa, which is live; its last deployment failed, so the stored variables may not be in effect'

  it.each<[string, Given, string[], object[]]>([
    [
      'redeploys changed services at their live revision',
      one,
      [added, `${deployWeb}: ${commitLine}`],
      [],
    ],
    [
      'skips unchanged services',
      { ...one, written: { web: { A: '1' } } },
      [`${keepWeb}: 1 unchanged [unchanged]`],
      [],
    ],
    [
      'deploys a service whose own variables do not change, for those it refers to',
      {
        values: { A: '1' },
        written: { api: { A: '1', URL: ref('web.A') }, web: {} },
        others: { shared: {} },
      },
      [
        added,
        `${deployWeb}: ${commitLine}`,
        `deploy p-shop/e-production/s-api after ${setWeb}: ${commitLine}`,
      ],
      [],
    ],
    [
      'deploys once, after the last change',
      {
        values: { A: '1' },
        written: { web: { URL: ref('api.A') }, api: {} },
        others: { shared: {} },
      },
      [
        added,
        `${setApi}: adds A [e-production/s-api +A -]`,
        `deploy p-shop/e-production/s-web after ${setWeb} and ${setApi}: ${commitLine}`,
        `deploy p-shop/e-production/s-api after ${setApi}: ${commitLine}`,
      ],
      [],
    ],
    [
      'deploys nothing with `redeploy: false`, and reports this for one service',
      { ...one, request: { redeploy: false } },
      [added],
      [oneNotInEffect],
    ],
    [
      'deploys nothing with `redeploy: false`, and reports this for two services',
      {
        values: { A: '1' },
        request: { redeploy: false },
        written: { web: {} },
        others: { shared: {}, api: { URL: ref('web.A') } },
      },
      [added],
      [twoNotInEffect],
    ],
    [
      'keeps its steps with `redeploy: false`',
      { ...one, request: { redeploy: false }, written: { web: { A: '1' } } },
      [`${keepWeb}: 1 unchanged [unchanged]`],
      [],
    ],
    [
      'does not deploy services that were never deployed',
      withWeb({ latest: null, active: [] }),
      [
        added,
        `${keepWeb}: it was never deployed, so its next deployment will be the first with the new variables [skipped]`,
      ],
      [],
    ],
    [
      'does not deploy services that were taken down',
      withWeb({ latest: status('REMOVED'), active: [] }),
      [
        added,
        `${keepWeb}: its deployment was removed, so its next deployment will be the first with the new variables [skipped]`,
      ],
      [],
    ],
    [
      'redeploys the live deployment, though the latest was removed',
      withWeb({ latest: status('REMOVED') }),
      [added, `${deployWeb}: ${commitLine}`],
      [],
    ],
    [
      'redeploys an unchanged service if its last deployment of the live commit failed',
      { ...one, written: { web: { A: '1' } }, services: { web: failedAt(live) } },
      [`deploy p-shop/e-production/s-web: ${afterFailure}`],
      [],
    ],
    [
      'redeploys an unchanged service that crashed',
      {
        ...one,
        written: { web: { A: '1' } },
        services: { web: { ...failedAt(live), latest: status('CRASHED') } },
      },
      [`deploy p-shop/e-production/s-web: ${afterFailure}`],
      [],
    ],
    [
      'deploys the services that use shared variables, if their last deployment failed',
      {
        values: { A: '1' },
        request: { shared: true },
        written: { shared: { A: '1' } },
        others: { web: { URL: ref('shared.A') }, api: { URL: ref('shared.A') } },
        services: { web: failedAt(live) },
      },
      [
        'keep p-shop/e-production: 1 unchanged [unchanged]',
        `deploy p-shop/e-production/s-web: ${afterFailure}`,
      ],
      [],
    ],
    [
      'skips an unchanged service if the deployment of another commit failed',
      { ...one, written: { web: { A: '1' } }, services: { web: failedAt(other) } },
      [`${keepWeb}: 1 unchanged [unchanged]`],
      [],
    ],
    [
      'skips an unchanged cron service if its last run failed',
      {
        ...one,
        written: { web: { A: '1' } },
        services: { web: { ...failedAt(live), cron: true } },
      },
      [`${keepWeb}: 1 unchanged [unchanged]`],
      [],
    ],
    [
      'deploys nothing after a failed deployment with `redeploy: false`, and reports this',
      {
        ...one,
        request: { redeploy: false },
        written: { web: { A: '1' } },
        services: { web: failedAt(live) },
      },
      [`${keepWeb}: 1 unchanged [unchanged]`],
      [oneNotInEffect],
    ],
    [
      'redeploys a failed service without a known commit',
      withWeb({ latest: status('FAILED'), active: [] }),
      [added, `${deployWeb}: ${noCommit}`],
      [isUnknown('shop/web')],
    ],
    [
      'deploys an image as it has it, without a warning',
      withWeb({
        source: { kind: 'image', image: 'redis:7' },
        active: [deployment('d', { image: 'redis:7' })],
      }),
      [added, `${deployWeb}: ${noCommit}`],
      [],
    ],
    [
      'deploys the image that is live, though the source names another',
      withWeb({
        source: { kind: 'image', image: 'redis:8' },
        active: [deployment('d', { image: 'redis:7' })],
      }),
      [added, `${deployWeb}: image redis:7, which is live, with the new variables`],
      [],
    ],
    [
      'does not warn of a deployment of the live commit that builds',
      withWeb({ latest: status('BUILDING') }),
      [added, `${deployWeb}: ${commitLine}`],
      [],
    ],
    [
      'warns of deployments that wait, and of commits that are not known',
      {
        values: { A: '1' },
        written: { web: {}, api: {} },
        services: {
          web: { latest: status('WAITING'), active: [] },
          api: { latest: status('NEEDS_APPROVAL'), active: [] },
        },
      },
      [
        added,
        `${deployWeb}: ${noCommit}`,
        `${setApi}: adds A [e-production/s-api +A -]`,
        `deploy p-shop/e-production/s-api after ${setApi}: ${noCommit}`,
      ],
      [isBlocked('shop/web, shop/api'), isUnknown('shop/web, shop/api')],
    ],
    [
      'does not warn about services that it skips',
      { ...withWeb({ latest: status('BUILDING'), active: [] }), written: { web: { A: '1' } } },
      [`${keepWeb}: 1 unchanged [unchanged]`],
      [],
    ],
  ])('%s', (_, given, steps, warnings) => {
    const plan = planOf(given)
    expect({ steps: linesOf(plan.steps), warnings: plan.warnings }).toEqual({ steps, warnings })
  })

  it('deploys the revision that is live when the step begins', () => {
    expect(planOf(one).steps[1]).toMatchObject({
      revision: { kind: 'commit', sha: live },
      ofLive: true,
    })
  })

  it('passes on the warnings of the changes', () => {
    const { warnings } = planOf({ values: { A: '' }, written: { web: {} } })
    expect(warnings.map(({ title }) => title)).toEqual(['new variables are empty'])
  })
})

describe('the command `deploy` with variables', () => {
  const named = { title: 'of the deployment', message: 'It is passed on.' }
  const deploysOf = (...names: string[]): Plan => ({
    steps: names.map((name): Step => {
      const target = targetOf(service(name.replace('!', '')))
      if (name.endsWith('!')) {
        return toStep({ action: 'keep', because: 'skipped', target, detail: 'kept' })
      }
      const revision = { kind: 'commit', sha: live } as const
      return toStep({ action: 'deploy', revision, target, detail: 'deployed' }, ['before'])
    }),
    warnings: [named],
    canary: true,
  })
  const planOf = (deploys: Plan, given: Given) => planVariablesFirst(deploys, changesOf(given))
  const added = `${setWeb}: adds A [e-production/s-web +A -]`
  const deployed = (name: string, ...ids: string[]) =>
    `deploy p-shop/e-production/s-${name} after ${['before', ...ids].join(' and ')}: deployed`

  it.each<[string, Plan, Given, string[], object[]]>([
    [
      'writes before it deploys',
      deploysOf('web'),
      { values: { A: '1' }, written: { web: {} } },
      [added, deployed('web', setWeb)],
      [],
    ],
    [
      'writes nothing that is stored already',
      deploysOf('web'),
      { values: { A: '1' }, written: { web: { A: '1' } } },
      [deployed('web')],
      [],
    ],
    [
      'writes each before its own service',
      deploysOf('api', 'web'),
      { values: { A: '1' }, written: { web: {}, api: {} } },
      [
        `${setApi}: adds A [e-production/s-api +A -]`,
        deployed('api', setApi),
        added,
        deployed('web', setWeb),
      ],
      [],
    ],
    [
      'writes before the first service that refers to it',
      deploysOf('api', 'web'),
      {
        values: { A: '1' },
        written: { web: {}, api: { A: '1', URL: ref('web.A') } },
        others: { shared: {} },
      },
      [added, deployed('api', setWeb), deployed('web', setWeb)],
      [],
    ],
    [
      'writes shared ones once, before all services',
      deploysOf('web', 'api'),
      {
        values: { A: '1' },
        request: { shared: true },
        written: { shared: {} },
        others: { web: {}, api: { URL: ref('shared.A') } },
      },
      [`${setShared}: adds A [e-production +A -]`, deployed('web'), deployed('api', setShared)],
      [],
    ],
    [
      'writes even if nothing is deployed',
      deploysOf('web!'),
      { values: { A: '1' }, written: { web: {} } },
      [added, 'keep p-shop/e-production/s-web: kept [skipped]'],
      [],
    ],
    [
      'names the services that it does not deploy',
      deploysOf('db'),
      {
        values: { A: '1' },
        request: { shared: true },
        written: { shared: {} },
        others: { db: {}, web: { URL: ref('shared.A') }, api: { URL: ref('shared.A') } },
      },
      [`${setShared}: adds A [e-production +A -]`, deployed('db')],
      [twoNotInEffect],
    ],
    [
      'returns the warnings of the changes before its own',
      deploysOf('db'),
      {
        values: { A: '' },
        request: { shared: true },
        written: { shared: {} },
        others: { db: {}, web: { URL: ref('shared.A') } },
      },
      [`${setShared}: adds A [e-production +A -]`, deployed('db')],
      [
        {
          title: 'new variables are empty',
          message:
            'New variables are created with an empty value: shop (shared variables A) in environment "production". An empty value usually comes from a secret that does not exist. Check the names of the secrets in the workflow. If the values should be empty, set `allow-empty-values: true`.',
        },
        oneNotInEffect,
      ],
    ],
  ])('%s', (_, deploys, given, steps, warnings) => {
    const plan = planOf(deploys, given)
    expect({ ...plan, steps: linesOf(plan.steps) }).toEqual({
      steps,
      warnings: [named, ...warnings],
      canary: true,
    })
  })
})

it('a diff names every kind of change, in one order', () => {
  const diff = {
    added: ['A', 'B'],
    changed: ['C'],
    sealed: ['D'],
    removed: ['E', 'F'],
    unchanged: ['G', 'H', 'I'],
    kept: ['J'],
  }
  const none = { added: [], changed: [], sealed: [], removed: [], unchanged: [], kept: [] }
  expect(describeDiff(diff)).toBe(
    'adds A, B; changes C; writes sealed D; removes E, F; 3 unchanged; leaves J',
  )
  expect(describeDiff(none)).toBe('there is nothing to remove')
})

describe('the revision of a live deployment', () => {
  const image = { kind: 'image', image: 'ghcr.io/acme/api:2' } as const
  const deployed = (status: string, more: Partial<Deployment>) =>
    deployment(status, { status, ...more })
  const current = { kind: 'current' }
  const commit = { kind: 'commit', sha: live }

  it.each<[string, Partial<ServiceInstance>, object]>([
    ['a commit', { active: [deployed('SUCCESS', { commit: live })] }, commit],
    [
      'a commit in capitals',
      { active: [deployed('SLEEPING', { commit: live.toUpperCase() })] },
      commit,
    ],
    [
      'the live commit while another builds',
      {
        latest: deployed('BUILDING', { commit: other }),
        active: [deployed('SUCCESS', { commit: live })],
      },
      commit,
    ],
    [
      'the live commit after another failed',
      {
        latest: deployed('FAILED', { commit: other }),
        active: [deployed('SUCCESS', { commit: live })],
      },
      commit,
    ],
    ['no commit if none is reported', { active: [deployed('SUCCESS', {})] }, current],
    ['no commit if none is live', { latest: deployed('FAILED', { commit: other }) }, current],
    ['no commit for a branch', { active: [deployed('SUCCESS', { commit: 'main' })] }, current],
    [
      'no commit for text that ends like one',
      { active: [deployed('SUCCESS', { commit: `x${live}` })] },
      current,
    ],
    [
      'no commit for text that begins like one',
      { active: [deployed('SUCCESS', { commit: `${live}x` })] },
      current,
    ],
    [
      'the image of the source',
      { source: image, active: [deployed('SUCCESS', { image: 'ghcr.io/acme/api:2' })] },
      current,
    ],
    [
      'the live image, if the source names another',
      { source: image, active: [deployed('SUCCESS', { image: 'ghcr.io/acme/api:1' })] },
      {
        kind: 'image',
        image: {
          text: 'ghcr.io/acme/api:1',
          repository: 'ghcr.io/acme/api',
          tag: '1',
          digest: null,
        },
      },
    ],
    [
      'the image of the source if none is reported',
      { source: image, active: [deployed('SUCCESS', {})] },
      current,
    ],
    [
      'the image of the source, for any commit',
      { source: image, active: [deployed('SUCCESS', { commit: live })] },
      current,
    ],
    [
      'no image of a service that is built from a repository',
      { active: [deployed('SUCCESS', { image: 'ghcr.io/acme/api:1' })] },
      current,
    ],
    ['an upload', { source: { kind: 'none' }, active: [deployed('SUCCESS', {})] }, current],
  ])('is %s', (_, more, expected) => {
    expect(liveRevision(targetOf(service('web', more)))).toEqual(expected)
  })
})
