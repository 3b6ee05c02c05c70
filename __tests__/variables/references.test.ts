import { describe, expect, it } from '@jest/globals'
import { referencesIn, withoutReferences } from '../../src/variables/references.ts'

const refer = (name: string) => `$\{{${name}}}`

describe('references', () => {
  const value = `a${refer('shared.A')}b${refer(' my.service.B ')}$C\${D}${refer('E')}`

  it('are found at every position', () => {
    expect(referencesIn(value)).toEqual(['shared.A', 'my.service.B', 'E'])
    expect(referencesIn(`$A $\{B} {{C}} $ {{D}}`)).toEqual([])
    expect(referencesIn(refer(''))).toEqual([''])
  })

  it('are replaced by a mark, with any content', () => {
    expect(withoutReferences(value, '$1')).toBe(`a$1b$1$C$\{D}$1`)
    expect(withoutReferences('no reference', 'x')).toBe('no reference')
  })
})
