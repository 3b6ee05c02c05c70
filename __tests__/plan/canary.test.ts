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
    .filter(({ target }) => chosen.value(target))
    .map(({ target }) => target.instance?.service.name ?? target.environment.name)
}

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

  it('may be anything where there is nothing', () => {
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
