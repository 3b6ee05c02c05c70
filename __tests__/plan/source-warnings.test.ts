import { describe, expect, it } from '@jest/globals'
import type { Deployment, ServiceInstance } from '../../src/inventory/inventory.ts'
import type { Selection } from '../../src/inventory/selection.ts'
import type { Step } from '../../src/plan/plan.ts'
import { type SourceRequest, sourceWarnings, withTriggers } from '../../src/plan/source-warnings.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, environment, project, service } from '../fixtures.ts'

const sha = 'a'.repeat(40)
const old = 'b'.repeat(40)
const request: SourceRequest = {
  command: 'deploy',
  commit: { kind: 'commit', sha },
  image: null,
  directory: null,
  fromEnvironment: null,
  context: { repository: 'acme/shop', branch: 'main', commit: sha },
}

const live = (more: Partial<Deployment> = {}) =>
  deployment('deployment-1', { commit: old, ...more })

const instance = (name: string, more: Partial<ServiceInstance> = {}) =>
  service(name, { source: { kind: 'repository', repository: 'Acme/Shop' }, ...more })

const production = environment('production', [])
const shop = project('shop', [production])

const targetOf = (one: ServiceInstance) => ({
  project: shop,
  environment: production,
  instance: one,
})

const deploy = (one: ServiceInstance): Step =>
  toStep({ action: 'deploy', revision: { kind: 'current' }, target: targetOf(one), detail: '' })

const keep = (one: ServiceInstance): Step =>
  toStep({ action: 'keep', because: 'unchanged', target: targetOf(one), detail: '' })

const setVariables = (one: ServiceInstance): Step =>
  toStep({
    action: 'set-variables',
    target: targetOf(one),
    variables: {
      owner: { kind: 'service', projectId: 'p', environmentId: 'e', serviceId: one.service.id },
      write: ['A'],
      remove: [],
      diff: { added: ['A'], changed: [], sealed: [], removed: [], unchanged: [], kept: [] },
      leftoverPaths: [],
    },
    detail: '',
  })

const adopt = (one: ServiceInstance): Step =>
  toStep({
    action: 'adopt',
    deployment: live({ status: 'BUILDING' }),
    revision: { kind: 'commit', sha },
    target: targetOf(one),
    detail: '',
  })

const selectionOf = (...named: ServiceInstance[]): Selection => ({
  environments: [{ project: shop, environment: production, instances: named }],
  named: new Set(named),
  warnings: [],
  emptyReason: null,
})

/** Returns the titles and the listed services of the warnings. */
const warningsFor = (
  steps: readonly Step[],
  named: readonly ServiceInstance[] = [],
  more: Partial<SourceRequest> = {},
  switchedOff: readonly ServiceInstance[] = [],
) =>
  sourceWarnings(
    steps,
    selectionOf(...named),
    { ...request, ...more },
    switchedOff.map(targetOf),
  ).map(({ title, message }) => `${title}: ${/: (.*?) in environment/.exec(message)?.[1]}`)

const on = (...branches: string[]) => ({
  triggers: branches.map((branch) => ({ repository: 'acme/SHOP', branch })),
})

const context = (more: Partial<SourceRequest['context']>) => ({
  context: { ...request.context, ...more },
})

describe('the warning of services that Railway deploys on pushes, too', () => {
  const web = instance('web', on('main'))
  const api = instance('api', on('main'))
  const elsewhere = instance('web', { triggers: [{ repository: 'acme/docs', branch: 'main' }] })
  const title = 'automatic deployments are on'
  it.each<[string, readonly Step[], Partial<SourceRequest>, string[]]>([
    ['the branch of the event', [deploy(web)], {}, [`${title}: shop/web`]],
    ['`latest`', [deploy(web)], { commit: { kind: 'latest' } }, [`${title}: shop/web`]],
    ['a deployment of a push', [adopt(web)], {}, [`${title}: shop/web`]],
    [
      'several services',
      [deploy(web), deploy(instance('db')), deploy(api)],
      {},
      [`${title}: shop/web, shop/api`],
    ],
    [
      'a service whose variables change, too',
      [setVariables(web), deploy(web)],
      {},
      [`${title}: shop/web`],
    ],
    ['another repository', [deploy(elsewhere)], {}, []],
    ['an event without a branch', [deploy(web)], context({ branch: null }), []],
    ['nothing to deploy', [keep(web)], {}, []],
    ['another command', [deploy(web)], { command: 'variables' }, []],
    ['a directory', [deploy(web)], { directory: 'site' }, []],
    ['another environment', [deploy(web)], { fromEnvironment: 'staging' }, []],
  ])('%s', (_, steps, more, expected) => {
    expect(warningsFor(steps, [], more)).toEqual(expected)
  })

  it('does not name services whose automatic deployments are off', () => {
    expect(warningsFor([deploy(web), deploy(api)], [], {}, [web])).toEqual([`${title}: shop/api`])
    expect(warningsFor([deploy(web), deploy(api)], [], {}, [web, api])).toEqual([])
  })
})

describe('the services whose automatic deployments have to be known', () => {
  const web = instance('web', on('release'))
  const selection = selectionOf(web, instance('db'))
  it.each<[string, Partial<SourceRequest>, ServiceInstance[]]>([
    ['have a trigger for this repository', {}, [web]],
    ['are none without a branch', context({ branch: null }), []],
    ['are none of another repository', context({ repository: 'acme/docs' }), []],
    ['are none if no commit is deployed', { command: 'list' }, []],
  ])('%s', (_, more, expected) => {
    const targets = withTriggers(selection, { ...request, ...more })
    expect(targets.map((target) => target.instance)).toEqual(expected)
  })
})

describe('the warning of services that follow another branch', () => {
  it.each<[string, Step, Partial<SourceRequest>, string[]]>([
    [
      'another branch',
      deploy(instance('web', on('release'))),
      {},
      ['services follow another branch: shop/web (follows release)'],
    ],
    [
      'a branch whose name differs in capitals',
      deploy(instance('web', on('Main'))),
      {},
      ['services follow another branch: shop/web (follows Main)'],
    ],
    [
      'a deployment of another branch that is under way',
      adopt(instance('web', on('release'))),
      {},
      ['services follow another branch: shop/web (follows release)'],
    ],
    [
      'the commit of a merge queue',
      deploy(instance('web', on('main'))),
      context({ branch: 'gh-readonly-queue/main/pr-7' }),
      ['services follow another branch: shop/web (follows main)'],
    ],
    ['the branch of the event', deploy(instance('web', on('main'))), {}, []],
    ['the branch of the event and another', deploy(instance('web', on('next', 'main'))), {}, []],
    ['no branch', deploy(instance('web')), {}, []],
    [
      'a branch of another repository',
      deploy(instance('web', { triggers: [{ repository: 'acme/docs', branch: 'next' }] })),
      {},
      [],
    ],
    ['another branch, without a deployment', keep(instance('web', on('release'))), {}, []],
    [
      'an event without a branch',
      deploy(instance('web', on('next'))),
      context({ branch: null }),
      [],
    ],
    [
      'a commit that an input gives',
      deploy(instance('web', on('release'))),
      { commit: { kind: 'commit', sha: old } },
      [],
    ],
    ['`latest`', deploy(instance('web', on('release'))), { commit: { kind: 'latest' } }, []],
  ])('%s', (_, step, more, expected) => {
    const found = warningsFor([step], [], more)
    expect(found.filter((one) => one.startsWith('services follow'))).toEqual(expected)
  })

  it('does not name services whose automatic deployments are off', () => {
    const web = instance('web', on('release'))
    expect(warningsFor([deploy(web)], [], {}, [web])).toEqual([])
  })
})

describe('the warning of named services of another repository', () => {
  const renamed = (more: Partial<ServiceInstance> = {}) =>
    instance('api', { source: { kind: 'repository', repository: 'acme/old-shop' }, ...more })
  const atOld = renamed({ active: [live()] })
  const never = renamed()
  const uploaded = renamed({ active: [live({ commit: null })] })
  const ours = instance('api')
  const image = instance('api', { source: { kind: 'image', image: 'redis:8' } })
  const title = 'services of another repository'
  it.each<[string, ServiceInstance, Partial<SourceRequest>, string[]]>([
    ['a live commit', atOld, {}, [`${title}: shop/api (acme/old-shop, at bbbbbbb)`]],
    ['nothing live', never, {}, [`${title}: shop/api (acme/old-shop, nothing is live)`]],
    ['an upload', uploaded, {}, [`${title}: shop/api (acme/old-shop, at deployment deployme)`]],
    ['this repository', ours, {}, []],
    ['an image', image, {}, []],
    ['`latest`', atOld, { commit: { kind: 'latest' } }, []],
  ])('%s', (_, one, more, expected) => {
    expect(warningsFor([deploy(one)], [one], more)).toEqual(expected)
  })

  it('is missing for a service that a glob selected, or that is kept', () => {
    expect(warningsFor([deploy(atOld)])).toEqual([])
    expect(warningsFor([keep(atOld)], [atOld])).toEqual([])
  })
})
