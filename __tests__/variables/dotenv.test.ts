import { describe, expect, it } from '@jest/globals'
import { parseDotenv } from '../../src/variables/dotenv.ts'

const noEntry = 'there is no `NAME=value`'
const quote = 'a quote that does not end, or something behind the quoted value'
const hash =
  'a `#` that begins a comment for some parsers: quote the value if the `#` is part of it, or put a value and a space before the comment'
const escapeInDouble =
  'a `\\"` or `\\\\` inside double quotes, which parsers read differently: use single quotes, or JSON'
const escapeInSingle =
  "a `\\'` inside single quotes, which parsers read differently: use double quotes, or JSON"
const escapeInBacktick =
  'an escaped backtick inside backticks, which parsers read differently: use quotes, or JSON'

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
    ['A=ab # c#d', 1, hash],
    ['A=#b', 1, hash],
    ['A=1\rB=#2', 2, hash],
    ['A=1\r\rB=#2', 3, hash],
    ['A="\\""', 1, escapeInDouble],
    ['A="\\\\"', 1, escapeInDouble],
    ["A='\\''", 1, escapeInSingle],
    ['A=`\\``', 1, escapeInBacktick],
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
  ])('%j', (text, value) => {
    const { entries, faults } = parseDotenv(text)
    expect(faults).toEqual([])
    expect(entries.map((entry) => entry.value)).toEqual([value])
  })
})
