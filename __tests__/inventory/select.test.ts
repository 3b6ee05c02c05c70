import { describe, expect, it } from '@jest/globals'
import type { Failure } from '../../src/errors/codes.ts'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { select } from '../../src/inventory/select.ts'
import type { SelectionRequest } from '../../src/inventory/selection.ts'
import type { TokenScope } from '../../src/scope/token-scope.ts'
import { environment, imageReference, inventory, pattern, project, service } from '../fixtures.ts'

const image = (name: string, reference: string) =>
  service(name, { source: { kind: 'image', image: reference } })
const elsewhere = (name: string) =>
  service(name, { source: { kind: 'repository', repository: 'acme/billing' } })

const shop = project('shop', [
  environment('production', [service('web'), service('api'), image('db', 'postgres:16')], {
    id: 'shop-production',
  }),
  environment('staging', [service('web'), service('worker')], { id: 'shop-staging' }),
])
const blog = project('blog', [
  environment('production', [service('site')], { id: 'blog-production' }),
])
const billing = project('billing', [
  environment('live', [elsewhere('invoices')], { id: 'billing-live' }),
])
const all = inventory([shop, blog, billing])

const workspace: TokenScope = {
  kind: 'workspace',
  workspace: { id: 'w', name: 'Acme' },
  uncertainties: [],
}
const projectToken: TokenScope = {
  kind: 'project',
  projectId: 'p-shop',
  environmentId: 'shop-production',
  uncertainties: [],
}

interface Requested {
  projects?: string[] | null
  services?: string[] | null
  more?: Partial<SelectionRequest>
}

const request = ({ projects = null, services = null, more }: Requested): SelectionRequest => ({
  projects: projects?.map(pattern) ?? null,
  environment: 'production',
  defaultEnvironment: 'all',
  services: services?.map(pattern) ?? null,
  defaultServices: 'built-from-repository',
  repository: 'acme/shop',
  shard: null,
  changesTargets: true,
  ...more,
})

function chosen(requested: Requested, from: Inventory = all, scope: TokenScope = workspace) {
  const result = select(from, scope, request(requested))
  if (!result.ok) throw new Error(JSON.stringify(result.failures))
  const { environments, named, warnings, emptyReason } = result.value
  return {
    services: environments.flatMap((one) =>
      one.instances.map(
        (each) => `${one.project.name}/${one.environment.name}/${each.service.name}`,
      ),
    ),
    named: [...named].map((one) => one.service.name),
    warnings,
    emptyReason,
  }
}

function refused(requested: Requested, from: Inventory = all, scope: TokenScope = workspace) {
  const result = select(from, scope, request(requested))
  if (result.ok) throw new Error('something was selected')
  return result.failures
}

const codes = (failures: readonly Failure[]) => failures.map(({ code }) => code)

describe('the selected services', () => {
  it.each<[string, Requested, string[]]>([
    [
      'by default those built from this repository, in every project that has the environment',
      {},
      ['shop/production/web', 'shop/production/api', 'blog/production/site'],
    ],
    ['in one project', { projects: ['shop'] }, ['shop/production/web', 'shop/production/api']],
    ['by the id of a project', { projects: ['p-blog'] }, ['blog/production/site']],
    ['without an excluded project', { projects: ['!shop'] }, ['blog/production/site']],
    [
      'in the other environment',
      { projects: ['shop'], more: { environment: 'staging' } },
      ['shop/staging/web', 'shop/staging/worker'],
    ],
    [
      'in an environment by its id, without regard to case',
      { projects: ['shop'], more: { environment: 'SHOP-STAGING' } },
      ['shop/staging/web', 'shop/staging/worker'],
    ],
    ['one service by name', { projects: ['shop'], services: ['API'] }, ['shop/production/api']],
    [
      'one service by id, of any source',
      { projects: ['shop'], services: ['s-db'] },
      ['shop/production/db'],
    ],
    [
      'every service',
      { projects: ['shop'], services: ['*'] },
      ['shop/production/web', 'shop/production/api', 'shop/production/db'],
    ],
    [
      'everything of the repository but one',
      { projects: ['shop'], services: ['!web'] },
      ['shop/production/api'],
    ],
    [
      'the repository by its keyword, and one more',
      { projects: ['shop'], services: ['@repository', 'db', '!api'] },
      ['shop/production/web', 'shop/production/db'],
    ],
    [
      'the services of an image',
      {
        projects: ['shop'],
        more: { defaultServices: { image: imageReference('postgres:17') } },
      },
      ['shop/production/db'],
    ],
    [
      'all environments of a listing',
      {
        projects: ['shop'],
        more: { environment: null, defaultServices: 'all', changesTargets: false },
      },
      [
        'shop/production/web',
        'shop/production/api',
        'shop/production/db',
        'shop/staging/web',
        'shop/staging/worker',
      ],
    ],
    [
      'the base environment of a preview',
      { projects: ['shop'], more: { environment: null, defaultEnvironment: 'base' } },
      ['shop/production/web', 'shop/production/api'],
    ],
    [
      'all of the base but one, for a preview that starts the services of its clone',
      {
        projects: ['shop'],
        services: ['!web'],
        more: { environment: null, defaultEnvironment: 'base' },
      },
      ['shop/production/api', 'shop/production/db'],
    ],
  ])('%s', (_, requested, services) => {
    expect(chosen(requested).services).toEqual(services)
  })

  it('include an environment without services only if whole environments are selected', () => {
    const empty = inventory([project('new', [environment('production', [])])])
    const result = select(empty, workspace, request({ more: { defaultServices: 'all' } }))
    expect(result).toMatchObject({ ok: true, value: { environments: [{ instances: [] }] } })
  })

  it('include nothing of another repository with the keyword', () => {
    const both = inventory([shop, project('old', [environment('production', [elsewhere('x')])])])
    expect(chosen({ services: ['@repository'] }, both).services).toEqual([
      'shop/production/web',
      'shop/production/api',
    ])
  })

  it('distinguish matches of a name from matches of a glob', () => {
    expect(chosen({ projects: ['shop'], services: ['web', 'a*'] })).toMatchObject({
      services: ['shop/production/web', 'shop/production/api'],
      named: ['web'],
    })
    expect(chosen({}).named).toEqual([])
  })

  it('are only those of the environment of a project token', () => {
    const own = inventory([shop])
    expect(chosen({ more: { environment: null } }, own, projectToken).services).toEqual([
      'shop/production/web',
      'shop/production/api',
    ])
  })
})

describe('an empty selection without an error', () => {
  it.each<[string, Requested, string]>([
    [
      'no projects',
      { projects: [] },
      'This run has nothing to do, because the input `projects` is an empty list and selects nothing.',
    ],
    [
      'no services',
      { services: [] },
      'This run has nothing to do, because the input `services` is an empty list and selects nothing.',
    ],
    [
      'an empty shard',
      { projects: ['shop'], more: { shard: { part: 1, of: 2 } } },
      'This job has nothing to do, because none of the selected projects belongs to shard 1/2.',
    ],
  ])('%s', (_, requested, message) => {
    expect(chosen(requested)).toEqual({
      services: [],
      named: [],
      warnings: [],
      emptyReason: { title: 'nothing selected', message },
    })
  })

  it('is not reported for a shard with projects', () => {
    const parts = [1, 2].map((part) => chosen({ more: { shard: { part, of: 2 } } }))
    expect(parts.flatMap(({ services }) => services).sort()).toEqual([
      'blog/production/site',
      'shop/production/api',
      'shop/production/web',
    ])
    expect(chosen({ more: { shard: { part: 1, of: 1 } } }).emptyReason).toBeNull()
  })

  it('still reports a project that does not exist if no services are selected', () => {
    expect(codes(refused({ projects: ['shpo'], services: [] }))).toEqual(['project-not-in-scope'])
  })
})

describe('projects that cannot be selected', () => {
  it.each<[string, string[], object]>([
    [
      'a misspelled name',
      ['shpo'],
      {
        requested: 'shpo',
        workspace: 'workspace "Acme"',
        available: ['shop', 'blog', 'billing'],
        nearest: 'shop',
      },
    ],
    ['a misspelled exclusion', ['*', '!shpo'], { requested: 'shpo', nearest: 'shop' }],
    ['a glob that matches nothing', ['x*'], { requested: 'x*', nearest: null }],
    [
      'everything excluded',
      ['shop', '!sho*'],
      { requested: 'shop, !sho*', isList: true, nearest: null },
    ],
    [
      'a name, with the nearest names first',
      ['billing-api'],
      { available: ['billing', 'blog', 'shop'], nearest: null },
    ],
  ])('%s', (_, projects, facts) => {
    expect(refused({ projects })).toMatchObject([{ code: 'project-not-in-scope', facts }])
  })

  it('an empty workspace', () => {
    expect(refused({}, inventory([]))).toEqual([
      {
        code: 'project-not-in-scope',
        facts: { requested: '*', workspace: 'workspace "Acme"', available: [], nearest: null },
      },
    ])
  })

  it('are all reported, with all other errors', () => {
    const failures = refused({ projects: ['shop', 'nope', 'nada'], services: ['wbe'] })
    expect(codes(failures)).toEqual([
      'project-not-in-scope',
      'project-not-in-scope',
      'service-not-found',
    ])
  })

  it('everything excluded, and a misspelled name, is one failure', () => {
    expect(codes(refused({ projects: ['nope', '!*'] }))).toEqual(['project-not-in-scope'])
    expect(refused({ projects: ['x*', '!shop'] })).toMatchObject([
      { facts: { requested: 'x*, !shop' } },
    ])
  })

  it('two of the same name', () => {
    const twins = inventory([shop, project('Shop', shop.environments, { id: 'p-2' })])
    expect(refused({ projects: ['shop'] }, twins)).toEqual([
      {
        code: 'input-invalid',
        facts: {
          input: 'projects',
          given: 'shop',
          problem: { kind: 'ambiguous-name', ids: ['p-shop', 'p-2'], project: null },
        },
      },
    ])
  })

  it.each<[string, Requested, object]>([
    [
      'another project',
      { projects: ['blog'] },
      {
        project: 'shop',
        environment: 'production',
        beyond: { kind: 'project', name: 'blog' },
        nearest: null,
        input: 'projects',
        entry: 'blog',
      },
    ],
    [
      'a misspelled name of its own',
      { projects: ['shpo'] },
      { beyond: { kind: 'project', name: 'shpo' }, nearest: 'shop', entry: 'shpo' },
    ],
    [
      'none of its projects',
      { projects: ['x*'] },
      { beyond: { kind: 'projects', name: 'x*' }, entry: 'x*' },
    ],
    [
      'another environment',
      { more: { environment: 'staging' } },
      {
        beyond: { kind: 'environment', name: 'staging' },
        input: 'environment',
        entry: 'staging',
        nearest: null,
      },
    ],
    [
      'an environment that is one letter off',
      { more: { environment: 'productoin' } },
      { beyond: { kind: 'environment', name: 'productoin' }, nearest: 'production' },
    ],
  ])('a project token and %s', (_, requested, facts) => {
    expect(refused(requested, inventory([shop]), projectToken)).toMatchObject([
      { code: 'token-project-scoped', facts },
    ])
  })

  it('a project token and the base environment, which is another one', () => {
    const based = project('shop', shop.environments, { baseEnvironmentId: 'shop-staging' })
    const [failure, ...others] = refused(
      { more: { environment: null, defaultEnvironment: 'base' } },
      inventory([based]),
      projectToken,
    )
    expect(others).toEqual([])
    expect(failure).toEqual({
      code: 'token-project-scoped',
      facts: {
        project: 'shop',
        environment: 'production',
        beyond: { kind: 'environment', name: null },
        nearest: null,
        input: 'environment',
      },
    })
  })

  it('a project token whose project shows nothing of its environment', () => {
    const bare = inventory([project('shop', [])])
    expect(refused({ projects: ['blog'] }, bare, projectToken)).toMatchObject([
      { facts: { environment: 'shop-production' } },
    ])
    expect(refused({ projects: ['blog'] }, inventory([]), projectToken)).toMatchObject([
      { code: 'project-not-in-scope', facts: { workspace: 'the scope of this project token' } },
    ])
  })
})

describe('environments that cannot be selected', () => {
  it('one that no project has', () => {
    expect(refused({ projects: ['shop'], more: { environment: 'prodution' } })).toEqual([
      {
        code: 'environment-not-found',
        facts: {
          requested: 'prodution',
          project: 'shop',
          available: ['production', 'staging'],
          nearest: 'production',
          elsewhere: [],
        },
      },
    ])
  })

  it('one that a named project lacks and another has', () => {
    const requested = { projects: ['shop', 'blog'], more: { environment: 'staging' } }
    expect(refused(requested)).toEqual([
      {
        code: 'environment-not-found',
        facts: {
          requested: 'staging',
          project: 'blog',
          available: ['production'],
          nearest: null,
          elsewhere: ['shop'],
        },
      },
    ])
  })

  it('is missing in a project that only a glob selects: the project is skipped, with a warning', () => {
    const requested = { more: { environment: 'staging' } }
    expect(chosen(requested)).toMatchObject({
      services: ['shop/staging/web', 'shop/staging/worker'],
      warnings: [
        {
          title: 'project left out',
          message:
            'Project "blog" is left out, because it has no environment "staging". Its environments: "production". Other selected projects have "staging". To include the project, create the environment in it. To leave it out without this warning, add `!blog` to `projects`.',
        },
      ],
    })
  })

  it.each<[string, Requested, number]>([
    ['does not matter if it contains nothing of this repository', {}, 0],
    ['matters if every service is selected', { more: { defaultServices: 'all' } }, 1],
    ['matters if services are named', { services: ['*'] }, 1],
  ])('a project without the environment %s', (_, requested, warnings) => {
    const two = inventory([shop, billing])
    expect(chosen(requested, two).warnings).toHaveLength(warnings)
  })

  it.each<[string, Partial<SelectionRequest>, number]>([
    ['matters if one of its services is of this repository', {}, 1],
    ['matters even without services, if every service is selected', { defaultServices: 'all' }, 2],
  ])('a project of several environments without this one %s', (_, more, warnings) => {
    const mixed = project('mixed', [
      environment('live', [elsewhere('invoices'), service('web')], { id: 'mixed-live' }),
      environment('test', [elsewhere('invoices')], { id: 'mixed-test' }),
    ])
    const empty = project('empty', [environment('live', [], { id: 'empty-live' })])
    const requested = { more: { environment: 'staging', ...more } }
    expect(chosen(requested, inventory([shop, mixed, empty])).warnings).toHaveLength(warnings)
  })

  it('two of the same name', () => {
    const twins = inventory([
      project('shop', [
        environment('production', [service('web')], { id: 'e1' }),
        environment('Production', [service('web')], { id: 'e2' }),
      ]),
    ])
    expect(refused({}, twins)).toEqual([
      {
        code: 'input-invalid',
        facts: {
          input: 'environment',
          given: 'production',
          problem: { kind: 'ambiguous-name', ids: ['e1', 'e2'], project: null },
        },
      },
    ])
  })

  const locked = inventory([
    project('shop', [environment('production', [], { accessible: false })]),
  ])
  it.each<[string, Partial<SelectionRequest>]>([
    ['that is named', {}],
    ['that a preview is cloned from', { environment: null, defaultEnvironment: 'base' }],
  ])('a restricted one %s, without an error about the services in it', (_, more) => {
    expect(refused({ services: ['web'], more }, locked)).toEqual([
      {
        code: 'environment-restricted',
        facts: { project: 'shop', environment: 'production', tokenType: 'workspace' },
      },
    ])
  })

  it('a restricted one is listed if all environments are', () => {
    const more: Partial<SelectionRequest> = {
      environment: null,
      defaultServices: 'all',
      changesTargets: false,
    }
    expect(select(locked, workspace, request({ more }))).toMatchObject({
      ok: true,
      value: { environments: [{ environment: { name: 'production' } }] },
    })
  })

  it('a project without a base environment', () => {
    const baseless = inventory([project('shop', shop.environments, { baseEnvironmentId: null })])
    const more: Partial<SelectionRequest> = { environment: null, defaultEnvironment: 'base' }
    expect(refused({ more }, baseless)).toMatchObject([{ code: 'project-not-in-scope' }])
  })
})

describe('services that cannot be selected', () => {
  it('a misspelled one', () => {
    expect(refused({ projects: ['shop'], services: ['wbe'] })).toEqual([
      {
        code: 'service-not-found',
        facts: {
          requested: 'wbe',
          where: 'environment "production" of project "shop"',
          available: ['"web" (acme/shop)', '"api" (acme/shop)', '"db" (image postgres:16)'],
          nearest: 'web',
          repository: 'acme/shop',
          elsewhere: [],
        },
      },
    ])
  })

  it('one that another environment has', () => {
    expect(refused({ projects: ['shop'], services: ['worker'] })).toMatchObject([
      { facts: { nearest: null, elsewhere: ['environment "staging" of project "shop"'] } },
    ])
  })

  it('a misspelled exclusion', () => {
    expect(refused({ projects: ['shop'], services: ['*', '!wbe'] })).toMatchObject([
      { code: 'service-not-found', facts: { requested: 'wbe', nearest: 'web' } },
    ])
  })

  it('globs and exclusions that leave nothing', () => {
    expect(refused({ services: ['w*', '!web'] })).toMatchObject([
      {
        code: 'service-not-found',
        facts: {
          requested: 'w*, !web',
          isList: true,
          where: 'environment "production" of the 2 selected projects',
        },
      },
    ])
  })

  it('none that is built from this repository', () => {
    const failures = refused({ projects: ['billing'], more: { environment: 'live' } })
    expect(failures).toMatchObject([
      {
        code: 'service-not-found',
        facts: { requested: null, available: ['"invoices" (acme/billing)'], nearest: null },
      },
    ])
    expect(failures[0]?.facts).not.toHaveProperty('image')
  })

  it('no service of an image', () => {
    const more = { defaultServices: { image: imageReference('redis:7') } }
    expect(refused({ projects: ['shop'], more })).toMatchObject([
      { facts: { requested: null, image: 'docker.io/library/redis' } },
    ])
  })

  it('a project that was named and in which nothing is selected', () => {
    const requested = { projects: ['shop', 'blog'], services: ['web'] }
    expect(chosen(requested).warnings).toEqual([
      {
        title: 'nothing selected in a project',
        message:
          'These projects are named in `projects`, but none of their services is selected, so nothing is done there: "blog". Select services with `services`, or exclude the projects with `!` in `projects`. Without `services`, the services built from acme/shop are selected.',
      },
    ])
    expect(chosen({ ...requested, more: { changesTargets: false } }).warnings).toEqual([])
    expect(chosen({ ...requested, projects: ['*o*'] }).warnings).toEqual([])
  })
})

describe('parts that Railway did not return', () => {
  const gap = (environmentId: string | null) => ({
    place: 'shop / production / web',
    environmentId,
    field: 'source',
    message: 'Problem processing request',
  })

  it.each<[string, string | null]>([
    ['in a selected environment', 'shop-production'],
    ['above the environments', null],
  ])('%s end a run that changes something', (_, id) => {
    expect(refused({}, inventory([shop], [gap(id)]))).toMatchObject([
      { code: 'api-unavailable', facts: { object: '"source" of shop / production / web' } },
    ])
  })

  it('are reported with the other errors, before services are searched', () => {
    const requested = { projects: ['shop', 'nope'], services: ['nothing'] }
    expect(codes(refused(requested, inventory([shop], [gap(null)])))).toEqual([
      'project-not-in-scope',
      'api-unavailable',
    ])
  })

  it('do not matter in an environment that is not selected', () => {
    expect(chosen({}, inventory([shop], [gap('shop-staging')])).warnings).toEqual([])
  })

  it('are a warning when they are listed', () => {
    const more = { changesTargets: false }
    expect(chosen({ more }, inventory([shop], [gap(null)])).warnings).toMatchObject([
      { title: 'parts of the inventory are missing' },
    ])
  })
})
