import { describe, expect, it } from '@jest/globals'
import {
  changes,
  hasWork,
  isPlaced,
  isThere,
  preparesPreview,
  type Step,
  type StepEnvironment,
  starts,
} from '../../src/plan/plan.ts'
import { rollbackStep } from '../../src/plan/rollback.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, service, targetOf } from '../fixtures.ts'
import { deployStep, keepStep, previewStep, uploadStep, variablesStep } from '../report/fixtures.ts'

const web = service('web')
const target = targetOf(web)
const keep = keepStep(web)
const adopt: Step = toStep({
  action: 'adopt',
  deployment: deployment('d'),
  revision: { kind: 'latest' },
  target,
  detail: '',
})
const rollback = rollbackStep(target, { from: null, to: deployment('d') }, 0)
const upload = uploadStep(web)

describe('a step', () => {
  // the step, whether it changes something, starts a deployment, prepares a preview, is work
  it.each<[Step, boolean, boolean, boolean, boolean]>([
    [deployStep(web), true, true, false, true],
    [upload, true, true, false, true],
    [rollback, true, true, false, true],
    [adopt, false, false, false, true],
    [keep, false, false, false, false],
    [variablesStep(web), true, false, false, true],
    [previewStep('create-preview'), true, false, true, true],
    [previewStep('update-preview'), true, false, true, true],
    [previewStep('delete-preview'), true, false, false, true],
  ])('$action', (step, isChange, isStart, isPreparation, isWork) => {
    const found = [changes(step), starts(step), preparesPreview(step)]
    expect(found).toEqual([isChange, isStart, isPreparation])
    expect(hasWork({ steps: [keep, step], warnings: [] })).toBe(isWork)
  })
})

it('a plan of no steps has no work', () => {
  expect(hasWork({ steps: [], warnings: [] })).toBe(false)
})

it.each<[string, StepEnvironment, boolean]>([
  ['exists', { id: 'e', name: 'production' }, true],
  ['is made by a step', { createdBy: 'create-preview x', name: 'pr-7' }, false],
  ['does not exist', { absent: true, name: 'pr-7' }, false],
])('an environment that %s exists: %3$s', (_, environment, expected) => {
  expect(isThere(environment)).toBe(expected)
  expect(isPlaced({ ...target, environment })).toBe(expected)
})
