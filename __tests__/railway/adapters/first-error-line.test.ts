import { describe, expect, it } from '@jest/globals'
import { findErrorLine } from '../../../src/railway/adapters/first-error-line.ts'
import { cpuMilliseconds } from '../../cpu-time.ts'

const lines = (...messages: string[]) => messages.map((message) => ({ message, severity: null }))

describe('the error line of a log', () => {
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
    'error: null is not an object',
    'Error: none-such: command not found',
  ])('is %j, the last of several', (line) => {
    const log = lines('> build', 'Error: connection refused, retrying', line, '    at main.js:1')
    expect(findErrorLine(log)).toBe(line)
  })

  it.each([
    'Found 0 errors. Watching for changes.',
    'no errors',
    'Tests: 12 passed, 0 failed',
    'errors: 0, warnings: 2',
    '0 Error(s)',
    '{"level":"info","error":null}',
    'done, error: null',
    'finished error=nil retries=0',
    '{"errors": []}',
    'failed: false',
    'copied error-page.html',
    'error_page.html',
    'Compiling thiserror v1.0.50',
    'dist/error.js 12 kB',
    'GET /error/404 200',
    'errorhandler loaded',
    '',
  ])('is not %j, for any severity', (message) => {
    expect(findErrorLine([{ message, severity: 'error' }])).toBeNull()
  })

  it.each(['error', 'ERR', 'fatal', 'critical'])('is the first one of severity %s', (severity) => {
    const log = [
      { message: 'Error: the cause', severity },
      { message: 'Error: of a later line', severity: 'info' },
    ]
    expect(findErrorLine(log)).toBe('Error: the cause')
  })

  it.each([
    'npm error A complete log of this run can be found in: /root/.npm/_logs/1.log',
    'ERROR: failed to build: exit code: 1',
    'error: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
    'Error: The container exited with code 1',
  ])('is not the consequence %j if there is a cause', (consequence) => {
    const log = [
      { message: 'npm error code ERESOLVE', severity: 'error' },
      { message: consequence, severity: 'error' },
    ]
    expect(findErrorLine(log)).toBe('npm error code ERESOLVE')
    expect(findErrorLine(log.slice(1))).toBe(consequence)
  })

  it('is truncated', () => {
    expect(findErrorLine(lines(`error: ${'x'.repeat(100_000)}`))).toHaveLength(300)
  })

  it.each(['Error', 'x', ' 0 '])('is found in bounded time in %j', (unit) => {
    const log = Array.from({ length: 50 }, () => lines(unit.repeat(100_000))).flat()
    expect(cpuMilliseconds(() => findErrorLine(log))).toBeLessThan(500)
  })
})
