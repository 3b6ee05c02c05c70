import { describe, expect, it } from '@jest/globals'
import { parse } from 'dotenv'
import fc from 'fast-check'
import { parseDotenv } from '../../src/variables/dotenv.ts'

const noEntry = 'there is no `NAME=value`'
const quote = 'a quote that is not closed, or text after the quoted value'
const hash =
  'a `#` that begins a comment for some parsers: quote the value if the `#` is part of it, or put a value and a space before the comment'
const escapeInDouble =
  'a `\\"` or `\\\\` inside double quotes, which parsers interpret differently: use single quotes, or JSON'
const escapeInSingle =
  "a `\\'` inside single quotes, which parsers interpret differently: use double quotes, or JSON"
const escapeInBacktick =
  'an escaped backtick inside backticks, which parsers interpret differently: use quotes, or JSON'

describe('a fault of dotenv lines', () => {
  it.each<[string, number, string]>([
    ['just words', 1, noEntry],
    ['A:1', 1, noEntry],
    ['=1', 1, noEntry],
    ['A=1\n\n  B', 3, noEntry],
    ['export', 1, noEntry],
    ['A="1', 1, quote],
    ["A='1'2", 1, quote],
    ['A=`1', 1, quote],
    ['A=a#b', 1, hash],
    ['A=a b#c # d', 1, hash],
    ['A=a#b #c', 1, hash],
    ['A=#b', 1, hash],
    ['A=1\rB=#2', 2, hash],
    ['A=1\r\rB=#2', 3, hash],
    ['A="\\""', 1, escapeInDouble],
    ['A="\\\\"', 1, escapeInDouble],
    ["A='\\''", 1, escapeInSingle],
    ['A=`\\``', 1, escapeInBacktick],
    // Most parsers read the quote at the end as an escaped one.
    ['A="C:\\dir\\"', 1, escapeInDouble],
    ['A="x\\" # y', 1, escapeInDouble],
    ["A='x\\'", 1, escapeInSingle],
    ['A=`x\\` # `', 1, escapeInBacktick],
    ["A='x\\\\\\'", 1, escapeInSingle],
  ])('%j', (text, line, message) => {
    expect(parseDotenv(text).faults).toEqual([{ line, message }])
  })

  it('hides no entry and no other fault', () => {
    expect(parseDotenv('A=1\nB\n\nC="2\n3"\nD=#4\nE=5')).toEqual({
      entries: [
        { name: 'A', value: '1', line: 1 },
        { name: 'C', value: '2\n3', line: 4 },
        { name: 'E', value: '5', line: 7 },
      ],
      faults: [
        { line: 2, message: noEntry },
        { line: 6, message: hash },
      ],
    })
  })
})

describe('no fault of dotenv lines', () => {
  it.each([[''], ['\n'], [' # A=1'], ['\u00a0'], ['#'], ['\n\n#\n\n']])(
    '%j, which is empty',
    (text) => {
      expect(parseDotenv(text)).toEqual({ entries: [], faults: [] })
    },
  )

  it.each([
    ["A='\\\\'", '\\\\'],
    ["A='\\\"'", '\\"'],
    ['A=`\\"`', '\\"'],
    ["A='x' # it\\'s", 'x'],
    ['A="a\\tb"', 'a\\tb'],
    ['A=\\\\server', '\\\\server'],
    ['A=a  #b', 'a'],
    ['export\tA = 1', '1'],
    ['\tA\t=\t1\t', '1'],
    ['exported=1', '1'],
    ['A="x" # "\\"', 'x'],
    ['A="x" # "\\\\"', 'x'],
    ['A="x" # say \\"y\\" and \'z\'', 'x'],
    ["A='x' # '\\''", 'x'],
    ["A='x' # it's 'y\\'", 'x'],
    ['A=`x` # `\\``', 'x'],
    ['A="x\ny" # "\\"', 'x\ny'],
    ['A="x"# y"', 'x'],
    ['A=ab # c#d', 'ab'],
    ['A=ab ##', 'ab'],
    ['A=a "b" # \'c\\\'', 'a "b"'],
    ['A="" # "\\"', ''],
  ])('%j', (text, value) => {
    const { entries, faults } = parseDotenv(text)
    expect(faults).toEqual([])
    expect(entries.map((entry) => entry.value)).toEqual([value])
  })
})

describe('a comment', () => {
  const comments = fc.string({ unit: fc.constantFrom('"', "'", '`', '\\', '#', ' ', '=', 'a') })
  it.each([['"x"'], ["'x'"], ['`x`'], ['x'], ['"x y"'], ['x y']])(
    'may contain anything behind %s, and changes nothing',
    (written) => {
      fc.assert(
        fc.property(comments, (comment) => {
          const text = `A=${written} #${comment}\nB=2`
          const { entries, faults } = parseDotenv(text)
          expect(faults).toEqual([])
          expect(Object.fromEntries(entries.map(({ name, value }) => [name, value]))).toEqual(
            parse(text),
          )
        }),
      )
    },
  )
})

describe('lines without a fault', () => {
  const unit = fc.constantFrom('"', "'", '`', '\\', '#', ' ', '\n', 'a', 'n')
  it('have the same meaning as in the library', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (value) => {
        const text = `A=${value}\nZ=1`
        const { entries, faults } = parseDotenv(text)
        fc.pre(faults.length === 0)
        expect(Object.fromEntries(entries.map(({ name, value }) => [name, value]))).toEqual(
          parse(text),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})
