import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
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

describe('a summary', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runner-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function written(markdown: string): Promise<string> {
    const file = join(folder, 'summary.md')
    writeFileSync(file, '')
    const process = new LocalProcess({ GITHUB_STEP_SUMMARY: file })
    const runner = githubRunner(process, localToolkit(process), () => ({ kind: 'missing' }))
    await runner.summary(markdown)
    return readFileSync(file, 'utf8')
  }

  it('of up to 1 MB is written as it is', async () => {
    const markdown = `# Résumé\n${'x'.repeat(999_980)}\n`
    expect(await written(markdown)).toBe(markdown)
  })

  it.each([
    ['lines', '| shop | web | deployed |\n'],
    ['lines of two-byte characters', '| é | ü |\n'],
    ['lines of four-byte characters', '| 🚂🚃 |\n'],
  ])('over 1 MB loses whole %s, and says so at its start', async (_, line) => {
    const text = await written(line.repeat(Math.ceil(1_100_000 / Buffer.byteLength(line))))
    expect(Buffer.byteLength(text)).toBeGreaterThan(999_000)
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024)
    const [notice = '', empty, ...lines] = text.split('\n')
    expect(notice).toMatch(/^> The end of this summary is missing.*`report-file`/)
    expect([empty, lines.pop()]).toEqual(['', ''])
    expect([...new Set(lines)]).toEqual([line.trimEnd()])
  })

  it('of one line over 1 MB has only the notice', async () => {
    expect(await written('é'.repeat(600_000))).toMatch(
      /^> The end of this summary is missing[^é]*$/,
    )
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
