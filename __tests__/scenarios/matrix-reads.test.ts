import { describe, expect, it } from '@jest/globals'
import { cellsOf, packedCells, runCell, tokenCells } from './matrix.ts'

const columns = [
  { name: 'check', cells: await cellsOf('check') },
  { name: 'list', cells: await cellsOf('list') },
  { name: 'check with an account token', cells: tokenCells() },
  { name: 'check with an OAuth token', cells: tokenCells() },
  { name: 'deploy with a project token', cells: [...tokenCells(), ...packedCells()] },
] as const

describe.each(columns)('$name', ({ name, cells }) => {
  it.each(cells)('under $id', async ({ option, faults }) => {
    const { codes, wrong } = await runCell(name, option, faults)
    expect(wrong).toEqual([])
    expect(codes).toEqual([])
  })
})
