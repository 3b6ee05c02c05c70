import { describe, expect, it } from '@jest/globals'
import type { z } from 'zod'
import {
  choice,
  duration,
  endpoint,
  flag,
  input,
  parseDuration,
  path,
  patterns,
  Rejection,
  shard,
  text,
  waves,
  wholeNumber,
} from '../../src/inputs/fields.ts'

/** The value that a field reads, or the form that it expects. */
function read(field: z.ZodType, given: string | undefined): unknown {
  const parsed = field.safeParse(given)
  return parsed.success ? parsed.data : parsed.error.issues.map(({ message }) => message)
}

const include = (entry: string) => ({ text: entry, exclude: false })
const exclude = (entry: string) => ({ text: entry, exclude: true })

describe('a field', () => {
  const vowels = input(
    'vowels',
    (given) => (given === 'why' ? new Rejection('no questions') : /^[aeiou]+$/.exec(given)?.[0]),
    'none',
  )
  it.each<[string, string | undefined, unknown]>([
    ['omitted', undefined, 'none'],
    ['empty', '', 'none'],
    ['blank', ' \n', 'none'],
    ['good', 'aeiou', 'aeiou'],
    ['bad', 'xyz', ['vowels']],
    ['bad for a specific reason', 'why', ['no questions']],
    ['of 256 KiB', 'a'.repeat(262_144), 'a'.repeat(262_144)],
    ['of more', 'a'.repeat(262_145), ['at most 256 KiB of text']],
  ])('that is %s', (_, given, expected) => {
    expect(read(vowels, given)).toEqual(expected)
  })
})

describe('simple fields', () => {
  const color = choice(['red', 'green', 'blue'], 'red')
  const number = wholeNumber(null, { max: 50 })
  const isBoolean = ['`true` or `false`']
  const isColor = ['`red`, `green` or `blue`']
  const isNumber = ['a whole number from 1 to 50']
  it.each<[string, z.ZodType, string, unknown]>([
    ['text', text(), ' a b ', 'a b'],
    ['no text', text(), ' ', null],
    ['a flag', flag(false), ' true\n', true],
    ['a flag that is off', flag(null), 'false', false],
    ['an omitted flag', flag(null), '', null],
    ['a flag in capitals', flag(false), 'TRUE', isBoolean],
    ['a choice', color, ' green ', 'green'],
    ['an omitted choice', color, '', 'red'],
    ['another choice', color, 'gree', isColor],
    ['one', number, '1', 1],
    ['the most', number, ' 50 ', 50],
    ['two digits', number, '12', 12],
    ['zero', number, '0', isNumber],
    ['one more than the most', number, '51', isNumber],
    ['a fraction', number, '1.5', isNumber],
    ['a sign', number, '+1', isNumber],
    ['a power', number, '1e1', isNumber],
  ])('%s: %3$j', (_, field, given, expected) => {
    expect(read(field, given)).toEqual(expected)
  })
})

describe('a duration', () => {
  it.each<[string, number | null]>([
    ['0s', 0],
    ['1s', 1_000],
    ['90s', 90_000],
    ['2m', 120_000],
    [' 3 h ', 10_800_000],
    ['1d', 86_400_000],
    ['999999999s', 999_999_999_000],
    ['1000000000s', null],
    ['1', null],
    ['s', null],
    ['1w', null],
    ['1S', null],
    ['-1s', null],
    ['x1s', null],
    ['1sx', null],
    ['1xs', null],
    ['1.5h', null],
    ['1h30m', null],
    ['', null],
  ])('%j is %j milliseconds', (given, expected) => {
    expect(parseDuration(given)).toBe(expected)
  })

  const minute = duration('a duration up to `1m`', null, { max: 60_000 })
  it.each<[string, unknown]>([
    ['1s', 1_000],
    ['1m', 60_000],
    ['61s', ['a duration up to `1m`']],
    ['0s', ['a duration up to `1m`']],
    ['soon', ['a duration up to `1m`']],
    ['', null],
  ])('%j above zero and up to a minute: %j', (given, expected) => {
    expect(read(minute, given)).toEqual(expected)
  })
})

const listExpected = [
  'ids, names or globs, one a line or as a JSON array of strings, each with an optional `!` in front',
]
const tooWide = [
  'patterns of at most 1000 characters, whose braces together expand to at most 10000 names (1000 with wildcards)',
]

describe('patterns', () => {
  it.each<[string, unknown]>([
    ['', null],
    ['# none', null],
    ['a', [include('a')]],
    ['!a', [exclude('a')]],
    ['!  a\nb!c', [exclude('a'), include('b!c')]],
    ['["a", "! b"]', [include('a'), exclude('b')]],
    ['!', listExpected],
    ['a\n! ', listExpected],
    ['["a", ""]', listExpected],
    ['{1..10000}', [include('{1..10000}')]],
    ['{1..10001}', tooWide],
    ['{1..9999}\na', [include('{1..9999}'), include('a')]],
    ['{1..9999}\na\nb', tooWide],
    ['a'.repeat(1_000), [include('a'.repeat(1_000))]],
    ['a'.repeat(1_001), tooWide],
  ])('%j', (given, expected) => {
    expect(read(patterns(), given)).toEqual(expected)
  })

  it('that are none follow the input', () => {
    expect(read(patterns(), '[]')).toBeNull()
    expect(read(patterns([]), '[]')).toEqual([])
    expect(read(patterns([]), '# none')).toBeNull()
  })
})

describe('waves', () => {
  const expected = [
    'ids, names or globs of services without `!`, one wave a line, `{api,worker}` for several in one wave',
  ]
  it.each<[string, unknown]>([
    ['', null],
    ['# none', null],
    ['[]', null],
    ['{db,cache}\napi', [include('{db,cache}'), include('api')]],
    ['api\n!db', expected],
    ['["api", ""]', expected],
    ['{1..10001}', tooWide],
  ])('%j', (given, waved) => {
    expect(read(waves(), given)).toEqual(waved)
  })
})

describe('a shard', () => {
  const expected = [
    'a part and the number of parts, such as `2/5`, counted from 1, with at most 256 parts',
  ]
  it.each<[string, unknown]>([
    ['', null],
    ['1/1', { part: 1, of: 1 }],
    ['2/5', { part: 2, of: 5 }],
    [' 12 / 34 ', { part: 12, of: 34 }],
    ['256/256', { part: 256, of: 256 }],
    ['1/257', expected],
    ['0/5', expected],
    ['6/5', expected],
    ['1/0', expected],
    ['2', expected],
    ['x1/2', expected],
    ['1/2x', expected],
    ['1x/2', expected],
    ['1/x2', expected],
    ['-1/2', expected],
    ['1.0/2', expected],
  ])('%j', (given, shared) => {
    expect(read(shard(), given)).toEqual(shared)
  })
})

describe('a path', () => {
  const expected = [
    'a path such as `/healthz`, which begins with one `/` and holds no white space, `\\` or `#`',
  ]
  it.each<[string, unknown]>([
    ['', null],
    ['/', '/'],
    [' /healthz ', '/healthz'],
    ['/a/b?c=d&e', '/a/b?c=d&e'],
    ['/gesund/ß', '/gesund/ß'],
    ['healthz', expected],
    ['//evil.example', expected],
    ['/\\evil.example', expected],
    ['/a\\b', expected],
    ['/a b', expected],
    ['/a#b', expected],
    ['/a\u0000', expected],
    ['x/healthz', expected],
    [`/${'a'.repeat(1_999)}`, `/${'a'.repeat(1_999)}`],
    [`/${'a'.repeat(2_000)}`, expected],
  ])('%j', (given, parsed) => {
    expect(read(path(), given)).toEqual(parsed)
  })
})

describe('an endpoint', () => {
  const expected = [
    'an https URL without user name or password (plain http only for a loopback address)',
  ]
  it.each<[string, unknown]>([
    ['', 'https://default.example/'],
    [' https://api.example.com/graphql ', 'https://api.example.com/graphql'],
    ['http://localhost:4000/x', 'http://localhost:4000/x'],
    ['http://127.0.0.1/', 'http://127.0.0.1/'],
    ['http://[::1]:4000/', 'http://[::1]:4000/'],
    ['http://api.example.com/', expected],
    ['http://localhost.example.com/', expected],
    ['ftp://localhost/', expected],
    ['ws://localhost/', expected],
    ['https://user@example.com/', expected],
    ['https://:password@example.com/', expected],
    ['https://user:password@example.com/', expected],
    ['example.com', expected],
    ['https://', expected],
  ])('%j', (given, url) => {
    expect(read(endpoint('https://default.example/'), given)).toEqual(url)
  })
})
