import { describe, expect, it } from '@jest/globals'
import type { DeployStep, KeepStep, Plan, Step, StepEnvironment } from '../../src/plan/plan.ts'
import { assignStepIds, draftId, targetKey, toStep } from '../../src/plan/step-id.ts'
import { deployment } from '../fixtures.ts'

interface Names {
  project?: string
  environment?: StepEnvironment
  service?: string
}

const targetOf = ({
  project = 'p1',
  environment = { id: 'e1', name: 'production' },
  service = 's1',
}: Names = {}) => ({
  project: { id: project, name: 'shop' },
  environment,
  instance: {
    service: { id: service, name: 'web' },
    source: { kind: 'none' as const },
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
  },
})

const keep = (names: Names = {}, after: string[] = []): KeepStep =>
  toStep({ action: 'keep', because: 'unchanged', detail: '', target: targetOf(names) }, after)

const planOf = (...steps: Step[]): Plan => ({ steps, warnings: [] })

describe('the key of a target', () => {
  it.each<[string, Parameters<typeof targetKey>[0], string]>([
    ['a service', targetOf(), 'p1/e1/s1'],
    ['an environment', { ...targetOf(), instance: null }, 'p1/e1'],
    [
      'a service in an environment that is yet to be made',
      targetOf({ environment: { createdBy: 'x', name: 'pr-7' } }),
      'p1/pr-7/s1',
    ],
    [
      'an environment that does not exist',
      { ...targetOf({ environment: { absent: true, name: 'pr-7' } }), instance: null },
      'p1/pr-7',
    ],
  ])('of %s', (_, target, key) => {
    expect(targetKey(target)).toBe(key)
    expect(draftId('deploy', target)).toBe(`deploy ${key}`)
  })
})

describe('the ids of a finished plan', () => {
  it('are readable names, without changing anything else', () => {
    const step = keep()
    expect(assignStepIds(planOf(step)).steps).toEqual([{ ...step, id: 'keep shop/production/web' }])
  })

  it('are numbered if names repeat, and refer to the same steps as before', () => {
    const [first, second, third] = [keep(), keep({ service: 's2' }), keep({ project: 'p2' })]
    const last = keep({ service: 's4' }, [second.id, third.id])
    const named = assignStepIds(planOf(first, second, third, last)).steps
    expect(named.map(({ id, after }) => [id, after])).toEqual([
      ['keep shop/production/web', []],
      ['keep shop/production/web (2)', []],
      ['keep shop/production/web (3)', []],
      [
        'keep shop/production/web (4)',
        ['keep shop/production/web (2)', 'keep shop/production/web (3)'],
      ],
    ])
  })

  it('name the step that makes the environment', () => {
    const environment = { createdBy: 'create-preview p1/pr-7', name: 'pr-7' }
    const target = { ...targetOf({ environment }), instance: null }
    const create = toStep({
      action: 'create-preview',
      detail: '',
      target,
      preview: {
        base: { id: 'e1', name: 'production' },
        services: [],
        changes: [],
        request: {
          commit: { kind: 'latest' },
          force: false,
          newer: [],
          context: { repository: 'acme/shop', branch: null },
        },
        deployed: [],
        message: '',
      },
    })
    const deploy: DeployStep = toStep(
      {
        action: 'deploy',
        revision: { kind: 'latest' },
        detail: '',
        target: targetOf({ environment }),
      },
      [create.id],
    )
    const adopt: Step = toStep({
      action: 'adopt',
      deployment: deployment('d'),
      revision: { kind: 'latest' },
      detail: '',
      target: targetOf({ environment, service: 's2' }),
    })
    const kept: Step = toStep({
      action: 'keep',
      because: 'unchanged',
      detail: '',
      target: targetOf({ environment, service: 's3' }),
    })
    const { steps } = assignStepIds(planOf(create, deploy, adopt, kept))
    const place = { createdBy: 'create-preview shop/pr-7', name: 'pr-7' }
    expect(steps).toMatchObject([
      { id: 'create-preview shop/pr-7', target: { environment: place } },
      {
        id: 'deploy shop/pr-7/web',
        after: ['create-preview shop/pr-7'],
        target: { environment: place },
      },
      { id: 'adopt shop/pr-7/web', after: [], target: { environment: place } },
      { id: 'keep shop/pr-7/web', after: [], target: { environment: place } },
    ])
  })

  it('are refused if two steps are the same, or if a step is missing', () => {
    expect(() => assignStepIds(planOf(keep(), keep()))).toThrow(
      'two steps of one id: keep p1/e1/s1',
    )
    expect(() => assignStepIds(planOf(keep({}, ['x'])))).toThrow('a step refers to x')
  })
})
