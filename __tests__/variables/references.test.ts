import { describe, expect, it } from '@jest/globals'
import { dependentsOf } from '../../src/plan/variables/dependents.ts'
import type { VariableState } from '../../src/plan/variables/state.ts'
import { Secret } from '../../src/secret.ts'
import { referencesIn } from '../../src/variables/references.ts'

const refer = (name: string) => `$\{{${name}}}`
const state = (values: Record<string, string>): VariableState =>
  new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      { value: new Secret(value), references: referencesIn(value), provided: false },
    ]),
  )

describe('references', () => {
  it('are found wherever they stand', () => {
    const value = `a${refer('shared.A')}b${refer(' my.service.B ')}$C\${D}${refer('E')}`
    expect(referencesIn(value)).toEqual(['shared.A', 'my.service.B', 'E'])
  })
})

describe('the users of a shared variable', () => {
  const environment = {
    shared: state({ REGION: 'eu', URL: refer('shared.REGION'), LOCAL: refer('REGION') }),
    services: [
      { service: 1, name: 'direct', state: state({ A: refer('shared.REGION') }) },
      { service: 2, name: 'through', state: state({ A: `x${refer('shared.URL')}` }) },
      { service: 3, name: 'by.neighbour', state: state({ A: refer('through.A') }) },
      { service: 4, name: 'alias', state: state({ A: refer('B'), B: refer('shared.LOCAL') }) },
      { service: 5, name: 'other', state: state({ REGION: 'eu', A: refer('REGION') }) },
      {
        service: 6,
        name: 'case',
        state: state({ A: refer('Through.A'), B: refer('shared.region') }),
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
      shared: state({ VIA: refer('db.URL') }),
      services: [
        { service: 1, name: 'db', state: state({ HOST: 'h', URL: refer('HOST') }) },
        { service: 2, name: 'api', state: state({ URL: refer('shared.VIA') }) },
        { service: 3, name: 'web', state: state({ API: refer('api.URL') }) },
        { service: 4, name: 'docs', state: state({ HOST: 'other' }) },
      ],
    }
    expect(dependentsOf({ owner: 'db', names: ['HOST'] }, chain)).toEqual([1, 2, 3])
    expect(dependentsOf({ owner: 'api', names: ['URL'] }, chain)).toEqual([3])
    expect(dependentsOf({ owner: 'docs', names: ['HOST'] }, chain)).toEqual([])
  })

  it('are found although references go in circles', () => {
    const circle = state({ A: refer('shared.B'), B: refer('shared.A') })
    expect(
      dependentsOf({ owner: 'shared', names: ['A'] }, { shared: circle, services: [] }),
    ).toEqual([])
  })
})
