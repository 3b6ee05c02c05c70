import { describe, expect, it } from '@jest/globals'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import { warnUnchecked } from '../../src/plan/health-check.ts'
import type { Step } from '../../src/plan/plan.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, inputsOf, service, targetOf } from '../fixtures.ts'
import { deployStep, keepStep, previewStep, variablesStep } from '../report/fixtures.ts'

const { healthCheck } = inputsOf({ environment: 'production', 'health-check': '/healthz' })
const before = { title: 'before', message: '' }

const warned = (...steps: Step[]) =>
  warnUnchecked({ steps, warnings: [before] }, healthCheck).warnings.slice(1)
const deploy = (more: Partial<ServiceInstance>) => deployStep(service('web', more))
const adopt = toStep({
  action: 'adopt',
  deployment: deployment('d'),
  revision: { kind: 'latest' },
  target: targetOf(service('web')),
  detail: '',
})

describe('a service whose health is not checked', () => {
  it.each<[string, Step[], string]>([
    ['no address', [deploy({})], 'shop/web (no public address)'],
    [
      'a domain that is not verified',
      [deploy({ unverifiedDomains: ['web.example.com'] })],
      'shop/web (its domain is not verified)',
    ],
    [
      'a schedule',
      [deploy({ cron: true, domains: ['web.example.com'] })],
      'shop/web (it runs by a schedule)',
    ],
    ['no address, adopted', [adopt], 'shop/web (no public address)'],
    [
      'several',
      [deploy({}), deployStep(service('api'))],
      'shop/web (no public address), shop/api (no public address)',
    ],
  ])('%s', (_, steps, names) => {
    expect(warned(...steps)).toEqual([
      {
        title: 'health not checked',
        message: `\`health-check\` cannot be requested of ${names}: a deployment counts as successful there when Railway says that it is live. Give the service a domain, or leave it out of this job.`,
      },
    ])
  })

  const create = previewStep('create-preview')
  it.each<[string, Step[]]>([
    ['with an address', [deploy({ domains: ['web.example.com'] })]],
    ['that is left alone', [keepStep(service('web'))]],
    ['whose variables are set', [variablesStep(service('web'))]],
    ['in a preview that is made', [create, deployStep(service('web'), { after: [create.id] })]],
  ])('is none %s', (_, steps) => {
    expect(warned(...steps)).toEqual([])
  })

  it('is none without a health check', () => {
    const plan = { steps: [deploy({})], warnings: [] }
    expect(warnUnchecked(plan, null)).toBe(plan)
  })
})
