import { describe, expect, it } from '@jest/globals'
import { cellsOf, runCell } from './matrix.ts'

/** A reading that does not work yet, with the errors that it leads to. */
const broken: Readonly<Record<string, readonly string[]>> = {
  'clone-crashes-first/images': ['deployment-failed'],
  'clone-crashes-first/all': ['deployment-failed', 'deployment-failed'],
}

const opened = await cellsOf('preview')
const closed = await cellsOf('preview that is closed', 'preview')

describe('preview', () => {
  it.each(opened)('under $id', async ({ id, option, faults }) => {
    const { codes, wrong } = await runCell('preview', option, faults)
    expect(wrong).toEqual([])
    expect(codes).toEqual(broken[id] ?? [])
  })
})

describe('preview that is closed', () => {
  it.each(closed)('under $id', async ({ option, faults }) => {
    const { codes, wrong } = await runCell('preview that is closed', option, faults)
    expect(wrong).toEqual([])
    expect(codes).toEqual([])
  })
})
