import { describe, expect, it } from '@jest/globals'
import { lastLines, toLog } from '../../../src/railway/adapters/logs.ts'

const row = (message: string, timestamp = '2026-01-05T09:00:00.000000001Z') => ({
  timestamp,
  message,
  severity: null,
})

const same = (text: string) => text

describe('the log of a deployment', () => {
  it('has a time before every line, and no terminal codes', () => {
    const rows = {
      build: [row('\u001b[32mBuilt\u001b[0m\r\nwith a second\tline\u0007')],
      container: [],
    }
    expect(toLog(rows, same)).toEqual({
      build: ['2026-01-05T09:00:00.000000001Z Built\nwith a second\tline '],
      container: [],
    })
  })

  it('keeps its end if it is too long', () => {
    const rows = Array.from({ length: 60 }, (_, index) => row(`${index} ${'x'.repeat(100_000)}`))
    const { container } = toLog({ build: [], container: rows }, same)
    const [note, first = ''] = container
    expect(note).toBe('(21 earlier lines are left out.)')
    expect(first).toMatch(/^\S+ 21 x/)
    expect(container.join('\n').length).toBeLessThan(4_100_000)
  })

  it('says that there may be more if Railway returned its maximum', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => row(`${index}`))
    const { build } = toLog({ build: rows, container: rows.slice(1) }, same)
    expect(build[0]).toBe('(Railway returns at most the last 5000 lines of a log.)')
    expect(build).toHaveLength(5_001)
  })
})

describe('the last lines', () => {
  const build = Array.from({ length: 70 }, (_, index) => row(`build ${index}`))

  it.each([
    ['of the container come first', [row('started')], ['started']],
    [
      'of the build are shown without a container',
      [],
      build.slice(20).map(({ message }) => message),
    ],
  ])('%s', (_, container, messages) => {
    expect(lastLines({ build, container }).map(({ message }) => message)).toEqual(messages)
  })
})
