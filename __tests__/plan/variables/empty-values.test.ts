import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../../src/inputs/raw-inputs.ts'
import { checkEmptyValues, findEmptyValues } from '../../../src/plan/variables/empty-values.ts'
import type { VariableState } from '../../../src/plan/variables/state.ts'
import { inputsOf, service, targetOf } from '../../fixtures.ts'
import { givenValues, variableState } from '../fixtures.ts'

const state = variableState({
  STRIPE_KEY: 'sk_1',
  SEALED: null,
  EMPTY: '',
  BLANK: ' ',
  REFERENCE: `$\{{shared.KEY}}`,
})
const none = { erased: [], sealed: [], added: [] }

describe('an empty value', () => {
  it.each<[string, Record<string, string>, object]>([
    ['over a value', { STRIPE_KEY: '' }, { ...none, erased: ['STRIPE_KEY'] }],
    ['over a sealed one', { SEALED: '' }, { ...none, erased: ['SEALED'], sealed: ['SEALED'] }],
    ['over a blank one', { BLANK: '' }, { ...none, erased: ['BLANK'] }],
    ['over a reference', { REFERENCE: '' }, { ...none, erased: ['REFERENCE'] }],
    ['over an empty one', { EMPTY: '' }, none],
    ['of a new variable', { NEW: '' }, { ...none, added: ['NEW'] }],
    ['among others', { A: '1', STRIPE_KEY: 'sk_2', NEW: '' }, { ...none, added: ['NEW'] }],
    ['of a blank text, which is not empty', { STRIPE_KEY: ' ' }, none],
  ])('%s', (_, given, expected) => {
    expect(findEmptyValues(state, givenValues(given))).toEqual(expected)
  })
})

describe('a run that writes empty values', () => {
  const request = (raw: RawInputs = {}) =>
    inputsOf({
      command: 'variables',
      environment: 'production',
      projects: '*',
      variables: 'NEW=\nSTRIPE_KEY=',
      ...raw,
    }).variables
  const at = (name: string, own: VariableState) => ({
    target: targetOf(service(name)),
    owner: { kind: 'shared', projectId: 'p', environmentId: 'e' } as const,
    state: own,
    base: null,
  })
  const added = (names: string) => [
    {
      title: 'new variables are empty',
      message: `New variables are created with an empty value: ${names}. An empty value usually comes from a secret that does not exist. Check the names of the secrets in the workflow. If the values should be empty, set \`allow-empty-values: true\`.`,
    },
  ]

  it('is refused if a value would be deleted, and warned about new ones', () => {
    expect(
      checkEmptyValues({ targets: [at('web', state), at('api', new Map())] }, request()),
    ).toEqual({
      failures: [
        {
          code: 'empty-value',
          facts: {
            project: 'shop',
            environment: 'production',
            service: 'web',
            variables: ['STRIPE_KEY'],
            sealed: [],
          },
        },
      ],
      warnings: added('shop/web (NEW), shop/api (NEW, STRIPE_KEY) in environment "production"'),
    })
  })

  it.each<[string, RawInputs, VariableState]>([
    ['they are allowed', { 'allow-empty-values': 'true' }, state],
    ['there are none', { variables: 'STRIPE_KEY=1' }, state],
    ['they are empty already', { variables: 'EMPTY=' }, state],
  ])('is accepted if %s', (_, raw, own) => {
    expect(checkEmptyValues({ targets: [at('web', own)] }, request(raw))).toEqual({
      failures: [],
      warnings: [],
    })
  })

  it('has twenty services and ten names of each in its warning', () => {
    const names = Array.from({ length: 11 }, (_, index) => `V${index}`)
    const variables = names.map((name) => `${name}=`).join('\n')
    const ten = names.slice(0, 10).join(', ')
    const targets = (number: number) =>
      Array.from({ length: number }, (_, index) => at(`s${index}`, new Map()))
    const services = Array.from({ length: 20 }, (_, index) => `shop/s${index} (${ten})`)
    const listed = `${services.join(', ')} in environment "production"`
    expect(checkEmptyValues({ targets: targets(22) }, request({ variables })).warnings).toEqual(
      added(`${listed}; 2 more`),
    )
    expect(checkEmptyValues({ targets: targets(20) }, request({ variables })).warnings).toEqual(
      added(listed),
    )
  })
})
