import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../../src/inputs/raw-inputs.ts'
import { checkCopiedNames, takenNames } from '../../../src/plan/variables/copied-names.ts'
import {
  isCopied,
  sealedNotCopied,
  toSnapshot,
  variableQuestions,
} from '../../../src/plan/variables/snapshot.ts'
import {
  ownerKey,
  type VariableState,
  type VariableTarget,
} from '../../../src/plan/variables/state.ts'
import type { TokenScope } from '../../../src/scope/token-scope.ts'
import { environment, inputsOf, selectionOf, service, targetOf } from '../../fixtures.ts'
import { variableState } from '../fixtures.ts'

const scope: TokenScope = {
  kind: 'workspace',
  workspace: { id: 'w', name: 'Acme' },
  uncertainties: [],
}
const requestOf = (raw: RawInputs = {}) =>
  inputsOf({
    command: 'variables',
    environment: 'production',
    variables: 'A=1',
    projects: '*',
    ...raw,
  }).variables

const shared = { 'shared-variables': 'true' }
const from = { 'variables-from': 'staging' }
const [web, api] = [service('web'), service('api')]
const staging = environment('staging', [service('web')])

const keys = (targets: readonly VariableTarget[] | null) =>
  targets?.map(({ owner }) => ownerKey(owner)) ?? null

describe('the variables to read', () => {
  it.each<[string, RawInputs, ReturnType<typeof selectionOf>, object]>([
    [
      'of the only service in its environment',
      {},
      selectionOf([web]),
      { targets: ['e-production/s-web'], bases: null, others: [] },
    ],
    [
      'of two services, with the shared ones',
      {},
      selectionOf([web, api]),
      {
        targets: ['e-production/s-web', 'e-production/s-api'],
        bases: null,
        others: ['e-production'],
      },
    ],
    [
      'shared ones, with those of the services',
      shared,
      selectionOf([web, api]),
      {
        targets: ['e-production'],
        bases: null,
        others: ['e-production/s-web', 'e-production/s-api'],
      },
    ],
    [
      'shared ones, with that of the only service',
      shared,
      selectionOf([web]),
      { targets: ['e-production'], bases: null, others: ['e-production/s-web'] },
    ],
    [
      'of a service, and of the same elsewhere',
      from,
      selectionOf([web], { others: [staging] }),
      { targets: ['e-production/s-web'], bases: ['e-staging/s-web'], others: [] },
    ],
    [
      'shared ones, and those elsewhere',
      { ...shared, ...from },
      selectionOf([web], { others: [staging] }),
      { targets: ['e-production'], bases: ['e-staging'], others: ['e-production/s-web'] },
    ],
  ])('are %s', (_, raw, selection, expected) => {
    const questions = variableQuestions(requestOf(raw), selection, scope)
    if (!questions.ok) throw new Error('refused')
    const { targets, bases, others } = questions.value
    expect({ targets: keys(targets), bases: keys(bases), others: keys(others) }).toEqual(expected)
  })

  it('are refused if the other environment lacks a service', () => {
    const selection = selectionOf([web, api], { others: [staging] })
    expect(variableQuestions(requestOf(from), selection, scope)).toEqual({
      ok: false,
      failures: [
        {
          code: 'service-not-found',
          facts: {
            requested: 'api',
            where: 'environment "staging" of project "shop"',
            available: ['"web" (acme/shop)'],
            nearest: null,
            repository: '',
            purpose: 'copy',
          },
        },
      ],
    })
  })

  it('are refused if there is no other environment', () => {
    expect(variableQuestions(requestOf(from), selectionOf([web]), scope)).toMatchObject({
      ok: false,
      failures: [{ code: 'environment-not-found' }],
    })
  })
})

it('a snapshot assigns the results to their owners', () => {
  const selection = selectionOf([web], { others: [staging] })
  const questions = variableQuestions(requestOf({ ...shared, ...from }), selection, scope)
  if (!questions.ok) throw new Error('refused')
  const [target, base, other] = [
    variableState({ A: '1' }),
    variableState({ B: '2' }),
    variableState({ C: '3' }),
  ]
  const snapshot = toSnapshot(questions.value, [target, base, other])
  expect(snapshot.targets).toMatchObject([{ owner: { kind: 'shared' }, state: target, base }])
  expect([...snapshot.services]).toMatchObject([
    [
      'e-production',
      [{ target: { instance: { service: { name: 'web' } } }, state: other, base: null }],
    ],
  ])
  expect([...snapshot.shared]).toEqual([['e-production', target]])
})

it('a snapshot without results is empty', () => {
  const questions = variableQuestions(requestOf(), selectionOf([web]), scope)
  if (!questions.ok) throw new Error('refused')
  expect(toSnapshot(questions.value, [])).toMatchObject({
    targets: [{ state: new Map(), base: null }],
    shared: new Map(),
  })
})

it.each<[string, boolean]>([
  ['DATABASE_URL', true],
  ['RAILWAY_RUN_UID', true],
  ['RAILWAY_PROJECT_ID', false],
  ['RAILWAY_ANYTHING', false],
])('%s is copied: %s', (name, expected) => {
  expect(isCopied(name)).toBe(expected)
})

describe('the names that are copied', () => {
  it.each<[string | undefined, string[], string[]]>([
    [undefined, ['A_URL', 'B'], ['A_URL', 'B']],
    ['*_URL', ['A_URL', 'B'], ['A_URL']],
    ['!b', ['A_URL', 'B'], ['A_URL']],
    ['[]', ['A_URL', 'B'], []],
  ])('by %j of %j', (names, all, taken) => {
    const raw = names === undefined ? from : { ...from, 'variables-names': names }
    expect(all.filter(takenNames(requestOf(raw)))).toEqual(taken)
  })

  it.each<[string | undefined, string[]]>([
    [undefined, []],
    ['a\nB', []],
    ['*_URL', []],
    ['A\nC\n!D', ['C', 'D']],
  ])('by %j: missing %j', (names, missing) => {
    const raw = names === undefined ? from : { ...from, 'variables-names': names }
    const targets = [
      { base: variableState({ B: '1' }) },
      { base: variableState({ A: '1' }) },
      { base: null },
    ]
    expect(checkCopiedNames({ targets }, requestOf(raw), null)).toEqual({
      failures: missing.map((given) => ({
        code: 'input-invalid',
        facts: {
          input: 'variables-names',
          given,
          problem: { kind: 'no-match', of: 'variables', available: ['A', 'B'] },
        },
      })),
      warnings: [],
    })
  })

  it.each<[string, string[]]>([
    ['a\nB', []],
    ['A\nC', ['"C"']],
    ['!C\nD', ['"C", "D"']],
    ['*_KEY', []],
  ])('by %j: warned about %j in a shard, which has only some services', (names, warned) => {
    const targets = [{ base: variableState({ A: '1', B: '1' }) }]
    const request = requestOf({ ...from, 'variables-names': names })
    expect(checkCopiedNames({ targets }, request, { part: 1, of: 2 })).toEqual({
      failures: [],
      warnings: warned.map((one) => ({
        title: 'nothing to copy',
        message: expect.stringContaining(`contains ${one}, but no service of this shard has`),
      })),
    })
  })
})

describe('sealed variables that are not copied', () => {
  const warned = (
    raw: RawInputs,
    base: VariableState | null,
    own: VariableState,
    instance = true,
  ) => {
    const target = { ...targetOf(web), ...(instance ? {} : { instance: null }) }
    const owner = { kind: 'shared', projectId: 'p-shop', environmentId: 'e-production' } as const
    const targets = [{ target, owner, state: own, base }]
    const snapshot = { targets, services: new Map(), shared: new Map() }
    return sealedNotCopied(requestOf({ ...from, ...raw }), snapshot)
  }
  const warning = (names: string) => [
    {
      title: 'sealed variables not copied',
      message: `Sealed variables of environment "staging" are not copied, because nobody can read their values: ${names} in environment "production". A value that is stored in the target is kept. To set another one, give it in \`variables\`.`,
    },
  ]
  const sealed = variableState({ KEY: null, TOKEN: null, OPEN: '1' })

  it.each<[string, RawInputs, VariableState | null, VariableState, object[]]>([
    ['all', {}, sealed, variableState({}), warning('shop/web (KEY, TOKEN)')],
    [
      'also those that exist',
      {},
      sealed,
      variableState({ KEY: null }),
      warning('shop/web (KEY, TOKEN)'),
    ],
    [
      'also those that exist unsealed',
      {},
      sealed,
      variableState({ TOKEN: 'x' }),
      warning('shop/web (KEY, TOKEN)'),
    ],
    [
      'not those that are set',
      { variables: 'KEY=1' },
      sealed,
      variableState({}),
      warning('shop/web (TOKEN)'),
    ],
    [
      'not those that are removed',
      { 'remove-variables': 'KEY', services: 'web' },
      sealed,
      variableState({}),
      warning('shop/web (TOKEN)'),
    ],
    [
      'not those that are not taken',
      { 'variables-names': 'KEY' },
      sealed,
      variableState({}),
      warning('shop/web (KEY)'),
    ],
    ["not Railway's own", {}, variableState({ RAILWAY_PROJECT_ID: null }), variableState({}), []],
    ['none', {}, variableState({ OPEN: '1' }), variableState({}), []],
    ['none if nothing is copied', {}, null, variableState({}), []],
  ])('%s', (_, raw, base, own, expected) => {
    expect(warned(raw, base, own)).toEqual(expected)
  })

  it('are named as shared ones', () => {
    expect(warned({}, variableState({ KEY: null }), variableState({}), false)).toEqual(
      warning('shop (shared variables KEY)'),
    )
  })
})
