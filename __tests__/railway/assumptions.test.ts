import { describe, expect, it } from '@jest/globals'
import { alternatives } from '../../local/railway/index.ts'
import { assumptions } from '../../src/railway/assumptions/index.ts'
import { operations } from '../../src/railway/operations/index.ts'

const known = new Set(alternatives.map(({ id }) => id))

/** The readings that the local Railway has no option for: those that it follows by itself. */
const withoutOption = (readings: readonly { id: string }[], id: string) =>
  readings.filter((one) => !known.has(`${id}/${one.id}`)).map((one) => one.id)

describe('the register of assumptions', () => {
  it('has each id once', () => {
    const ids = assumptions.flatMap(({ id, readings }) => [
      id,
      ...readings.map((one) => `${id}/${one.id}`),
    ])
    expect(ids).toHaveLength(new Set(ids).size)
  })

  it.each(assumptions)('$id: the local Railway can go every way', ({ id, readings }) => {
    expect(readings.length).toBeGreaterThan(1)
    expect(withoutOption(readings, id)).toHaveLength(1)
  })

  it('has an entry for every option of the local Railway', () => {
    const registered = new Set(
      assumptions.flatMap(({ id, readings }) => readings.map((one) => `${id}/${one.id}`)),
    )
    expect(alternatives.filter(({ id }) => !registered.has(id))).toEqual([])
  })

  it('names operations that there are', () => {
    const names = new Set([...operations.map(({ name }) => name), 'Upload'])
    const unknown = assumptions.flatMap((one) =>
      one.operations === 'all' ? [] : one.operations.filter((name) => !names.has(name)),
    )
    expect(unknown).toEqual([])
  })
})
