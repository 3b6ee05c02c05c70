import { describe, expect, it } from '@jest/globals'
import { isEmptyArray, listEntries } from '../../src/inputs/list-entries.ts'
import { hasValue } from '../../src/inputs/raw-inputs.ts'

describe('a list input', () => {
  // text, its entries, whether it is an empty array
  it.each<[string, string[], boolean]>([
    ['', [], false],
    [' \n\t\n', [], false],
    ['a', ['a'], false],
    ['a\nb\r\nc\rd', ['a', 'b', 'c', 'd'], false],
    ['  a b  \n\n# c\n  # d\n#\ne # f', ['a b', 'e # f'], false],
    ['!a\n*', ['!a', '*'], false],
    ['[]', [], true],
    ['\n [ \n ] ', [], true],
    ['["a"]', ['a'], false],
    [' ["a", " b ", ""]', ['a', 'b', ''], false],
    ['["a",\n"b\\nc"]', ['a', 'b\nc'], false],
    ['[1]', ['[1]'], false],
    ['["a", 1]', ['["a", 1]'], false],
    ['[null]', ['[null]'], false],
    ['[["a"]]', ['[["a"]]'], false],
    ['[abc]*', ['[abc]*'], false],
    ['["a"', ['["a"'], false],
    ['[]\n[]', ['[]', '[]'], false],
    ['{"0": "a"}', ['{"0": "a"}'], false],
    ['"a"', ['"a"'], false],
    ['null', ['null'], false],
  ])('%j', (text, entries, empty) => {
    expect(listEntries(text)).toEqual(entries)
    expect(isEmptyArray(text)).toBe(empty)
  })
})

describe('an input has a value', () => {
  it.each<[string, string | undefined, boolean]>([
    ['environment', 'live', true],
    ['environment', ' ', false],
    ['environment', '# live', true],
    ['environment', undefined, false],
    ['projects', 'shop', true],
    ['projects', '# shop\n', false],
    ['projects', '[]', true],
    ['services', '[]', true],
    ['services', '', false],
    ['variables-names', '[]', true],
    ['canary', '[]', false],
    ['canary', '["eu"]', true],
    ['order', '[]', false],
    ['require-overrides', '[]', false],
    ['variables-file', '[]', false],
    ['remove-variables', '[]', false],
    ['remove-variables', 'A', true],
    ['remove-variables', '#A', false],
    ['variables', '#A', true],
  ])('%s: %j: %s', (name, text, expected) => {
    expect(hasValue(text === undefined ? {} : { [name]: text }, name)).toBe(expected)
  })
})
