import { describe, expect, it } from '@jest/globals'
import { findErrorLine } from '../../../src/railway/adapters/error-line.ts'

describe('the first error line of a log', () => {
  it.each([
    'error TS2304: Cannot find name "foo".',
    'src/a.ts(1,2): error TS2304: Cannot find name',
    'TypeError: x is not a function',
    'java.lang.NullPointerException: null',
    'npm ERR! code ELIFECYCLE',
    '[ERROR] build',
    'panic: runtime error',
    '{"level":"error","msg":"no"}',
    'Build failed.',
    'Error',
    '2 failed, 0 errors',
  ])('is %j', (line) => {
    expect(findErrorLine(['> build', line, 'Error: a later one'])).toBe(line)
  })

  it.each([
    'Found 0 errors. Watching for changes.',
    'no errors',
    'Tests: 12 passed, 0 failed',
    'errors: 0, warnings: 2',
    'copied error-page.html',
    'dist/error.js 12 kB',
    'GET /error/404 200',
    'errorhandler loaded',
    '',
  ])('is not %j', (line) => {
    expect(findErrorLine([line])).toBeNull()
  })

  it('is cut', () => {
    expect(findErrorLine([`error: ${'x'.repeat(100_000)}`])).toHaveLength(300)
  })

  it.each(['Error', 'x', ' 0 '])('is looked for in bounded time in %j', (unit) => {
    const before = process.cpuUsage()
    findErrorLine(Array.from({ length: 50 }, () => unit.repeat(100_000)))
    expect(process.cpuUsage(before).user).toBeLessThan(500_000)
  })
})
