import { describe, expect, it } from '@jest/globals'
import { dependentsOf } from '../../../src/plan/variables/dependents.ts'
import { type PlainVariables, variableState } from '../fixtures.ts'

const ref = (name: string) => `\${{${name}}}`

// the changed owner and names, all variables, the services that use them
it.each<[string, string, string[], Record<string, PlainVariables>, string[]]>([
  ['nothing changed', 'web', [], { api: { URL: ref('web.A') } }, []],
  ['no service refers to it', 'web', ['A'], { api: { URL: 'A' } }, []],
  ['another service refers to it', 'web', ['A'], { api: { URL: ref('web.A') }, db: {} }, ['api']],
  ['another name of it is referred to', 'web', ['A'], { api: { URL: ref('web.B') } }, []],
  ['the same name of another service', 'web', ['A'], { api: { URL: ref('db.A') } }, []],
  ['a service refers to its own', 'web', ['A'], { web: { URL: ref('A') } }, ['web']],
  ['a service has its own of that name', 'web', ['A'], { api: { A: '1', URL: ref('A') } }, []],
  ['the shared ones', 'shared', ['A'], { api: { URL: ref('shared.A') }, web: {} }, ['api']],
  [
    'a shared one is in the chain',
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

describe('the users of a shared variable', () => {
  const environment = {
    shared: variableState({ REGION: 'eu', URL: ref('shared.REGION'), LOCAL: ref('REGION') }),
    services: [
      { service: 1, name: 'direct', state: variableState({ A: ref('shared.REGION') }) },
      { service: 2, name: 'through', state: variableState({ A: `x${ref('shared.URL')}` }) },
      { service: 3, name: 'by.neighbour', state: variableState({ A: ref('through.A') }) },
      { service: 4, name: 'alias', state: variableState({ A: ref('B'), B: ref('shared.LOCAL') }) },
      { service: 5, name: 'other', state: variableState({ REGION: 'eu', A: ref('REGION') }) },
      {
        service: 6,
        name: 'case',
        state: variableState({ A: ref('Through.A'), B: ref('shared.region') }),
      },
    ],
  }

  it('are those that refer to it, directly or not', () => {
    expect(dependentsOf({ owner: 'shared', names: ['REGION'] }, environment)).toEqual([1, 2, 3, 4])
    expect(dependentsOf({ owner: 'shared', names: ['URL'] }, environment)).toEqual([2, 3])
    expect(dependentsOf({ owner: 'shared', names: ['NOBODY'] }, environment)).toEqual([])
  })

  it('are found of a variable of another service, over any number of hops', () => {
    const chain = {
      shared: variableState({ VIA: ref('db.URL') }),
      services: [
        { service: 1, name: 'db', state: variableState({ HOST: 'h', URL: ref('HOST') }) },
        { service: 2, name: 'api', state: variableState({ URL: ref('shared.VIA') }) },
        { service: 3, name: 'web', state: variableState({ API: ref('api.URL') }) },
        { service: 4, name: 'docs', state: variableState({ HOST: 'other' }) },
      ],
    }
    expect(dependentsOf({ owner: 'db', names: ['HOST'] }, chain)).toEqual([1, 2, 3])
    expect(dependentsOf({ owner: 'api', names: ['URL'] }, chain)).toEqual([3])
    expect(dependentsOf({ owner: 'docs', names: ['HOST'] }, chain)).toEqual([])
  })

  it('are found although references go in circles', () => {
    const circle = variableState({ A: ref('shared.B'), B: ref('shared.A') })
    expect(
      dependentsOf({ owner: 'shared', names: ['A'] }, { shared: circle, services: [] }),
    ).toEqual([])
  })
})
