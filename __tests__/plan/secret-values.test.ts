import { expect, it } from '@jest/globals'
import type { VariableRequest } from '../../src/inputs/variable-inputs.ts'
import type { Step } from '../../src/plan/plan.ts'
import { collectSecretValues } from '../../src/plan/secret-values.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { toSnapshot, type VariablesSnapshot } from '../../src/plan/variables/snapshot.ts'
import { variablesOf } from '../../src/plan/variables/state.ts'
import { service, targetOf } from '../fixtures.ts'
import { deployStep, keepStep, previewStep } from '../report/fixtures.ts'
import { givenValues, variableState } from './fixtures.ts'

const targets = ['web', 'api'].map((name) => variablesOf(targetOf(service(name))))
const request: VariableRequest = {
  values: givenValues({ A: 'given', B: 'b' }),
  from: 'staging',
  names: null,
  remove: [],
  shared: false,
  mode: 'merge',
  allowEmpty: false,
  redeploy: true,
}

/** A snapshot with the variables of each service in staging. */
const snapshot = toSnapshot({ targets, bases: targets, others: [] }, [
  new Map(),
  new Map(),
  variableState({ A: 'base', C: 'of web' }),
  variableState({ A: 'base', C: 'of api' }),
])

const write = (name: string, ...names: string[]): Step => {
  const { target, owner } = variablesOf(targetOf(service(name)))
  const diff = { added: names, changed: [], sealed: [], removed: [], unchanged: [], kept: [] }
  const variables = { owner, write: names, remove: [], diff, leftoverPaths: [] }
  return toStep({ action: 'set-variables', target, variables, detail: '' })
}

const setWeb = 'set-variables p-shop/e-production/s-web'
const setApi = 'set-variables p-shop/e-production/s-api'
const setDb = 'set-variables p-shop/e-production/s-db'
const both = { A: 'given', B: 'b' }

it.each<[string, Step[], VariablesSnapshot | null, Record<string, object>]>([
  ['nothing is written', [deployStep(service('web')), keepStep(service('api'))], snapshot, {}],
  [
    'each service has its own values, overridden by those of the workflow',
    [write('web', 'A', 'C'), write('api', 'C')],
    snapshot,
    { [setWeb]: { A: 'given', C: 'of web' }, [setApi]: { C: 'of api' } },
  ],
  ['a name has no value', [write('web', 'A', 'X')], snapshot, { [setWeb]: { A: 'given' } }],
  ['a service was not read', [write('db', 'A', 'C')], snapshot, { [setDb]: { A: 'given' } }],
  ['nothing was read', [write('web', 'B', 'C')], null, { [setWeb]: { B: 'b' } }],
  [
    'a preview is created',
    [previewStep('create-preview')],
    null,
    { 'create-preview p-shop/e-pr-7': both },
  ],
  [
    'a preview is updated, and another is deleted',
    [previewStep('update-preview'), previewStep('delete-preview', 'pr-8')],
    null,
    { 'update-preview p-shop/e-pr-7': both },
  ],
])('the values to write, if %s', (_, steps, variables, expected) => {
  const values = collectSecretValues({ steps, warnings: [] }, { variables: request }, { variables })
  const plain = [...values].map(([id, own]) => [
    id,
    Object.fromEntries([...own].map(([name, value]) => [name, value.reveal()])),
  ])
  expect(Object.fromEntries(plain)).toEqual(expected)
})
