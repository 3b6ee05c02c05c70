import { describe, expect, it } from '@jest/globals'
import { parse } from 'dotenv'
import fc from 'fast-check'
import { parseVariables } from '../../src/variables/parse.ts'

const read = (text: string) =>
  Object.fromEntries(
    [...parseVariables(text).values].map(([name, value]) => [name, value.reveal()]),
  )

const reference = `$\{{Postgres.DATABASE_URL}}`

const badName =
  'the name is not made of letters, digits and underscores, with no digit at the start'

describe('dotenv lines', () => {
  it.each([
    ['a plain value', 'A=1', '1'],
    ['spaces around', '  A = b c  ', 'b c'],
    ['`export` in front', 'export A=1', '1'],
    ['a colon', 'A: 1', '1'],
    ['an empty value', 'A=', ''],
    ['an empty quoted value', 'A=""', ''],
    ['equals signs', 'A=b=c==', 'b=c=='],
    ['dollar signs, which nothing expands', 'A=$HOME$$', '$HOME$$'],
    ['a reference of Railway', `A=${reference}`, reference],
    ['a comment behind', 'A=b # c', 'b'],
    ['a hash in quotes', 'A="b#c" # d', 'b#c'],
    ['single quotes, which keep everything', 'A=\'b\\n"c"\'', 'b\\n"c"'],
    ['double quotes, which know line breaks', 'A="b\\nc\\td"', 'b\nc\\td'],
    ['backticks around both quotes', 'A=`b"c\'d`', 'b"c\'d'],
    ['backslashes in single quotes', "A='C:\\\\new'", 'C:\\\\new'],
    ['commit data, which Railway does not set for images', 'RAILWAY_GIT_COMMIT_SHA=abc\nA=1', '1'],
    ['several lines', 'A="b\nc\n\n# d"', 'b\nc\n\n# d'],
    ['line ends of Windows', 'A="b\r\nc"\r\nB=', 'b\nc'],
    ['unicode', 'A=ключ🔑\u2028é', 'ключ🔑\u2028é'],
    ['a byte order mark', '\uFEFFA=1', '1'],
    ['commands of the runner', 'A="::error::x%0A##[group]y"', '::error::x%0A##[group]y'],
    ['the same value twice', 'A=1\nA="1"', '1'],
    ['an empty value before a quoted one', 'A=x\nB=\nC="y"', 'x'],
  ])('may have %s', (_, text, value) => {
    expect(parseVariables(text).faults).toEqual([])
    expect(read(text).A).toBe(value)
  })

  it('are counted across values of several lines', () => {
    const { faults } = parseVariables('A="b\nc\n"\n\n# d\n1BAD=secret-value\nB=1\nB=2')
    expect(faults).toEqual([
      { line: 6, message: expect.stringContaining('the name is not made') },
      { line: 8, message: 'B has another value here than in line 7' },
    ])
  })

  it.each([
    ['a quote that does not end', 'A="secret-value', 1],
    ['something behind a quoted value', 'A="secret"value', 1],
    ['two quoted values', "A='secret' 'value'", 1],
    ['a hash right behind the value', 'A=secret#value', 1],
    ['a color', 'B=1\nTHEME_COLOR=#3b82f6', 2],
    ['a hash behind white space only', 'A= #secret', 1],
    ['a channel', 'B="x\ny"\nCHANNEL=#secret-channel # and a comment', 3],
    ['an escaped quote in double quotes', 'A="secret\\"value"', 1],
    ['an escaped backslash in double quotes', 'A="C:\\\\secret"', 1],
    ['an escaped quote on a later line', 'B=1\nA="one\ntwo \\"secret\\""', 2],
    ['an escaped quote in single quotes', "A='it\\'s secret'", 1],
    ['an escaped backtick in backticks', 'A=`secret\\`value`', 1],
    ['a line without an equals sign', 'B=1\nsecret-value', 2],
    [
      'a key without quotes, line by line',
      'A=-----BEGIN KEY-----\nsecretvalue/\n-----END KEY-----',
      2,
    ],
    ['a name with a hyphen', 'secret-value=1', 1],
    ['a name with a digit in front', '1secret=value', 1],
    ['variables that Railway sets itself', 'RAILWAY_PROJECT_ID=secret-value', 1],
  ])('may not have %s', (_, text, line) => {
    const { faults } = parseVariables(text)
    expect(faults[0]?.line).toBe(line)
    expect(JSON.stringify(faults)).not.toMatch(/secret|value-|BEGIN/)
  })
})

describe('a JSON object', () => {
  it('keeps any value byte for byte', () => {
    const values = { A: ' "quoted"\r\n\t#$ ', B: '', __proto: 'x', C: reference }
    expect(read(JSON.stringify(values, null, 2))).toEqual(values)
  })

  it('may hold a variable with any valid name', () => {
    const { values, faults } = parseVariables('{"__proto__": "a", "constructor": "b"}')
    expect(faults).toEqual([])
    expect([...values].map(([name, value]) => [name, value.reveal()])).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(parseVariables('__proto__=a').values.get('__proto__')?.reveal()).toBe('a')
  })

  it.each([
    ['no JSON', '{"A": "secret-value",\n "B" "x"}', 2],
    ['half of it', '{"A": "secret-value"', 1],
    ['a bare word, late', '{\n"A": "1",\n"B": secret\n}', 3],
    ['a comma too many', '{\n"A": "1",\n}', 3],
    ['a comma too few', '{\n"A": "1"\n"B": "2"\n}', 3],
    ['a number, late', '{\n"A": "1",\n\n"B": 2\n}', 4],
    ['a list, late', '{"A": "1",\n"B": ["secret"]}', 2],
    ['a line break in a string', '{"A": "1",\n"B": "secret\nvalue"}', 2],
    ['an escape that JSON has not', '{"A": "1",\n"B": "\\secret"}', 2],
    ['text behind it', '{"A": "1"}\n\nsecret', 3],
    ['a name without quotes', '{\n\nsecret: "1"}', 3],
    ['a number', '{"A": 1}', 1],
    ['null', '{"A": null}', 1],
    ['an object', '{"A": {"B": "secret-value"}}', 1],
    ['a name twice with different values', '{"A": "1",\n"B": "\\"A\\": 3",\n"A": "2"}', 3],
    ['a bad name', '{\n"secret value": "1"}', 2],
    ['a NUL', '{"A": "\\u0000"}', 1],
  ])('may not be %s', (_, text, line) => {
    const { faults } = parseVariables(text)
    expect(faults.map((fault) => fault.line)).toEqual([line])
    expect(JSON.stringify(faults)).not.toContain('secret')
  })
})

describe('faults', () => {
  it.each<[string, { line: number; message: string }[]]>([
    [
      'A-B=1\nRAILWAY_SERVICE_ID=2\nA=1\nA=2\nA=1\nA=3\nA-B=2',
      [
        { line: 1, message: badName },
        { line: 2, message: 'RAILWAY_SERVICE_ID is set by Railway itself' },
        { line: 4, message: 'A has another value here than in line 3' },
        { line: 6, message: 'A has another value here than in line 3' },
        { line: 7, message: badName },
      ],
    ],
    [
      'A=1\nA=2\n\nno entry\nA=3',
      [
        { line: 2, message: 'A has another value here than in line 1' },
        { line: 4, message: 'there is no `NAME=value`' },
        { line: 5, message: 'A has another value here than in line 1' },
      ],
    ],
    [
      '{"A": "\\u0000"}',
      [{ line: 1, message: 'A has a NUL character, which no variable can hold' }],
    ],
    [
      '  \n{"A": 1}',
      [{ line: 2, message: 'the value is not a string: expected `{"NAME": "value"}`' }],
    ],
    ['A={}', []],
    ['\uFEFF{"A": "\uFEFF"}', []],
    ['A=\uFEFF1', []],
  ])('of %j, in the order of lines', (text, faults) => {
    expect(parseVariables(text).faults).toEqual(faults)
  })

  it('ignore a byte order mark at the start only', () => {
    expect(read('A="1\uFEFF2"')).toEqual({ A: '1\uFEFF2' })
  })
})

const name = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/)
  .filter((one) => !one.startsWith('RAILWAY_'))
const value = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          '`',
          '#',
          '=',
          '$',
          '\\',
          '\n',
          '\r\n',
          ' ',
          '::',
          '%',
          '##[',
          'a',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  )
  .filter((one) => !one.includes('\0'))

describe('any values', () => {
  it('are the same after JSON', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, value), { selector: ([one]) => one }),
        (entries) => {
          const { values, faults } = parseVariables(JSON.stringify(Object.fromEntries(entries)))
          expect(faults).toEqual([])
          expect([...values].map(([one, secret]) => [one, secret.reveal()]).sort()).toEqual(
            entries.sort(),
          )
        },
      ),
      { numRuns: 500, seed: 20_260_105 },
    )
  })

  it('in any text are read as in the dotenv library, or refused', () => {
    const head = fc.constantFrom('A=', 'B = ', 'export C=', 'A: ', '  D=', '# ', '\n', 'x')
    const piece = fc.constantFrom('"', "'", '`', ' ', '#', '\\', '\\n', 'x', '=', '$', '\u2028')
    const end = fc.constantFrom('', '"', "'", '`', ' # c', '\r')
    const line = fc.tuple(head, end, fc.array(piece, { maxLength: 5 }), end)
    const text = fc
      .array(line, { maxLength: 4 })
      .map((lines) => lines.map((parts) => parts.flat().join('')).join('\n'))
    const good = fc.sample(text, { numRuns: 20_000, seed: 20_260_105 }).filter((given) => {
      const { values, faults } = parseVariables(given)
      return faults.length === 0 && values.size > 0
    })
    expect(good.length).toBeGreaterThan(1_000)
    expect(good.map(read)).toEqual(good.map((given) => parse(given)))
  })
})
