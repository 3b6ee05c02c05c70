import { describe, expect, it } from '@jest/globals'
import { err, ok } from '../../src/errors/result.ts'
import type { TokenInput } from '../../src/inputs/read-inputs.ts'
import {
  nameLines,
  outcomeWarnings,
  probeLines,
  scopeWarnings,
  tokenLines,
} from '../../src/report/warnings.ts'
import type { TokenScope } from '../../src/scope/token-scope.ts'
import { Secret } from '../../src/secret.ts'
import type { TokenSource, TokenType } from '../../src/token-type.ts'
import { service } from '../fixtures.ts'
import { acme, deployStep, outcomeOf } from './fixtures.ts'

const beta = { id: 'w2', name: 'Beta' }
const personal = (kind: 'account' | 'oauth', ...workspaces: (typeof acme)[]): TokenScope => ({
  kind,
  workspace: acme,
  workspaces,
  uncertainties: [],
})

describe('the warnings about a token', () => {
  const advice =
    'Create a workspace token at https://railway.com/account/tokens, with the workspace "Acme" instead of "No workspace", and store it as the secret. After that, set `require-workspace-token: true` to reject other tokens.'
  const broad = (message: string) => [
    { title: 'a workspace token is enough', message: `${message}. ${advice}` },
  ]

  it.each<[string, TokenScope, object[]]>([
    ['of a workspace', { kind: 'workspace', workspace: acme, uncertainties: [] }, []],
    [
      'of a project',
      { kind: 'project', projectId: 'p', environmentId: 'e', uncertainties: [] },
      [],
    ],
    [
      'that is not certain',
      { kind: 'workspace', workspace: acme, uncertainties: ['One.', 'Two.'] },
      [
        { title: 'token scope not certain', message: 'One.' },
        { title: 'token scope not certain', message: 'Two.' },
      ],
    ],
    [
      'of an account',
      personal('account', acme),
      broad(
        'The token is an account token, which can do more than this run needs: it has access to everything that its owner has access to',
      ),
    ],
    [
      'of an account of two workspaces',
      personal('account', acme, beta),
      broad(
        'The token is an account token, which can do more than this run needs: it has access to 2 workspaces',
      ),
    ],
    [
      'of OAuth',
      personal('oauth', acme),
      broad(
        'The token is an OAuth token, which can do more than this run needs: it has access to everything that its owner has access to, and it expires after an hour',
      ),
    ],
    [
      'of an account that is not certain',
      { ...personal('account', acme), uncertainties: ['One.'] },
      [
        { title: 'token scope not certain', message: 'One.' },
        ...broad(
          'The token is an account token, which can do more than this run needs: it has access to everything that its owner has access to',
        ),
      ],
    ],
  ])('%s', (_, scope, warnings) => {
    expect(scopeWarnings(scope)).toEqual(warnings)
  })
})

const token = (source: TokenSource, ...passedOver: TokenInput['passedOver']): TokenInput => ({
  secret: new Secret('t'),
  source,
  passedOver,
})

describe('the source of a token', () => {
  it.each<[string, TokenInput, string[]]>([
    ['the input', token('input'), ['The token is taken from the input `token`.']],
    [
      'the input, while variables are set',
      token(
        'input',
        { source: 'RAILWAY_API_TOKEN', same: true },
        { source: 'RAILWAY_TOKEN', same: false },
      ),
      [
        'The token is taken from the input `token`.',
        'RAILWAY_API_TOKEN is set too, to the same token.',
        'RAILWAY_TOKEN is set too, to another token, which is not used: the order is the input `token`, RAILWAY_API_TOKEN, RAILWAY_TOKEN.',
      ],
    ],
  ])('%s', (_, given, lines) => {
    expect(tokenLines(given)).toEqual(lines)
  })

  const unusual = (name: string, usual: string, is: string) => [
    `Railway's CLI expects ${usual} in ${name}. This one is ${is}. This action accepts it, because the type follows from Railway's responses and not from the name of the variable.`,
  ]
  it.each<[TokenSource, TokenType, string[]]>([
    ['input', 'project', []],
    ['input', 'account', []],
    ['RAILWAY_TOKEN', 'project', []],
    [
      'RAILWAY_TOKEN',
      'workspace',
      unusual('RAILWAY_TOKEN', 'a project token', 'a workspace token'),
    ],
    ['RAILWAY_TOKEN', 'account', unusual('RAILWAY_TOKEN', 'a project token', 'an account token')],
    ['RAILWAY_TOKEN', 'oauth', unusual('RAILWAY_TOKEN', 'a project token', 'an OAuth token')],
    ['RAILWAY_API_TOKEN', 'workspace', []],
    ['RAILWAY_API_TOKEN', 'account', []],
    ['RAILWAY_API_TOKEN', 'oauth', []],
    [
      'RAILWAY_API_TOKEN',
      'project',
      unusual('RAILWAY_API_TOKEN', 'an account or workspace token', 'a project token'),
    ],
  ])('%s with a token of kind %s', (source, kind, lines) => {
    expect(nameLines(token(source), kind)).toEqual(lines)
  })
})

describe('Railway’s responses for a token', () => {
  const probes = { projectWorkspace: null, probeResults: ['`me` was\nrefused'], uncertainties: [] }
  it.each<[string, Parameters<typeof probeLines>[0], string]>([
    [
      'a conclusion',
      { ...probes, token: ok({ kind: 'workspace', workspaces: [acme] }) },
      "The type follows from Railway's responses:",
    ],
    ['no conclusion', { ...probes, token: err([]) }, "Railway's responses:"],
  ])('leads to %s', (_, detection, line) => {
    expect(probeLines(detection)).toEqual([line, '  `me` was refused'])
  })
})

describe('the warnings about targets', () => {
  const web = service('web')
  it('are for those outcomes that need one', () => {
    expect(
      outcomeWarnings([
        outcomeOf(deployStep(web), 'success'),
        outcomeOf(deployStep(web), 'skipped', { warning: true }),
        outcomeOf(deployStep(service('api')), 'not-started', { warning: true }),
      ]),
    ).toEqual([
      {
        title: 'deployment skipped',
        message:
          'Service "web" of project "shop" in environment "production": it is skipped. Check the watch paths and the required checks of the service in Railway. If such skips are expected, set `on-skipped: ignore`. https://railway.com/project/p-shop/service/s-web?id=d-web&environmentId=e-production',
      },
      {
        title: 'deployment not-started',
        message: 'Service "api" of project "shop" in environment "production": it is not-started.',
      },
    ])
  })
})
