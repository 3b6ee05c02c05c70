import { describe, expect, it } from '@jest/globals'
import { cellsOf, runCell } from './matrix.ts'

const opened = await cellsOf('preview')
const closed = await cellsOf('preview that is closed', 'preview')

describe('preview', () => {
  it.each(opened)('under $id', async ({ option, faults }) => {
    const { codes, wrong } = await runCell('preview', option, faults)
    expect(wrong).toEqual([])
    expect(codes).toEqual([])
  })
})

describe('preview that is closed', () => {
  it.each(closed)('under $id', async ({ option, faults }) => {
    const { codes, wrong } = await runCell('preview that is closed', option, faults)
    expect(wrong).toEqual([])
    expect(codes).toEqual([])
  })
})
