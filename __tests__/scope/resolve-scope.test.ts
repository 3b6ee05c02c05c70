import { describe, expect, it } from '@jest/globals'
import { err, ok } from '../../src/errors/result.ts'
import type { Named } from '../../src/named.ts'
import { resolveScope } from '../../src/scope/resolve-scope.ts'
import type { DetectedToken } from '../../src/scope/token-scope.ts'
import { Secret } from '../../src/secret.ts'

const acme = { id: 'w1', name: 'Acme' }
const beta = { id: 'w2', name: 'Beta' }
const twin = { id: 'w3', name: 'acme' }

const workspaceToken: DetectedToken = { kind: 'workspace', workspaces: [acme] }
const account = (...workspaces: Named[]): DetectedToken => ({ kind: 'account', workspaces })
const projectToken: DetectedToken = { kind: 'project', projectId: 'p', environmentId: 'e' }
const doubt = ['Not sure.']

interface Given {
  workspace?: string | null
  only?: boolean
  own?: Named | null
}

const resolved = (detected: DetectedToken, { workspace = null, only = false, own = null }: Given) =>
  resolveScope(
    { token: ok(detected), projectWorkspace: own, probeResults: [], uncertainties: doubt },
    {
      token: { secret: new Secret('t'), source: 'input', passedOver: [] },
      workspace,
      requireWorkspaceToken: only,
    },
  )

describe('the scope of a token', () => {
  it.each<[string, DetectedToken, Given, object]>([
    [
      'of a workspace',
      workspaceToken,
      {},
      { kind: 'workspace', workspace: acme, uncertainties: doubt },
    ],
    [
      'of a workspace, which is required',
      workspaceToken,
      { only: true, workspace: 'W1' },
      { kind: 'workspace', workspace: acme, uncertainties: doubt },
    ],
    [
      'of an account with one workspace',
      account(acme),
      {},
      { kind: 'account', workspace: acme, workspaces: [acme], uncertainties: doubt },
    ],
    [
      'of an account with two, one chosen',
      account(acme, beta),
      { workspace: 'beta' },
      { kind: 'account', workspace: beta, workspaces: [acme, beta], uncertainties: doubt },
    ],
    ['of a project', projectToken, {}, { ...projectToken, uncertainties: doubt }],
    [
      'of a project in the right workspace',
      projectToken,
      { workspace: 'acme', own: acme },
      { ...projectToken, uncertainties: doubt },
    ],
    [
      'of a project whose workspace is not reported',
      projectToken,
      { workspace: 'Acme' },
      {
        ...projectToken,
        uncertainties: [
          ...doubt,
          'The workspace of this project token was not compared with "Acme", because Railway did not report that workspace. The token has access to its own project only.',
        ],
      },
    ],
  ])('%s', (_, detected, given, scope) => {
    expect(resolved(detected, given)).toEqual({ ok: true, value: scope })
  })

  const tooBroad = (...workspaces: string[]) => ({
    code: 'token-account-scoped',
    facts: { tokenType: 'account', workspaces },
  })
  const mismatch = (facts: object) => ({ code: 'workspace-mismatch', facts })

  it.each<[string, DetectedToken, Given, object[]]>([
    [
      'an account if a workspace is required',
      account(acme, beta),
      { only: true },
      [tooBroad('Acme', 'Beta')],
    ],
    [
      'several workspaces',
      account(acme, beta),
      {},
      [
        {
          code: 'workspace-ambiguous',
          facts: { tokenType: 'account', workspaces: ['Acme', 'Beta'], requested: null },
        },
      ],
    ],
    [
      'several workspaces of one name',
      account(acme, beta, twin),
      { workspace: 'ACME' },
      [
        {
          code: 'workspace-ambiguous',
          facts: {
            tokenType: 'account',
            workspaces: ['Acme (w1)', 'acme (w3)'],
            requested: 'ACME',
          },
        },
      ],
    ],
    [
      'another workspace',
      workspaceToken,
      { workspace: 'Acem' },
      [
        mismatch({
          tokenType: 'workspace',
          scopedTo: ['Acme'],
          requested: 'Acem',
          nearest: 'Acme',
        }),
      ],
    ],
    [
      'another workspace, and an account',
      account(acme),
      { workspace: 'Gamma', only: true },
      [
        tooBroad('Acme'),
        mismatch({ tokenType: 'account', scopedTo: ['Acme'], requested: 'Gamma', nearest: null }),
      ],
    ],
    [
      'no workspace',
      account(),
      {},
      [mismatch({ tokenType: 'account', scopedTo: [], requested: null, nearest: null })],
    ],
    [
      'a project in another workspace',
      projectToken,
      { workspace: 'Bet', own: beta },
      [mismatch({ tokenType: 'project', scopedTo: ['Beta'], requested: 'Bet', nearest: 'Beta' })],
    ],
  ])('is refused: %s', (_, detected, given, failures) => {
    expect(resolved(detected, given)).toEqual({ ok: false, failures })
  })

  it('is refused as in the detection', () => {
    const failed = err([])
    const detection = { token: failed, projectWorkspace: null, probeResults: [], uncertainties: [] }
    const requirements = {
      token: { secret: new Secret('t'), source: 'input', passedOver: [] },
      workspace: null,
      requireWorkspaceToken: false,
    } as const
    expect(resolveScope(detection, requirements)).toBe(failed)
  })
})
