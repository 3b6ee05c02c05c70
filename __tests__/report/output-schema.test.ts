import { describe, expect, it } from '@jest/globals'
import { outputsSchema, reportSchema } from '../../src/report/output-schema.ts'
import { outputValues } from '../../src/report/outputs.ts'
import { deployment, selectionOf, service } from '../fixtures.ts'
import {
  buildFailed,
  deployStep,
  docs,
  keepStep,
  outcomeOf,
  reportOf,
  variablesStep,
} from './fixtures.ts'

const live = service('web', { domains: ['web.example.com'], active: [deployment('d')] })
const full = reportOf({
  selection: selectionOf([live, service('db', { source: { kind: 'image', image: 'redis:7' } })]),
  plan: { steps: [deployStep(live), keepStep(live), variablesStep(null)], warnings: [] },
  outcomes: [
    outcomeOf(deployStep(live), 'failed', { failure: buildFailed('web') }),
    outcomeOf(keepStep(live), 'unchanged'),
    outcomeOf(variablesStep(null), 'success'),
  ],
  remaining: 7,
})

describe('the schema of the outputs', () => {
  it.each([
    ['a run that found nothing', reportOf({})],
    ['a run that failed in part', full],
  ])('describes %s, and nothing is missing', (_, known) => {
    const values = outputValues(known, docs)
    expect(outputsSchema.parse(values)).toEqual(values)
  })

  it.each([
    ['an unknown status', { status: 'fine' }],
    ['an unknown kind of token', { 'token-type': 'admin' }],
    ['a negative number of requests', { requests: -1 }],
    ['an unknown action', { plan: [{ ...outputValues(full, docs).plan[0], action: 'dance' }] }],
    [
      'a result without a status',
      { results: [{ ...outputValues(full, docs).results[0], status: '' }] },
    ],
    ['an output that is missing', { url: undefined }],
  ])('refuses %s', (_, more) => {
    expect(outputsSchema.safeParse({ ...outputValues(full, docs), ...more }).success).toBe(false)
  })

  it('has a version and the warnings in the report file', () => {
    const report = { ...outputValues(full, docs), warnings: [{ title: 'a', message: 'b' }] }
    expect(reportSchema.safeParse({ ...report, schemaVersion: 1 }).success).toBe(true)
    expect(reportSchema.safeParse({ ...report, schemaVersion: 2 }).success).toBe(false)
    expect(reportSchema.safeParse(report).success).toBe(false)
  })
})
