import { describe, expect, it } from '@jest/globals'
import { toPattern } from '../../src/inputs/fields.ts'
import type { ServiceTarget, Source } from '../../src/inventory/inventory.ts'
import type { ShardTarget } from '../../src/inventory/selection.ts'
import type { DeployStep, KeepStep, Plan, SetVariablesStep, Step } from '../../src/plan/plan.ts'
import { applyWaves } from '../../src/plan/waves.ts'

const place = {
  project: { id: 'p', name: 'shop' },
  environment: { id: 'e', name: 'production' },
}

const targetOf = (
  name: string,
  project = 'shop',
  source: Source = { kind: 'none' },
): ServiceTarget => ({
  project: { id: `id-${project}`, name: project },
  environment: { id: `e-${project}`, name: 'production' },
  instance: {
    service: { id: `${project}-${name}`, name },
    source,
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
  },
})

interface DeployOptions {
  readonly project?: string
  readonly after?: readonly string[]
  readonly source?: Source
}

function deploy(
  name: string,
  { project = 'shop', after = [], source = { kind: 'none' } }: DeployOptions = {},
): DeployStep {
  const target = targetOf(name, project, source)
  const revision = { kind: 'current' } as const
  return { id: `${project}/${name}`, action: 'deploy', target, revision, detail: '', after }
}

const keep = (name: string): KeepStep => {
  const target = targetOf(name)
  return { id: name, action: 'keep', because: 'unchanged', target, detail: '', after: [] }
}

/** Writes variables of a service, or the shared ones. */
function write(name: string | null): SetVariablesStep {
  const ids = { projectId: 'p', environmentId: 'e' }
  const owner =
    name === null
      ? ({ kind: 'shared', ...ids } as const)
      : ({ kind: 'service', ...ids, serviceId: name } as const)
  const diff = { added: ['A'], changed: [], sealed: [], removed: [], unchanged: [], kept: [] }
  return {
    id: `variables of ${name ?? 'all'}`,
    action: 'set-variables',
    target: name === null ? { ...place, instance: null } : targetOf(name),
    detail: '',
    after: [],
    variables: { owner, write: ['A'], remove: [], diff, leftoverPaths: [] },
  }
}

const context = { repository: 'acme/shop' }
const lines = (text: string) => (text === '' ? null : text.split(' ').map(toPattern))

function wavesOf(
  steps: readonly Step[],
  order: string,
  { canary = '', otherShards }: { canary?: string; otherShards?: readonly ShardTarget[] } = {},
) {
  const plan: Plan = { steps, warnings: [] }
  const inputs = { order: lines(order), canary: lines(canary), context }
  return applyWaves(plan, inputs, otherShards)
}

/** The ids by wave. */
function grouped(plan: Plan): string[] {
  const waves: string[][] = []
  for (const { id, wave = 0 } of plan.steps) {
    while (waves.length <= wave) waves.push([])
    waves[wave]?.push(id)
  }
  return waves.map((ids) => ids.join(' '))
}

function planned(result: ReturnType<typeof wavesOf>): Plan {
  if (!result.ok) throw new Error(JSON.stringify(result.failures))
  return result.value
}

const shop = ['web', 'db', 'api', 'worker'].map((name) => deploy(name))

/** Services from the repository of the run, from images, and from another repository. */
const built: Step[] = [
  deploy('web', { source: { kind: 'repository', repository: 'Acme/Shop' } }),
  deploy('cache', { source: { kind: 'image', image: 'redis:8' } }),
  deploy('api', { source: { kind: 'repository', repository: 'acme/shop' } }),
  deploy('db', { source: { kind: 'image', image: 'postgres:18' } }),
  deploy('docs', { source: { kind: 'repository', repository: 'acme/docs' } }),
]

describe('the waves of `order`', () => {
  it.each<[string, readonly Step[], string, string[]]>([
    ['one line a wave', shop, 'db api', ['shop/db', 'shop/api', 'shop/web shop/worker']],
    [
      'braces for several',
      shop,
      'db {api,worker}',
      ['shop/db', 'shop/api shop/worker', 'shop/web'],
    ],
    ['a glob', shop, 'w*', ['shop/web shop/worker', 'shop/db shop/api']],
    ['any case', shop, 'DB', ['shop/db', 'shop/web shop/api shop/worker']],
    ['an id', shop, 'shop-db', ['shop/db', 'shop/web shop/api shop/worker']],
    ['the first line that matches', shop, 'db * web', ['shop/db', 'shop/web shop/api shop/worker']],
    ['a line that repeats', shop, 'db db', ['shop/db', 'shop/web shop/api shop/worker']],
    [
      'the services built from the repository of the run',
      built,
      '@repository cache',
      ['shop/web shop/api', 'shop/cache', 'shop/db shop/docs'],
    ],
    [
      'the keyword in capitals',
      built,
      'db @Repository',
      ['shop/db', 'shop/web shop/api', 'shop/cache shop/docs'],
    ],
    [
      'the keyword, of which a line before took one',
      built,
      'api @repository',
      ['shop/api', 'shop/web', 'shop/cache shop/db shop/docs'],
    ],
    ['every service in its line', shop.slice(0, 2), 'db web', ['shop/db', 'shop/web']],
    ['all in one line', shop, '*', ['shop/web shop/db shop/api shop/worker']],
    [
      'the same service of every project',
      [...shop, deploy('db', { project: 'eu' })],
      'db',
      ['shop/db eu/db', 'shop/web shop/api shop/worker'],
    ],
    [
      'one project by the ids of its services',
      [deploy('db'), deploy('db', { project: 'eu' })],
      'eu-db',
      ['eu/db', 'shop/db'],
    ],
    [
      'lines whose services are live already',
      [keep('db'), deploy('web')],
      'db web',
      ['db shop/web'],
    ],
    ['nothing to do', [keep('db'), keep('web')], 'db web', ['db web']],
    [
      'variables with the service that they are of',
      [write('db'), deploy('db', { after: ['variables of db'] }), write('web'), deploy('web')],
      'db',
      ['variables of db shop/db', 'variables of web shop/web'],
    ],
    [
      'variables no later than the first service that needs them',
      [write('web'), deploy('web'), deploy('api', { after: ['variables of web'] })],
      'api web',
      ['variables of web shop/api', 'shop/web'],
    ],
    [
      'shared variables first',
      [write(null), deploy('web', { after: ['variables of all'] }), deploy('db')],
      'db web',
      ['variables of all', 'shop/db', 'shop/web'],
    ],
  ])('are %s', (_, steps, order, expected) => {
    expect(grouped(planned(wavesOf(steps, order)))).toEqual(expected)
  })

  it.each<[string, string, string, boolean, string[]]>([
    ['come after the canary', 'db api', 'web', true, ['web', 'db', 'api', 'worker']],
    ['lose the service that is the canary', 'db api', 'db', true, ['db', 'api', 'web worker']],
    ['are one after a whole project', '', 'shop', true, ['web db api worker']],
    ['come after a glob', '{api,worker}', 'd*', true, ['db', 'api worker', 'web']],
  ])('%s', (_, order, canary, hasCanary, expected) => {
    const plan = planned(wavesOf(shop, order, { canary }))
    expect(grouped(plan)).toEqual(
      expected.map((names) =>
        names
          .split(' ')
          .map((name) => `shop/${name}`)
          .join(' '),
      ),
    )
    expect(plan.canary ?? false).toBe(hasCanary)
  })

  it.each([
    ['is the canary', '@repository', ['shop/web shop/api', 'shop/cache shop/db shop/docs']],
    ['is not the canary', '* !@repository', ['shop/cache shop/db shop/docs', 'shop/web shop/api']],
  ])('%s, if the canary names the services of the repository', (_, canary, expected) => {
    expect(grouped(planned(wavesOf(built, '', { canary })))).toEqual(expected)
  })

  it('begin at once if the canary is live already', () => {
    const plan = planned(
      wavesOf([keep('db'), deploy('api'), deploy('web')], 'api', { canary: 'db' }),
    )
    expect(grouped(plan)).toEqual(['db shop/api', 'shop/web'])
    expect(plan.canary).toBeUndefined()
  })

  it('are those of a canary alone, whose variables are written with it', () => {
    const steps = [write('web'), deploy('web'), deploy('api', { after: ['variables of web'] })]
    expect(grouped(planned(wavesOf(steps, '', { canary: 'api' })))).toEqual([
      'variables of web shop/api',
      'shop/web',
    ])
  })

  it('do not change a plan without either input', () => {
    const plan: Plan = { steps: shop, warnings: [] }
    const same = applyWaves(plan, { order: null, canary: null, context })
    expect(same).toEqual({ ok: true, value: plan })
  })
})

describe('a line of `order` that matches nothing', () => {
  const problem = (order: string, more = {}) => {
    const result = wavesOf(shop, order, more)
    return result.ok
      ? result.value.warnings.map(({ message }) => message)
      : result.failures.map(({ code, facts }) => [code, 'given' in facts && facts.given])
  }

  it.each([
    ['a name', 'db billing', [['input-invalid', 'billing']]],
    [
      'two names',
      'billing db cart',
      [
        ['input-invalid', 'billing'],
        ['input-invalid', 'cart'],
      ],
    ],
    ['a project, which is no service', 'shop', [['input-invalid', 'shop']]],
    ['a name that ends like one', 'ap', [['input-invalid', 'ap']]],
  ])('is refused for %s', (_, order, expected) => {
    expect(problem(order)).toEqual(expected)
  })

  it.each([
    ['a glob', 'db x*', '"x*"'],
    ['one name of several in braces', '{api,wroker} db', '"wroker"'],
    ['a range', 'worker-{1..2}', '"worker-1", "worker-2"'],
    ['braces with a wildcard', '{web,cron-*}', '"cron-*"'],
  ])('causes a warning for %s', (_, order, named) => {
    expect(problem(order)).toEqual([
      expect.stringContaining(`names that no selected service matches: ${named}.`),
    ])
  })

  const eu = { id: 'id-eu', name: 'eu' }
  const otherShards = ['cart', 'billing'].map((name) => ({
    project: eu,
    service: { id: `eu-${name}`, name },
  }))

  it.each([
    ['a name', 'db * billing'],
    ['an id', '* eu-cart'],
    ['braces', '{api,cart} db'],
    ['a glob', '{w,ca}* db'],
  ])('is accepted if another shard has it: %s', (_, order) => {
    expect(problem(order, { otherShards })).toEqual([])
  })

  it.each([
    ['a name', 'billing db', '"billing"'],
    ['an id', 'eu-cart db', '"eu-cart"'],
    ['a glob', 'db car*', '"car*"'],
    ['several lines', 'cart db billing web', '"cart", "billing"'],
  ])('causes a warning if later lines do not wait for another shard: %s', (_, order, lines) => {
    expect(problem(order, { otherShards })).toEqual([
      expect.stringContaining(`lines of \`order\` belong to another shard: ${lines}.`),
    ])
  })

  it.each([
    ['order', '@repository db', {}, 'lines of `order` belong to another shard: "@repository".'],
    ['canary', '', { canary: '@repository' }, '(@repository) belongs to another shard'],
  ])(
    'causes a warning if the repository has services only in another shard: %s',
    (_, order, more, message) => {
      const others = otherShards.map((one) => ({ ...one, isOfRepository: true }))
      expect(problem(order, { otherShards: others, ...more })).toEqual([
        expect.stringContaining(message),
      ])
    },
  )

  it.each([
    ['a name', 'biling db', [['input-invalid', 'biling']]],
    ['a project of another shard', 'eu', [['input-invalid', 'eu']]],
    ['a glob', 'db x*', [expect.stringContaining('"x*"')]],
    ['one name in braces', 'db {cart,web,crat}', [expect.stringContaining('matches: "crat".')]],
  ])('is reported if no shard has it: %s', (_, order, expected) => {
    expect(problem(order, { otherShards })).toEqual(expected)
  })

  it('keeps its line for the services that are in this shard', () => {
    const result = wavesOf(shop, 'billing db', { canary: 'cart', otherShards })
    expect(grouped(planned(result))).toEqual(['shop/db', 'shop/web shop/api shop/worker'])
  })

  it('is accepted for names in a later line', () => {
    expect(problem('w* worker db')).toEqual([])
  })

  it('is reported together with a wrong canary', () => {
    expect(problem('billing', { canary: 'labs' })).toEqual([
      ['input-invalid', 'labs'],
      ['input-invalid', 'billing'],
    ])
  })

  it('names at most twenty', () => {
    const [message = ''] = problem('worker-{1..30}')
    expect(message).toContain('"worker-20" and 10 more')
    expect(message).not.toContain('worker-21')
  })
})
