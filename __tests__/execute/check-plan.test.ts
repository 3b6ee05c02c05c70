import { describe, expect, it } from '@jest/globals'
import { checkPlan } from '../../src/execute/check-plan.ts'
import type { KeepStep, StepEnvironment } from '../../src/plan/plan.ts'

const production = { id: 'e', name: 'production' }

function step(
  id: string,
  more: Partial<KeepStep> = {},
  environment: StepEnvironment = production,
): KeepStep {
  return {
    id,
    after: [],
    action: 'keep',
    because: 'unchanged',
    detail: '',
    target: { project: { id: 'p', name: 'shop' }, environment, instance: null },
    ...more,
  }
}

describe('a plan', () => {
  it.each<[string, KeepStep[]]>([
    ['is empty', []],
    ['has a step that comes after an earlier one', [step('a'), step('b', { after: ['a'] })]],
    [
      'has a step in an environment that it makes itself',
      [step('a', {}, { createdBy: 'a', name: 'pr-7' })],
    ],
    [
      'has a step in an environment that an earlier one makes',
      [step('a'), step('b', { after: ['a'] }, { createdBy: 'a', name: 'pr-7' })],
    ],
    ['has a step after one of an earlier wave', [step('a'), step('b', { after: ['a'], wave: 2 })]],
  ])('is executed if it %s', (_, steps) => {
    expect(() => checkPlan(steps)).not.toThrow()
  })

  it.each<[string, KeepStep[], string]>([
    ['has two steps of one id', [step('a'), step('a')], 'two steps have the id a'],
    [
      'refers to an unknown step',
      [step('a', { after: ['x'] })],
      'a refers to x, which is not an earlier step',
    ],
    ['refers to a later step', [step('a', { after: ['b'] }), step('b')], 'a refers to b'],
    ['has a step after itself', [step('a', { after: ['a'] })], 'a refers to a'],
    [
      'is in an environment that no step makes',
      [step('a', {}, { createdBy: 'x', name: 'pr-7' })],
      'a refers to x, which is not an earlier step',
    ],
    [
      'has a step after one of a later wave',
      [step('a', { wave: 1 }), step('b', { after: ['a'] })],
      'b is in an earlier wave than a',
    ],
  ])('is refused if it %s', (_, steps, message) => {
    expect(() => checkPlan(steps)).toThrow(message)
  })
})
