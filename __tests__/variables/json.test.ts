import { describe, expect, it } from '@jest/globals'
import { parseJsonObject } from '../../src/variables/json.ts'

const words = (part: string) => `the JSON is not valid: expected ${part}`
const brace = words('`{`')
const nameOrEnd = words('a name in double quotes or `}`')
const name = words('a name in double quotes')
const colon = words('`:`')
const value = words('a value in double quotes')
const commaOrEnd = words('`,` or `}`')
const end = words('the end of the text')
const notAString = 'the value is not a string: expected `{"NAME": "value"}`'
const badString =
  'the JSON string is not closed, or holds a character or an escape that JSON does not allow'
const noEnd = 'the JSON object is not closed'

describe('a fault of a JSON object', () => {
  it.each<[string, number, string]>([
    ['[', 1, brace],
    ['"A"', 1, brace],
    ['', 1, noEnd],
    ['{', 1, noEnd],
    ['{"A"', 1, noEnd],
    ['{"A":', 1, noEnd],
    ['{"A": "1"', 1, noEnd],
    ['{"A": "1",', 1, noEnd],
    ['{\n\n', 3, noEnd],
    ['{,', 1, nameOrEnd],
    ['{1: "1"}', 1, nameOrEnd],
    ['{:}', 1, nameOrEnd],
    ['{"A": "1",}', 1, name],
    ['{"A": "1",\n,', 2, name],
    ['{"A" "1"}', 1, colon],
    ['{"A"}', 1, colon],
    ['{"A",', 1, colon],
    ['{"A": }', 1, value],
    ['{"A": ,', 1, value],
    ['{"A": :', 1, value],
    ['{"A": $', 1, value],
    ['{"A": 1}', 1, notAString],
    ['{"A": -1}', 1, notAString],
    ['{"A": [', 1, notAString],
    ['{"A": {', 1, notAString],
    ['{"A": true', 1, notAString],
    ['{"A": false', 1, notAString],
    ['{"A": null', 1, notAString],
    ['{"A": "1" "B"', 1, commaOrEnd],
    ['{"A": "1" :', 1, commaOrEnd],
    ['{"A": "1" 1', 1, commaOrEnd],
    ['{} {', 1, end],
    ['{"A": "1"}\n}', 2, end],
    ['{} "A"', 1, end],
    ['{} nothing', 1, end],
    ['{"A', 1, badString],
    ['{"A": "1', 1, badString],
    ['{"A": "\u0001"}', 1, badString],
    ['{"A": "\\x"}', 1, badString],
    ['{"A": "\\u12"}', 1, badString],
    ['"', 1, badString],
  ])('%j', (text, line, message) => {
    expect(parseJsonObject(text)).toEqual({ entries: [], faults: [{ line, message }] })
  })
})

describe('a JSON object', () => {
  it.each<[string, [string, string, number][]]>([
    ['{}', []],
    [' \t\r\n{ \n} \n', []],
    ['{"A":"1"}', [['A', '1', 1]]],
    [
      '{"A": "1",\n"B":\n"2"}',
      [
        ['A', '1', 1],
        ['B', '2', 2],
      ],
    ],
    [
      '{"A": "", "A": "x"}',
      [
        ['A', '', 1],
        ['A', 'x', 1],
      ],
    ],
    ['{"": "1"}', [['', '1', 1]]],
    ['{"\\u0041": "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}', [['A', '"\\/\b\f\n\r\té', 1]]],
    ['{"A": "{\\"B\\": 1}"}', [['A', '{"B": 1}', 1]]],
    ['{"A": "🔑\u2028\u007f"}', [['A', '🔑\u2028\u007f', 1]]],
  ])('%j', (text, entries) => {
    expect(parseJsonObject(text)).toEqual({
      entries: entries.map(([one, text, line]) => ({ name: one, value: text, line })),
      faults: [],
    })
  })

  it('of a million characters is read in linear time', () => {
    const long = '\\n'.repeat(500_000)
    expect(parseJsonObject(`{"A": "${long}"}`).entries[0]?.value).toBe('\n'.repeat(500_000))
  })
})
