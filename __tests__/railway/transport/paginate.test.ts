import { describe, expect, it } from '@jest/globals'
import type { Page } from '../../../src/railway/operations/operation.ts'
import { pagesOf, readAllPages } from '../../../src/railway/transport/paginate.ts'

const list = { operation: 'ListThings', field: 'things' }

/** Pages by cursor; the first has none. */
function server(pages: Record<string, Page<number>>) {
  const cursors: (string | null)[] = []
  const read = async (after: string | null) => {
    cursors.push(after)
    return pages[after ?? 'start'] ?? { nodes: [], next: null }
  }
  return { cursors, read }
}

describe('readAllPages', () => {
  it.each<[string, Record<string, Page<number>>, number[], (string | null)[]]>([
    ['an empty list', { start: { nodes: [], next: null } }, [], [null]],
    ['one page', { start: { nodes: [1, 2], next: null } }, [1, 2], [null]],
    [
      'three pages, the second empty',
      {
        start: { nodes: [1], next: 'a' },
        a: { nodes: [], next: 'b' },
        b: { nodes: [2], next: null },
      },
      [1, 2],
      [null, 'a', 'b'],
    ],
  ])('reads %s', async (_, pages, nodes, cursors) => {
    const { read, cursors: seen } = server(pages)
    expect(await readAllPages(list, read)).toEqual(nodes)
    expect(seen).toEqual(cursors)
  })

  it('continues after a page that was read already', async () => {
    const { read, cursors } = server({ a: { nodes: [2], next: null } })
    expect(await readAllPages(list, read, { nodes: [1], next: 'a' })).toEqual([1, 2])
    expect(cursors).toEqual(['a'])
  })

  it.each<[string, Record<string, Page<number>>]>([
    ['that does not advance', { start: { nodes: [1], next: 'a' }, a: { nodes: [2], next: 'a' } }],
    [
      'that repeats in a cycle',
      {
        start: { nodes: [1], next: 'a' },
        a: { nodes: [2], next: 'b' },
        b: { nodes: [3], next: 'a' },
      },
    ],
  ])('throws on a cursor %s', async (_, pages) => {
    await expect(readAllPages(list, server(pages).read)).rejects.toMatchObject({
      problem: {
        kind: 'incompatible',
        operation: 'ListThings',
        field: 'things.pageInfo.endCursor',
        detail: 'the cursor does not advance',
      },
    })
  })

  it('throws on a list that never ends', async () => {
    const read = async (after: string | null) => ({ nodes: [], next: String(Number(after) + 1) })
    await expect(readAllPages(list, read)).rejects.toHaveProperty(
      'problem.detail',
      'more than 10000 pages',
    )
  })

  it('rethrows the error of reading a page', async () => {
    const broken = new Error('no answer')
    await expect(readAllPages(list, () => Promise.reject(broken))).rejects.toBe(broken)
  })
})

describe('pagesOf', () => {
  it('reads only the pages that are needed', async () => {
    const { read, cursors } = server({
      start: { nodes: [1], next: 'a' },
      a: { nodes: [2], next: 'b' },
      b: { nodes: [3], next: null },
    })
    for await (const [node] of pagesOf(list, read)) if (node === 2) break
    expect(cursors).toEqual([null, 'a'])
  })
})
