import { describe, expect, it } from '@jest/globals'
import type { MissingField } from '../../src/inventory/inventory.ts'
import { checkPartialData } from '../../src/inventory/partial-data.ts'

const gap = (
  field: string,
  place = 'shop / production / web',
  message = 'Problem',
): MissingField => ({
  place,
  environmentId: 'e',
  field,
  message,
})

/** Returns the messages for a list of gaps, in a run that changes something or in one that does not. */
const readOnly = (gaps: MissingField[]) => checkPartialData(gaps, { changesTargets: false })
const acting = (gaps: MissingField[]) => checkPartialData(gaps, { changesTargets: true })

describe('parts of the inventory that are missing', () => {
  it('are none', () => {
    expect(acting([])).toEqual({ failures: [], warnings: [] })
    expect(readOnly([])).toEqual({ failures: [], warnings: [] })
  })

  it('end a run that changes something', () => {
    expect(acting([gap('source')])).toEqual({
      failures: [
        {
          code: 'api-unavailable',
          facts: {
            activity: 'read-fields',
            object: '"source" of shop / production / web',
            detail: 'the error "Problem"',
            effect: 'nothing-changed',
          },
        },
      ],
      warnings: [],
    })
  })

  it('are a warning if nothing is changed', () => {
    expect(readOnly([gap('source')])).toEqual({
      failures: [],
      warnings: [
        {
          title: 'parts of the inventory are missing',
          message:
            'Railway did not return "source" of shop / production / web ("Problem"), so this report may be wrong about them. Run the job again.',
        },
      ],
    })
  })

  it.each<[string, MissingField[], boolean]>([
    ['a config file, on which only a warning rests', [gap('railwayConfigFile')], false],
    ['the latest deployment', [gap('latestDeployment')], true],
    ['a config file and a source', [gap('railwayConfigFile'), gap('source')], true],
  ])('%s: ends the run: %s', (_, gaps, ends) => {
    const { failures, warnings } = acting(gaps)
    expect([failures.length, warnings.length]).toEqual(ends ? [1, 0] : [0, 1])
  })

  it.each<[string, MissingField[], string]>([
    [
      'once each',
      [gap('source'), gap('source'), gap('domains')],
      'return "source" of shop / production / web, "domains" of shop / production / web ("Problem")',
    ],
    [
      'five of five',
      ['a', 'b', 'c', 'd', 'e'].map((field) => gap(field, 'x')),
      'return "a" of x, "b" of x, "c" of x, "d" of x, "e" of x ("Problem")',
    ],
    [
      'five of seven',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((field) => gap(field, 'x')),
      '"d" of x, "e" of x and 2 more ("Problem")',
    ],
    [
      'with three different reasons',
      ['one', 'two', 'one', 'three', 'four'].map((reason, index) => gap(`${index}`, 'x', reason)),
      '("one; two; three")',
    ],
  ])('are named: %s', (_, gaps, words) => {
    expect(readOnly(gaps).warnings[0]?.message).toContain(words)
  })
})
