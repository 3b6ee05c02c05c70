import { describe, expect, it } from '@jest/globals'
import type { Plan, Step } from '../../src/plan/plan.ts'
import { planInOrder } from '../../src/report/plan-order.ts'
import { service } from '../fixtures.ts'
import { deployStep, keepStep, variablesStep } from './fixtures.ts'

const inWave = (step: Step, wave: number): Step => ({ ...step, wave })
const deploys = (name: string, wave: number) => inWave(deployStep(service(name)), wave)
const keeps = (name: string) => inWave(keepStep(service(name)), 0)
const sets = (name: string, wave: number) => inWave(variablesStep(service(name)), wave)

const lines = (steps: Step[], more: Partial<Plan> = {}) =>
  planInOrder({ steps, warnings: [], ...more }).map(({ step, wave }) =>
    [step.action, step.target.instance?.service.name, ...(wave ? [wave] : [])].join(' '),
  )

describe('the displayed order of a plan', () => {
  it('is the order of the plan without waves', () => {
    const steps = [deployStep(service('web')), keepStep(service('db')), deployStep(service('api'))]
    expect(lines(steps)).toEqual(['deploy web', 'keep db', 'deploy api'])
    expect(lines([])).toEqual([])
  })

  it('has the canary first, and unchanged services last', () => {
    const steps = [deploys('web', 1), keeps('db'), deploys('api', 0), deploys('jobs', 1)]
    expect(lines(steps, { canary: true })).toEqual([
      'deploy api canary',
      'deploy web after the canary',
      'deploy jobs after the canary',
      'keep db',
    ])
  })

  it('has the waves of `order` one after the other, each in the order of the plan', () => {
    const steps = [
      deploys('web', 2),
      sets('api', 1),
      deploys('api', 1),
      deploys('db', 0),
      deploys('cache', 0),
    ]
    expect(lines(steps)).toEqual([
      'deploy db wave 1 of 3',
      'deploy cache wave 1 of 3',
      'set-variables api wave 2 of 3',
      'deploy api wave 2 of 3',
      'deploy web wave 3 of 3',
    ])
  })

  it('counts the waves after the canary', () => {
    const steps = [deploys('web', 2), deploys('api', 1), deploys('jobs', 0)]
    expect(lines(steps, { canary: true })).toEqual([
      'deploy jobs canary',
      'deploy api wave 1 of 2',
      'deploy web wave 2 of 2',
    ])
  })
})
