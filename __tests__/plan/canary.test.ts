import { describe, expect, it } from '@jest/globals'
import { chooseCanary } from '../../src/plan/canary.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { pattern, service, targetOf } from '../fixtures.ts'
import { deployStep, previewStep } from '../report/fixtures.ts'

const inBlog = (name: string) => {
  const instance = service(name)
  return deployStep(instance, {
    target: { ...targetOf(instance), project: { id: 'p-blog', name: 'blog' } },
  })
}
const plan: Plan = {
  steps: [
    deployStep(service('web')),
    deployStep(service('api')),
    inBlog('site'),
    previewStep('update-preview'),
  ],
  warnings: [],
}
const all = ['shop', 'blog', 'web', 'api', 'site']

function canaries(entries: string[], of = plan): string[] {
  const chosen = chooseCanary(of, entries.map(pattern))
  if (!chosen.ok) throw new Error(JSON.stringify(chosen.failures))
  return of.steps
    .filter(({ target }) => chosen.value.has(target))
    .map(({ target }) => target.instance?.service.name ?? target.environment.name)
}

const named = (name: string) => ({ id: `id-${name}`, name })
const otherShards = [
  { project: named('eu'), service: named('cart') },
  { project: named('eu'), service: named('search') },
]

describe('the canary of a job with `shard`', () => {
  const choose = (...entries: string[]) => chooseCanary(plan, entries.map(pattern), { otherShards })

  it.each([
    ['a service', ['web', 'cart'], ['web'], ['(cart) belongs to another shard']],
    ['a project', ['eu', 'blog'], ['site'], ['(eu) belongs to another shard']],
    ['an id', ['id-search', 'api'], ['api'], ['(id-search) belongs to another shard']],
    ['several', ['sear*', 'api', 'cart'], ['api'], ['(sear*, cart) belongs to another shard']],
    ['an exclusion', ['shop', '!cart', '!web'], ['api', 'pr-7'], []],
    ['an excluded project', ['shop', 'cart', '!eu', '!web'], ['api', 'pr-7'], []],
    [
      'a glob that also matches here, and',
      ['*a*', '!shop', '!blog'],
      [],
      ['(*a*, !shop, !blog) belongs'],
    ],
    ['a pattern for projects that also matches here, and', ['{eu,blog}'], ['site'], []],
  ])('may name %s of another shard', (_, entries, names, warnings) => {
    const chosen = choose(...entries)
    if (!chosen.ok) throw new Error(JSON.stringify(chosen.failures))
    expect(chosen.value.warnings.map(({ message }) => message)).toEqual(
      warnings.map((one) => expect.stringContaining(one)),
    )
    const has = plan.steps.filter(({ target }) => chosen.value.has(target))
    expect(
      has.map(({ target }) => target.instance?.service.name ?? target.environment.name),
    ).toEqual(names)
  })

  it.each([
    ['a name', ['cart'], 'cart'],
    ['a project', ['EU'], 'EU'],
    ['a glob', ['sear*'], 'sear*'],
    ['the rest after an exclusion', ['eu', '!cart'], 'eu, !cart'],
  ])('causes a warning if all of it is in another shard: %s', (_, entries, shown) => {
    const chosen = choose(...entries)
    expect(chosen).toMatchObject({
      ok: true,
      value: {
        warnings: [
          {
            title: 'canary in another shard',
            message: expect.stringContaining(`The canary (${shown}) belongs to another shard`),
          },
        ],
      },
    })
    expect(chosen.ok && plan.steps.some(({ target }) => chosen.value.has(target))).toBe(false)
  })

  it.each([
    ['a name that no shard has', ['web', 'crat'], 'crat'],
    ['an exclusion that no shard has', ['web', '!crat'], 'crat'],
    ['a glob that no shard has', ['x*'], 'x*'],
    ['a pattern that matches nothing in any shard', ['cart', '!eu'], 'cart, !eu'],
  ])('is refused for %s', (_, entries, given) => {
    expect(choose(...entries)).toMatchObject({
      ok: false,
      failures: [{ facts: { input: 'canary', given } }],
    })
  })
})

describe('the canary', () => {
  it.each<[string[], string[]]>([
    [['web'], ['web']],
    [
      ['WEB', 's-api'],
      ['web', 'api'],
    ],
    [['shop'], ['web', 'api', 'pr-7']],
    [['p-blog'], ['site']],
    [['*', '!shop'], ['site']],
    [
      ['shop', '!web'],
      ['api', 'pr-7'],
    ],
    [['s*'], ['web', 'api', 'site', 'pr-7']],
    [
      ['s*', '!s*e'],
      ['web', 'api', 'pr-7'],
    ],
  ])('%j', (entries, names) => {
    expect(canaries(entries)).toEqual(names)
  })

  it('may be anything if there is nothing to deploy', () => {
    const chosen = chooseCanary({ steps: [], warnings: [] }, [pattern('*')])
    expect(chosen.ok).toBe(true)
  })

  it.each<[string[], string[]]>([
    [['wbe'], ['wbe']],
    [
      ['web', '!wbe', 'nope'],
      ['nope', 'wbe'],
    ],
    [['x*'], ['x*']],
    [['web', '!web'], ['web, !web']],
  ])('is refused: %j', (entries, given) => {
    expect(chooseCanary(plan, entries.map(pattern))).toEqual({
      ok: false,
      failures: given.map((text) => ({
        code: 'input-invalid',
        facts: {
          input: 'canary',
          given: text,
          problem: { kind: 'no-match', of: 'projects-or-services', available: all },
        },
      })),
    })
  })
})
