import { describe, expect, it } from '@jest/globals'
import { compileGlob } from '../../src/glob.ts'
import { matchPatterns, nameMatcher } from '../../src/inventory/patterns.ts'
import { matchNamed } from '../../src/named.ts'

const items = [
  { id: 'p1', name: 'shop' },
  { id: 'p2', name: 'shop-eu' },
  { id: 'p3', name: 'Blog' },
  { id: 'p4', name: 'twin' },
  { id: 'p5', name: 'twin' },
  { id: 'p6', name: 'p1' },
  { id: 'p7', name: 'x[1]' },
]
const pattern = (text: string) => ({ text: text.replace(/^!/, ''), exclude: text.startsWith('!') })
const match = (...texts: string[]) => {
  const {
    items: found,
    missing,
    ambiguous,
    named,
  } = matchPatterns(texts.map(pattern), items, (item) => item, {
    keywords: new Map([['@repository', items.slice(0, 2)]]),
  })
  return {
    ids: found.map(({ id }) => id),
    missing,
    ambiguous: ambiguous.map(({ text }) => text),
    named: [...named].map(({ id }) => id),
  }
}
const none = { missing: [], ambiguous: [], named: [] }
const all = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7']

describe('a list of patterns', () => {
  it.each([
    [[], { ...none, ids: [] }],
    [['*'], { ...none, ids: all }],
    [['p1'], { ...none, ids: ['p1'], named: ['p1'] }],
    [['BLOG'], { ...none, ids: ['p3'], named: ['p3'] }],
    [['shop*', '!shop-eu'], { ...none, ids: ['p1'] }],
    [['!shop*'], { ...none, ids: ['p3', 'p4', 'p5', 'p6', 'p7'] }],
    [['x[1]'], { ...none, ids: ['p7'], named: ['p7'] }],
    [['@Repository', '!shop'], { ...none, ids: ['p2'] }],
    [['twin'], { ...none, ids: ['p4', 'p5'], ambiguous: ['twin'], named: ['p4', 'p5'] }],
    [['p4'], { ...none, ids: ['p4'], named: ['p4'] }],
    [['nobody', '!nothing', 'none-*'], { ...none, ids: [], missing: ['nothing', 'nobody'] }],
    [['*', '!*'], { ...none, ids: [] }],
  ])('%j', (texts, expected) => {
    expect(match(...texts)).toEqual(expected)
  })
})

describe('an accented letter of one code point or of two', () => {
  const composed = 'caf\u00e9'
  const decomposed = 'cafe\u0301'
  const pairs = [
    [composed, decomposed],
    [decomposed, composed],
  ] as const

  it.each(pairs)('is the same in a name: %j selects %j', (text, name) => {
    const item = { id: 'p', name }
    expect(matchPatterns([pattern(text)], [item], (one) => one).items).toEqual([item])
    expect(matchNamed(text, [item])).toEqual([item])
  })

  it.each(pairs)('is the same in a glob: %j* excludes %j', (text, name) => {
    const patterns = [pattern('*'), pattern(`!${text}*`)]
    expect(matchPatterns(patterns, [{ id: 'p', name }], (one) => one).items).toEqual([])
    expect(nameMatcher(patterns)(name)).toBeNull()
  })

  it.each(pairs)('is the same in braces, and one character for `?`: %j, %j', (text, name) => {
    expect(compileGlob(`{${text},x}`)?.matches(name)).toBe(true)
    expect(compileGlob('caf?')?.matches(name)).toBe(true)
    expect(compileGlob(`caf[${text.slice(3).normalize('NFC')}]`)?.matches(name)).toBe(true)
  })
})

describe('names that patterns match', () => {
  const names = ['DATABASE_URL', 'REDIS_URL', 'PORT', 'A[1]']
  it.each([
    [['*_URL'], ['DATABASE_URL', 'REDIS_URL']],
    [
      ['database_url', 'PORT'],
      ['DATABASE_URL', 'PORT'],
    ],
    [['!*_URL'], ['PORT', 'A[1]']],
    [['a[1]'], ['A[1]']],
    [
      ['*', '!PORT'],
      ['DATABASE_URL', 'REDIS_URL', 'A[1]'],
    ],
    [[], []],
  ])('%j', (texts, expected) => {
    const matcher = nameMatcher(texts.map(pattern))
    expect(names.filter((name) => matcher(name) !== null)).toEqual(expected)
  })
})
