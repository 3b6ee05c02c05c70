import { expect, it } from '@jest/globals'
import { dependentsOf } from '../../../src/plan/variables/dependents.ts'
import { type PlainVariables, variableState } from '../fixtures.ts'

const ref = (name: string) => `\${{${name}}}`

// the changed owner and names, all variables, the services that use them
it.each<[string, string, string[], Record<string, PlainVariables>, string[]]>([
  ['nothing changed', 'web', [], { api: { URL: ref('web.A') } }, []],
  ['nobody refers to it', 'web', ['A'], { api: { URL: 'A' } }, []],
  ['another service refers to it', 'web', ['A'], { api: { URL: ref('web.A') }, db: {} }, ['api']],
  ['another name of it is referred to', 'web', ['A'], { api: { URL: ref('web.B') } }, []],
  ['the same name of another service', 'web', ['A'], { api: { URL: ref('db.A') } }, []],
  ['a service refers to its own', 'web', ['A'], { web: { URL: ref('A') } }, ['web']],
  ['a service has its own of that name', 'web', ['A'], { api: { A: '1', URL: ref('A') } }, []],
  ['the shared ones', 'shared', ['A'], { api: { URL: ref('shared.A') }, web: {} }, ['api']],
  [
    'a shared one is in between',
    'web',
    ['A'],
    { shared: { URL: ref('web.A') }, api: { B: ref('shared.URL') } },
    ['api'],
  ],
  [
    'shared ones refer to each other',
    'shared',
    ['A'],
    { shared: { B: ref('A') }, api: { URL: ref('shared.B') } },
    ['api'],
  ],
  [
    'a chain is listed against its direction',
    'web',
    ['A'],
    { db: { X: ref('api.X') }, api: { X: ref('site.X') }, site: { X: ref('web.A') } },
    ['db', 'api', 'site'],
  ],
  [
    'two refer to each other',
    'web',
    ['A'],
    { web: { X: ref('api.X') }, api: { X: ref('web.X'), Y: ref('web.A') } },
    ['api'],
  ],
  [
    'two names changed',
    'web',
    ['A', 'B'],
    { api: { X: ref('web.B') }, db: { X: ref('web.A') } },
    ['api', 'db'],
  ],
])('%s', (_, owner, names, { shared = {}, ...services }, expected) => {
  const found = dependentsOf(
    { owner, names },
    {
      shared: variableState(shared),
      services: Object.entries(services).map(([name, values]) => ({
        service: name,
        name,
        state: variableState(values),
      })),
    },
  )
  expect(found).toEqual(expected)
})
