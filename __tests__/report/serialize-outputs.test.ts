import { describe, expect, it } from '@jest/globals'
import { type Json, serializeOutputs } from '../../src/report/serialize-outputs.ts'

describe('the texts of outputs', () => {
  it.each<[string, Json, string]>([
    ['text', 'a "b"', 'a "b"'],
    ['nothing', '', ''],
    ['a number', 7, '7'],
    ['a boolean', false, 'false'],
    ['null', null, 'null'],
    ['a list', ['a', { b: 1 }], '["a",{"b":1}]'],
    ['an object', { a: [] }, '{"a":[]}'],
  ])('%s', (_, value, text) => {
    expect(serializeOutputs({ name: value }, '/tmp/report.json')).toEqual({
      texts: { name: text, 'report-file': '/tmp/report.json' },
      warnings: [],
    })
  })
})

/** JSON of 1,000 characters and a comma. */
const entry = 'x'.repeat(997)
const list = (number: number) => Array.from({ length: number }, () => entry)
const object = (number: number) =>
  Object.fromEntries(
    list(number).map((text, index) => [`${index}`.padStart(4, '0'), text.slice(7)]),
  )

describe('an output over the limit', () => {
  const cut = (value: Json, file = '/tmp/report.json') => {
    const { texts, warnings } = serializeOutputs({ name: value, other: 1 }, file)
    const parsed: Json = JSON.parse(texts.name ?? '')
    return { length: (texts.name ?? '').length, parsed, warnings }
  }

  it('begins at the next character', () => {
    expect(cut(['x'.repeat(499_996)])).toMatchObject({ length: 500_000, warnings: [] })
    expect(cut(['x'.repeat(499_997)])).toMatchObject({ parsed: [], warnings: [{}] })
  })

  it.each<[string, Json, number, (parsed: Json) => number]>([
    ['a list', list(600), 499, (parsed) => (Array.isArray(parsed) ? parsed.length : -1)],
    [
      'an object',
      object(600),
      498,
      (parsed) => (parsed !== null && typeof parsed === 'object' ? Object.keys(parsed).length : -1),
    ],
    [
      'a matrix',
      { include: list(600) },
      499,
      (parsed) => {
        const include =
          parsed !== null && typeof parsed === 'object' && 'include' in parsed
            ? parsed.include
            : null
        return Array.isArray(include) ? include.length : -1
      },
    ],
  ])('%s is cut to whole entries, with a warning', (_, value, entries, size) => {
    const { parsed, length, warnings } = cut(value)
    expect(size(parsed)).toBe(entries)
    expect(length).toBeLessThanOrEqual(500_000)
    expect(warnings).toEqual([
      {
        title: 'output cut',
        message:
          'The output `name` contains only its first entries, because GitHub accepts at most 1 MB. All entries are in the report file /tmp/report.json, which is the output `report-file`.',
      },
    ])
  })

  it('says that the report could not be written', () => {
    expect(cut(list(600), '').warnings[0]?.message).toContain(
      'The report file, which would contain all entries, could not be written.',
    )
  })

  it('is nothing if its first entry is too long', () => {
    expect(cut(['x'.repeat(600_000)]).parsed).toEqual([])
  })
})
