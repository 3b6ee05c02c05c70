import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../../src/inputs/raw-inputs.ts'
import type { Environment } from '../../../src/inventory/inventory.ts'
import type { SelectedEnvironment } from '../../../src/inventory/selection.ts'
import {
  checkErasedValues,
  clonedBase,
  variablesToRead,
} from '../../../src/plan/preview/input-variables.ts'
import { ownerKey } from '../../../src/plan/variables/state.ts'
import { environment, inputsOf, project, service } from '../../fixtures.ts'
import { type PlainVariables, variableState } from '../fixtures.ts'

const [web, api, db] = [service('web'), service('api'), service('db')]

/** The base of shop with three services, of which two are selected, beside other environments. */
function selected(...others: Environment[]): SelectedEnvironment {
  const base = environment('production', [web, api, db], { label: 'production (e-production)' })
  const shop = project('shop', [base, ...others], { label: 'shop (p-shop)' })
  return { project: shop, environment: base, instances: [web, api] }
}

const inputs = (raw: RawInputs) => inputsOf({ command: 'preview', 'preview-name': 'pr-7', ...raw })
const known = (values: Readonly<Record<string, PlainVariables>>) =>
  new Map(Object.entries(values).map(([key, plain]) => [key, variableState(plain)]))

const preview = environment('PR-7', [service('web'), service('db')], {
  id: 'e-preview',
  ephemeral: true,
})
const requireAll = { 'require-overrides': '*' }
const empty = { variables: 'A=\nB=1' }

describe('the variables that a preview depends on', () => {
  it.each<[string, RawInputs, SelectedEnvironment, string[]]>([
    ['none', { variables: 'B=1' }, selected(preview), []],
    [
      'all of the base, if none may be inherited',
      requireAll,
      selected(preview),
      ['e-production', 'e-production/s-web', 'e-production/s-api', 'e-production/s-db'],
    ],
    [
      'those of the selected services, if an empty value is set',
      empty,
      selected(),
      ['e-production/s-web', 'e-production/s-api'],
    ],
    [
      'none, if empty values are allowed',
      { ...empty, 'allow-empty-values': 'true' },
      selected(),
      [],
    ],
    [
      'those of the preview, for services that it has',
      empty,
      selected(preview),
      ['e-preview/s-web', 'e-production/s-api'],
    ],
    [
      'not those of an environment of that name which is no preview',
      empty,
      selected({ ...preview, ephemeral: false }),
      ['e-production/s-web', 'e-production/s-api'],
    ],
    [
      'not those of another preview',
      empty,
      selected({ ...preview, name: 'pr-70' }),
      ['e-production/s-web', 'e-production/s-api'],
    ],
    [
      'each once',
      { ...requireAll, ...empty },
      selected(preview),
      [
        'e-production',
        'e-production/s-web',
        'e-production/s-api',
        'e-production/s-db',
        'e-preview/s-web',
      ],
    ],
  ])('are %s', (_, raw, one, expected) => {
    expect(variablesToRead(inputs(raw), one).map(({ owner }) => ownerKey(owner))).toEqual(expected)
  })

  it('are read of their own project and environment', () => {
    expect(variablesToRead(inputs(empty), selected(preview))).toEqual([
      {
        target: {
          project: { id: 'p-shop', name: 'shop (p-shop)' },
          environment: { id: 'e-preview', name: 'PR-7' },
          instance: service('web'),
        },
        owner: {
          kind: 'service',
          projectId: 'p-shop',
          environmentId: 'e-preview',
          serviceId: 's-web',
        },
      },
      {
        target: {
          project: { id: 'p-shop', name: 'shop (p-shop)' },
          environment: {
            id: 'e-production',
            name: 'production',
            label: 'production (e-production)',
          },
          instance: api,
        },
        owner: {
          kind: 'service',
          projectId: 'p-shop',
          environmentId: 'e-production',
          serviceId: 's-api',
        },
      },
    ])
  })
})

it('a cloned base has the given values in the selected services, and empty ones nowhere', () => {
  const facts = known({
    'e-production': { KEY: 'shared' },
    'e-production/s-web': { URL: 'base' },
    'e-production/s-db': { PASSWORD: null },
  })
  const { shared, services } = clonedBase(inputs({ variables: 'A=\nB=1\nC= ' }), selected(), facts)
  expect(shared).toEqual(variableState({ KEY: 'shared' }))
  expect(services).toEqual([
    {
      id: 's-web',
      name: 'web',
      state: variableState({ URL: 'base' }),
      given: new Map([['B', '1']]),
    },
    { id: 's-api', name: 'api', state: new Map(), given: new Map([['B', '1']]) },
    { id: 's-db', name: 'db', state: variableState({ PASSWORD: null }), given: new Map() },
  ])
})

describe('an empty value for a preview', () => {
  const erased = (name: string, sealed: string[] = []) => ({
    code: 'empty-value',
    facts: {
      project: 'shop (p-shop)',
      environment: 'pr-7',
      service: name,
      variables: ['A'],
      sealed,
    },
  })
  const added = (names: string) => ({
    title: 'new variables are empty',
    message: `New variables are created with an empty value: ${names} in environment "pr-7". An empty value usually comes from a secret that does not exist. Check the names of the secrets in the workflow. If the values should be empty, set \`allow-empty-values: true\`.`,
  })
  const values = {
    'e-production/s-web': { A: '1' },
    'e-production/s-api': { A: '' },
    'e-production/s-db': { A: '1' },
  }

  it.each<[string, RawInputs, SelectedEnvironment, ReturnType<typeof known>, object]>([
    [
      'erases one of its base',
      empty,
      selected(),
      known(values),
      { failures: [erased('web')], warnings: [] },
    ],
    [
      'erases a sealed one',
      empty,
      selected(),
      known({ ...values, 'e-production/s-api': { A: null } }),
      { failures: [erased('web'), erased('api', ['A'])], warnings: [] },
    ],
    [
      'erases one that the preview has, not the one of its base',
      empty,
      selected(preview),
      known({ ...values, 'e-preview/s-web': { A: '' }, 'e-production/s-api': { A: '2' } }),
      { failures: [erased('api')], warnings: [] },
    ],
    [
      'is new',
      empty,
      selected(),
      known({ 'e-production/s-web': {} }),
      { failures: [], warnings: [added('shop (p-shop)/web (A), shop (p-shop)/api (A)')] },
    ],
    [
      'is allowed',
      { ...empty, 'allow-empty-values': 'true' },
      selected(),
      known(values),
      { failures: [], warnings: [] },
    ],
    ['is not set', { variables: 'A=2' }, selected(), known(values), { failures: [], warnings: [] }],
  ])('%s', (_, raw, one, facts, expected) => {
    expect(checkErasedValues(inputs(raw), [one], facts)).toEqual(expected)
  })
})
