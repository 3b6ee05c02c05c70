import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  diffVariables,
  isSettled,
  type VariableDiff,
  writtenNames,
} from '../../../src/plan/variables/diff.ts'
import type { VariableState } from '../../../src/plan/variables/state.ts'
import { Secret } from '../../../src/secret.ts'
import { railwaySettings } from '../../../src/variables/names.ts'

type Plain = Record<string, string>

const stateOf = (values: Plain, sealed: Plain = {}, provided: Plain = {}): VariableState =>
  new Map(
    [
      ...Object.entries(values).map(([name, value]) => [name, value, false] as const),
      ...Object.entries(sealed).map(([name]) => [name, null, false] as const),
      ...Object.entries(provided).map(([name, value]) => [name, value, true] as const),
    ].map(([name, value, isProvided]) => [
      name,
      { value: value === null ? null : new Secret(value), references: [], provided: isProvided },
    ]),
  )

const valuesOf = (values: Plain) =>
  new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]))

const nothing: VariableDiff = {
  added: [],
  changed: [],
  sealed: [],
  removed: [],
  unchanged: [],
  kept: [],
}

describe('the current and the requested variables', () => {
  const state = stateOf(
    { SAME: '1', OTHER: '1', RAILWAY_RUN_UID: '0', RAILWAY_ODD: 'x' },
    { SEALED: 's', OLD_SEALED: 's' },
    { RAILWAY_PROJECT_ID: 'p' },
  )
  const values = valuesOf({ SAME: '1', OTHER: '2', NEW: '', SEALED: 's' })

  it.each([
    ['merge', [], { added: ['NEW'], changed: ['OTHER'], sealed: ['SEALED'], unchanged: ['SAME'] }],
    [
      'replace',
      [],
      {
        added: ['NEW'],
        changed: ['OTHER'],
        sealed: ['SEALED'],
        unchanged: ['SAME'],
        kept: ['RAILWAY_RUN_UID', 'RAILWAY_ODD', 'OLD_SEALED', 'RAILWAY_PROJECT_ID'],
      },
    ],
    [
      'replace',
      ['OLD_SEALED', 'RAILWAY_RUN_UID', 'RAILWAY_PROJECT_ID'],
      {
        added: ['NEW'],
        changed: ['OTHER'],
        sealed: ['SEALED'],
        unchanged: ['SAME'],
        removed: ['RAILWAY_RUN_UID', 'OLD_SEALED'],
        kept: ['RAILWAY_ODD', 'RAILWAY_PROJECT_ID'],
      },
    ],
    [
      'merge',
      ['OLD_SEALED', 'RAILWAY_RUN_UID', 'RAILWAY_PROJECT_ID', 'NOT_THERE'],
      {
        added: ['NEW'],
        changed: ['OTHER'],
        sealed: ['SEALED'],
        unchanged: ['SAME'],
        removed: ['RAILWAY_RUN_UID', 'OLD_SEALED'],
      },
    ],
  ] as const)('by %s, removing %j', (mode, remove, expected) => {
    expect(diffVariables(state, { values, remove, mode })).toEqual({ ...nothing, ...expected })
  })

  it('are compared as references, not by their values', () => {
    const one = `$\{{Postgres.URL}}`
    const diff = diffVariables(stateOf({ A: one, B: one }), {
      values: valuesOf({ A: one, B: 'postgres://' }),
      remove: [],
      mode: 'merge',
    })
    expect(diff).toEqual({ ...nothing, changed: ['B'], unchanged: ['A'] })
  })
})

describe('a diff after it is applied', () => {
  const names = fc.constantFrom('A', 'B', 'C', 'D', 'RAILWAY_X', ...railwaySettings)
  const plain = fc.dictionary(names, fc.constantFrom('', '1', '2'))
  const wish = fc.record({
    old: plain,
    sealed: plain,
    given: plain,
    gone: fc.uniqueArray(names),
    mode: fc.constantFrom('merge', 'replace'),
  })

  it('results in the requested values, keeps the protected ones, and leaves no difference', () => {
    fc.assert(
      fc.property(wish, ({ old, sealed, given, gone, mode }) => {
        const remove = gone.filter((name) => !(name in given))
        const open = Object.fromEntries(Object.entries(old).filter(([name]) => !(name in sealed)))
        const wanted = { values: valuesOf(given), remove, mode: mode as 'merge' | 'replace' }
        const diff = diffVariables(stateOf(open, sealed), wanted)
        const result: Plain = { ...open, ...sealed }
        for (const name of writtenNames(diff)) result[name] = given[name] ?? ''
        for (const name of diff.removed) delete result[name]
        const kept = (name: string) =>
          mode === 'merge' || name in sealed || name.startsWith('RAILWAY_')
        const expected: Plain = {
          ...Object.fromEntries(
            Object.entries({ ...open, ...sealed }).filter(
              ([name]) => kept(name) && !remove.includes(name),
            ),
          ),
          ...given,
        }
        expect(result).toEqual(expected)
        const left = Object.fromEntries(
          Object.entries(result).filter(([name]) => !(name in sealed)),
        )
        const again = diffVariables(
          stateOf(
            left,
            Object.fromEntries(Object.entries(result).filter(([name]) => name in sealed)),
          ),
          wanted,
        )
        expect(isSettled({ ...again, sealed: [] })).toBe(true)
      }),
      { numRuns: 2_000, seed: 20_260_105 },
    )
  })
})
