import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { LocalProcess } from '../../local/runner/local-process.ts'
import { readLog } from '../../local/runner/log.ts'
import { localToolkit } from '../../local/runner/toolkit.ts'
import { splitLines } from '../../local/runner/transcript.ts'
import { githubRunner } from '../../src/github/runner.ts'

/** Returns how the runner reads a text that the action prints. */
function printed(text: string) {
  const process = new LocalProcess({})
  githubRunner(process, localToolkit(process), () => ({ kind: 'missing' })).line(text)
  return readLog(splitLines(process.printed))
}

describe('a line of the log', () => {
  it.each(['\n', '\r\n', '\r', '\r\u0085 '])('contains no workflow command after %j', (end) => {
    const { commands, lines } = printed(`shop${end}::stop-commands::x${end}::error title=Pwned::x`)
    expect(commands).toEqual([])
    expect(lines.map(({ text }) => text)).toHaveLength(3)
  })
})

describe('a file that the action leaves for later steps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runner-test-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is for this user only, and without secrets', () => {
    const process = new LocalProcess({ RUNNER_TEMP: folder })
    const runner = githubRunner(process, localToolkit(process), () => ({ kind: 'missing' }))
    runner.secret('t0ken-0f-the-run')
    for (const write of [runner.logFile, runner.reportFile]) {
      const path = write('with t0ken-0f-the-run\n')
      expect(path.startsWith(folder)).toBe(true)
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(readFileSync(path, 'utf8')).toBe('with ***\n')
    }
  })
})
