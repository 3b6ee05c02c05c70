import { describe, expect, it } from '@jest/globals'
import { alternatives } from '../../local/railway/index.ts'
import { assumptions } from '../../src/railway/assumptions/index.ts'
import { operations } from '../../src/railway/operations/index.ts'

const known = new Set(alternatives.map(({ id }) => id))

/** Returns the ids of the variants without an alternative in the local Railway: its default behaviour. */
const defaultVariants = (variants: readonly { id: string }[], id: string) =>
  variants.filter((one) => !known.has(`${id}/${one.id}`)).map((one) => one.id)

describe('the assumptions', () => {
  it('have unique ids', () => {
    const ids = assumptions.flatMap(({ id, variants }) => [
      id,
      ...variants.map((one) => `${id}/${one.id}`),
    ])
    expect(ids).toHaveLength(new Set(ids).size)
  })

  it.each(assumptions)(
    '$id has an alternative in the local Railway for every variant but its default',
    ({ id, variants }) => {
      expect(variants.length).toBeGreaterThan(1)
      expect(defaultVariants(variants, id)).toHaveLength(1)
    },
  )

  it('include every alternative of the local Railway', () => {
    const registered = new Set(
      assumptions.flatMap(({ id, variants }) => variants.map((one) => `${id}/${one.id}`)),
    )
    expect(alternatives.filter(({ id }) => !registered.has(id))).toEqual([])
  })

  it('name existing operations', () => {
    const names = new Set([...operations.map(({ name }) => name), 'Upload'])
    const unknown = assumptions.flatMap((one) =>
      one.operations === 'all' ? [] : one.operations.filter((name) => !names.has(name)),
    )
    expect(unknown).toEqual([])
  })
})
