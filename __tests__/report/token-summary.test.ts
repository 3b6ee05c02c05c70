import { describe, expect, it } from '@jest/globals'
import { err, ok } from '../../src/errors/result.ts'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { scopeCard } from '../../src/report/token-summary.ts'
import type { RunReport } from '../../src/run-state.ts'
import type { DetectedToken, TokenScope } from '../../src/scope/token-scope.ts'
import { environment, inventory, project, service } from '../fixtures.ts'
import { acme, reportOf } from './fixtures.ts'

const beta = { id: 'w2', name: 'Beta' }

const detected = (value: DetectedToken) => ({
  tokenSource: 'input' as const,
  detection: { token: ok(value), projectWorkspace: null, probeResults: [], uncertainties: [] },
})
const undetected = {
  tokenSource: 'RAILWAY_TOKEN' as const,
  detection: { token: err([]), projectWorkspace: null, probeResults: [], uncertainties: [] },
}
const scopeOf = (kind: 'account' | 'oauth', ...workspaces: (typeof acme)[]): TokenScope => ({
  kind,
  workspace: acme,
  workspaces,
  uncertainties: [],
})
const workspaceScope: TokenScope = { kind: 'workspace', workspace: acme, uncertainties: [] }
const projectScope: TokenScope = {
  kind: 'project',
  projectId: 'p-shop',
  environmentId: 'e-production',
  uncertainties: [],
}

/** The card as lines: label and value. */
const card = (known: Partial<RunReport>) =>
  scopeCard(reportOf(known)).map(({ label, value }) => `${label}: ${value}`)

describe('the card of a token', () => {
  const cannot = {
    workspace: 'Cannot: access other workspaces, or act as a person',
    account: 'Cannot: do more than its owner may; it is broader than this job needs',
    oauth:
      'Cannot: do more than its user consented to, or more than its user may; it expires after an hour',
    project: 'Cannot: access another project or environment, or create environments',
  }

  it.each<[string, Partial<RunReport>, string[]]>([
    ['nothing', {}, []],
    ['not examined', { tokenSource: 'input' }, ['Token: from the input `token`; not probed yet']],
    ['not known', undetected, ['Token: from RAILWAY_TOKEN; Railway did not report its type']],
    [
      'a workspace token',
      { ...detected({ kind: 'workspace', workspaces: [acme] }), scope: workspaceScope },
      ['Token: workspace token, from the input `token`', 'Workspace: Acme (w1)', cannot.workspace],
    ],
    [
      'a workspace token whose scope does not fit',
      detected({ kind: 'workspace', workspaces: [acme] }),
      ['Token: workspace token, from the input `token`', 'Workspace: Acme', cannot.workspace],
    ],
    [
      'an account token',
      {
        ...detected({ kind: 'account', workspaces: [acme, beta] }),
        scope: scopeOf('account', acme, beta),
      },
      [
        'Token: account token, from the input `token`',
        'Workspace: Acme (w1); the token also has access to Beta',
        cannot.account,
      ],
    ],
    [
      'an account token of three workspaces',
      {
        ...detected({ kind: 'account', workspaces: [beta, acme, { id: 'w3', name: 'Gamma' }] }),
        scope: scopeOf('account', acme, beta),
      },
      [
        'Token: account token, from the input `token`',
        'Workspace: Acme (w1); the token also has access to Beta, Gamma',
        cannot.account,
      ],
    ],
    [
      'an account token of several workspaces, without a choice',
      detected({ kind: 'account', workspaces: [acme, beta] }),
      ['Token: account token, from the input `token`', 'Workspaces: Acme, Beta', cannot.account],
    ],
    [
      'an OAuth token of no workspace',
      detected({ kind: 'oauth', workspaces: [] }),
      ['Token: OAuth token, from the input `token`', 'Workspace: none accessible', cannot.oauth],
    ],
    [
      'a project token',
      detected({ kind: 'project', projectId: 'p', environmentId: 'e' }),
      ['Token: project token, from the input `token`', cannot.project],
    ],
  ])('%s', (_, known, lines) => {
    expect(card(known)).toEqual(lines)
  })
})

describe('the scope of a token', () => {
  const locked = (name: string) => environment(name, [], { accessible: false })
  const shop = project('shop', [
    environment('production', [service('web'), service('api')]),
    environment('staging', [service('web')]),
  ])

  it.each<[string, TokenScope | null, Inventory, string[]]>([
    [
      'nothing',
      workspaceScope,
      inventory([]),
      ['Has access to: 0 projects, 0 environments, 0 services'],
    ],
    [
      'a workspace, each service once',
      workspaceScope,
      inventory([shop]),
      ['Has access to: 1 project, 2 environments, 2 services'],
    ],
    [
      'one restricted environment',
      workspaceScope,
      inventory([shop, project('blog', [locked('live')])]),
      ['Has access to: 2 projects, 3 environments (1 restricted: blog/live), 2 services'],
    ],
    [
      'three restricted environments',
      null,
      inventory([project('blog', [locked('a'), locked('b'), locked('c')])]),
      [
        'Has access to: 1 project, 3 environments (3 restricted: blog/a, blog/b, blog/c), 0 services',
      ],
    ],
    [
      'five restricted environments',
      null,
      inventory([project('x', ['a', 'b', 'c', 'd', 'e'].map(locked))]),
      [
        'Has access to: 1 project, 5 environments (5 restricted: x/a, x/b, x/c, 2 more), 0 services',
      ],
    ],
    [
      'the environment of a project token',
      projectScope,
      inventory([shop]),
      [
        'Scope: environment production of project shop',
        'Has access to: 1 project, 1 environment, 2 services',
      ],
    ],
    [
      'the environment of a project token, which is not the first that is listed',
      { ...projectScope, environmentId: 'e-staging' },
      inventory([project('blog', [environment('live', [])]), shop]),
      [
        'Scope: environment staging of project shop',
        'Has access to: 2 projects, 1 environment, 1 service',
      ],
    ],
    [
      'a project token whose project is not reported',
      projectScope,
      inventory([]),
      [
        'Scope: environment e-production of project p-shop',
        'Has access to: 0 projects, 0 environments, 0 services',
      ],
    ],
  ])('%s', (_, scope, found, lines) => {
    expect(card({ scope, inventory: found })).toEqual(lines)
  })

  it('includes the rest of the limit', () => {
    expect(card({ remaining: 0 })).toEqual(['Requests left: 0 this hour'])
    expect(card({ scope: projectScope })).toEqual([])
  })
})
