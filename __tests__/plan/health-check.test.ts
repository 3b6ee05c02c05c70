import { describe, expect, it } from '@jest/globals'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import { warnWithoutHealthCheck } from '../../src/plan/health-check.ts'
import type { Step } from '../../src/plan/plan.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, inputsOf, service, targetOf } from '../fixtures.ts'
import { deployStep, keepStep, previewStep, variablesStep } from '../report/fixtures.ts'

const { healthCheck } = inputsOf({ environment: 'production', 'health-check': '/healthz' })
const before = { title: 'before', message: '' }

const warned = (...steps: Step[]) =>
  warnWithoutHealthCheck({ steps, warnings: [before] }, healthCheck).warnings.slice(1)
const deploy = (more: Partial<ServiceInstance>) => deployStep(service('web', more))
const adopt = toStep({
  action: 'adopt',
  deployment: deployment('d'),
  revision: { kind: 'latest' },
  target: targetOf(service('web')),
  detail: '',
})

describe('a service whose health is not checked', () => {
  const effect =
    'A deployment of such a service counts as successful as soon as Railway reports it as live.'
  const withoutAddress = (names: string) =>
    `\`health-check\` cannot check services without a public address: ${names} in environment "production". ${effect} To have them checked, generate a domain for them in Railway. If they need no public address, ignore this warning.`
  const unverified = (names: string) =>
    `\`health-check\` cannot check services whose domains are not verified yet: ${names} in environment "production". ${effect} To have them checked, complete the DNS records of the domains that Railway shows in the settings of the service.`
  const onSchedule = (names: string) =>
    `\`health-check\` cannot check services that run on a schedule, because they serve no requests between two runs: ${names} in environment "production". ${effect} To avoid this warning, deploy them in a step without \`health-check\`.`
  const domain = ['web.example.com']

  it.each<[string, Step[], string[]]>([
    ['no address', [deploy({})], [withoutAddress('shop/web')]],
    [
      'a domain that is not verified',
      [deploy({ unverifiedDomains: domain })],
      [unverified('shop/web')],
    ],
    ['a schedule', [deploy({ cron: true, domains: domain })], [onSchedule('shop/web')]],
    ['no address, adopted', [adopt], [withoutAddress('shop/web')]],
    ['several', [deploy({}), deployStep(service('api'))], [withoutAddress('shop/web, shop/api')]],
    [
      'one for each reason',
      [
        deploy({}),
        deployStep(service('tick', { cron: true })),
        deployStep(service('new', { unverifiedDomains: domain })),
        deployStep(service('api')),
      ],
      [withoutAddress('shop/web, shop/api'), onSchedule('shop/tick'), unverified('shop/new')],
    ],
  ])('%s', (_, steps, messages) => {
    expect(warned(...steps)).toEqual(
      messages.map((message) => ({ title: 'health not checked', message })),
    )
  })

  const create = previewStep('create-preview')
  it.each<[string, Step[]]>([
    ['with an address', [deploy({ domains: ['web.example.com'] })]],
    ['that is unchanged', [keepStep(service('web'))]],
    ['whose variables are set', [variablesStep(service('web'))]],
    ['in a preview that is made', [create, deployStep(service('web'), { after: [create.id] })]],
  ])('is not reported if it is %s', (_, steps) => {
    expect(warned(...steps)).toEqual([])
  })

  it('is not reported without a health check', () => {
    const plan = { steps: [deploy({})], warnings: [] }
    expect(warnWithoutHealthCheck(plan, null)).toBe(plan)
  })
})
