import { describe, expect, it } from '@jest/globals'
import type { DiagnosisEntry } from '../../src/diagnosis.ts'
import {
  diagnosisLines,
  diagnosisSection,
  diagnosisValue,
  diagnosisWarnings,
} from '../../src/report/diagnosis.ts'

const entry = (id: string, more: Partial<DiagnosisEntry>): DiagnosisEntry => ({
  id,
  about: `The ${id}`,
  expected: { id: 'yes', is: 'is there' },
  verdict: 'confirmed',
  seen: { id: 'yes', is: 'is there' },
  reason: null,
  ...more,
})
const confirmed = entry('list', {})
const refuted = entry('page', { verdict: 'refuted', seen: { id: 'no', is: 'is missing' } })
const undecided = entry('name', {
  verdict: 'undecided',
  seen: null,
  reason: 'no usable response',
})
const all = [confirmed, undecided, refuted]

const values = [
  { id: 'list', verdict: 'confirmed', expected: 'yes', seen: 'yes', reason: null },
  { id: 'name', verdict: 'undecided', expected: 'yes', seen: null, reason: 'no usable response' },
  { id: 'page', verdict: 'refuted', expected: 'yes', seen: 'no', reason: null },
]
const totals = "3 assumptions about Railway's API: 1 refuted, 1 confirmed, 1 undecided."

it('a diagnosis contains ids only in the report file', () => {
  expect(diagnosisValue({ diagnosis: all })).toEqual({ diagnosis: values })
  expect(diagnosisValue({ diagnosis: null })).toEqual({})
})

it('a diagnosis is a line for each assumption in the log, refuted ones first', () => {
  expect(diagnosisLines(all)).toEqual([
    totals,
    'refuted    page: The page is missing. Expected: is there.',
    'confirmed  list: The list is there.',
    "undecided  name: The name is there: tested, but Railway's response does not decide it.",
  ])
  expect(diagnosisLines([])).toEqual([
    "0 assumptions about Railway's API: 0 refuted, 0 confirmed, 0 undecided.",
  ])
})

describe('the warning about a diagnosis', () => {
  it('names the refuted assumptions', () => {
    const other = entry('other', { verdict: 'refuted', seen: { id: 'x', is: 'is x' } })
    const [warning, ...rest] = diagnosisWarnings([...all, other])
    expect(rest).toEqual([])
    expect(warning?.title).toBe('the API is not as assumed')
    expect(warning?.message).toBe(
      "Railway's API differs from 2 assumptions of this action: page (found: no), other (found: x). The action handles each of these differences, as docs/assumptions.md describes. Please open an issue for this action with the JSON under `diagnosis` in the report file. The JSON contains no names, ids or values of your workspace.",
    )
  })

  it('is not issued if all assumptions hold, or are not known', () => {
    expect(diagnosisWarnings([confirmed, undecided])).toEqual([])
  })
})

describe('the section of the summary', () => {
  const json = values.map((value) => JSON.stringify(value)).join(',\n')
  const details = (text: string) =>
    `<details><summary>Everything, to paste into an issue</summary>\n\n\`\`\`json\n[\n${text}\n]\n\`\`\`\n\n</details>`

  it('has the refuted assumptions, and the whole result to copy', () => {
    expect(diagnosisSection({ diagnosis: all })).toBe(
      [
        '### Diagnosis',
        totals,
        '- `page`: The page is missing. Expected: is there.',
        details(json),
      ].join('\n\n'),
    )
  })

  it('lists each refuted assumption', () => {
    const other = entry('other', { verdict: 'refuted', seen: { id: 'x', is: 'is x' } })
    expect(diagnosisSection({ diagnosis: [refuted, other] })).toContain(
      '\n\n- `page`: The page is missing. Expected: is there.\n- `other`: The other is x. Expected: is there.\n\n',
    )
  })

  it('has no list if nothing was refuted', () => {
    expect(diagnosisSection({ diagnosis: [confirmed] })).toBe(
      [
        '### Diagnosis',
        "1 assumption about Railway's API: 0 refuted, 1 confirmed, 0 undecided.",
        details(JSON.stringify(values[0])),
      ].join('\n\n'),
    )
  })

  it('is omitted without a diagnosis', () => {
    expect(diagnosisSection({ diagnosis: null })).toBe('')
  })
})
