import { describe, expect, it } from '@jest/globals'
import { isInShard } from '../../src/inventory/shard.ts'

const ids = Array.from({ length: 2_000 }, (_, index) => {
  const hex = (index * 2_654_435_761).toString(16).padStart(12, '0').slice(-12)
  return `${hex.slice(0, 8)}-${hex.slice(8)}-4000-8000-${index.toString(16).padStart(12, '0')}`
})
const shards = (of: number) => Array.from({ length: of }, (_, index) => ({ part: index + 1, of }))

describe('the shards of a workspace', () => {
  it.each([1, 2, 5, 16])('of %d parts cover every project exactly once', (of) => {
    const taken = ids.map((id) => shards(of).filter((shard) => isInShard(id, shard)).length)
    expect(taken.every((count) => count === 1)).toBe(true)
  })

  it.each([2, 16])('of %d parts are of about the same size', (of) => {
    const sizes = shards(of).map((shard) => ids.filter((id) => isInShard(id, shard)).length)
    expect(Math.max(...sizes)).toBeLessThan((2_000 / of) * 1.3)
    expect(Math.min(...sizes)).toBeGreaterThan((2_000 / of) * 0.7)
  })

  // A change of the hash would move projects between the jobs of existing workflows.
  it.each([
    ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', 5],
    ['9b2c4f1e-0000-4000-8000-000000000001', 3],
    ['9b2c4f1e-0000-4000-8000-000000000002', 2],
  ])('keep %s in its shard', (id, part) => {
    expect(shards(5).findIndex((shard) => isInShard(id, shard)) + 1).toBe(part)
  })

  it('are all projects without a division', () => {
    expect(ids.every((id) => isInShard(id, null))).toBe(true)
  })
})
