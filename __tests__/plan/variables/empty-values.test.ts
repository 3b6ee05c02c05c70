import { describe, expect, it } from '@jest/globals'
import { findEmptyValues } from '../../../src/plan/variables/empty-values.ts'
import type { StoredVariable } from '../../../src/plan/variables/state.ts'
import { Secret } from '../../../src/secret.ts'

const stored = (value: string | null): StoredVariable => ({
  value: value === null ? null : new Secret(value),
  references: [],
  provided: false,
})
const state = new Map([
  ['STRIPE_KEY', stored('sk_1')],
  ['SEALED', stored(null)],
  ['EMPTY', stored('')],
  ['BLANK', stored(' ')],
  ['REFERENCE', stored(`$\{{shared.KEY}}`)],
])
const none = { erased: [], sealed: [], added: [] }

describe('an empty value', () => {
  it.each<[string, Record<string, string>, object]>([
    ['over a value', { STRIPE_KEY: '' }, { ...none, erased: ['STRIPE_KEY'] }],
    ['over a sealed one', { SEALED: '' }, { ...none, erased: ['SEALED'], sealed: ['SEALED'] }],
    ['over a blank one', { BLANK: '' }, { ...none, erased: ['BLANK'] }],
    ['over a reference', { REFERENCE: '' }, { ...none, erased: ['REFERENCE'] }],
    ['over an empty one', { EMPTY: '' }, none],
    ['of a new variable', { NEW: '' }, { ...none, added: ['NEW'] }],
    ['among others', { A: '1', STRIPE_KEY: 'sk_2', NEW: '' }, { ...none, added: ['NEW'] }],
    ['of a blank text, which is none', { STRIPE_KEY: ' ' }, none],
  ])('%s', (_, given, expected) => {
    const values = new Map(Object.entries(given).map(([name, text]) => [name, new Secret(text)]))
    expect(findEmptyValues(state, values)).toEqual(expected)
  })
})
