import { describe, expect, it } from '@jest/globals'
import { type CommandName, cellsOf, runCell } from './matrix.ts'

/** The error that a reading must lead to. Otherwise the command does the same as always. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'deploy of a directory: workspace-token-uploads/refused': ['operation-not-permitted'],
  'deploy of a directory: upload-refused/403': ['operation-not-permitted'],
  'deploy of a directory: upload-refused/404': ['upload-refused'],
  // The live commit is not reported, so there is nothing to promote.
  'promotion: deployment-meta/null': ['source-not-live'],
}

const columns = await Promise.all(
  (
    [
      ['deploy'],
      ['variables'],
      ['rollback'],
      ['promotion', 'check'],
      ['deploy of a build that fails', 'deploy'],
      ['deploy of an image', 'deploy'],
      ['deploy of a directory', 'deploy'],
      ['shared variables', 'variables'],
    ] as const
  ).map(async ([name, like]: readonly [CommandName, CommandName?]) => ({
    name,
    usual: (await runCell(name)).codes,
    cells: await cellsOf(name, like),
  })),
)

describe.each(columns)('$name', ({ name, usual, cells }) => {
  it.each(cells)('under $id', async ({ id, option, faults }) => {
    const { codes, wrong } = await runCell(name, option, faults)
    expect(wrong).toEqual([])
    expect(codes).toEqual(expected[`${name}: ${id}`] ?? usual)
  })
})
