import { describe, expect, it } from '@jest/globals'
import { readLog } from '../../local/runner/log.ts'
import { splitLines } from '../../local/runner/transcript.ts'
import { githubRunner } from '../../src/github/runner.ts'

/** Returns how the runner reads a text that the action prints. */
function printed(text: string) {
  const written: string[] = []
  githubRunner({ env: {}, stdout: { write: (chunk) => written.push(chunk) } }).line(text)
  return readLog(splitLines(written.join('')))
}

describe('a line of the log', () => {
  it.each(['\n', '\r\n', '\r', '\r\u0085 '])('carries no workflow command after %j', (end) => {
    const { commands, lines } = printed(`shop${end}::stop-commands::x${end}::error title=Pwned::x`)
    expect(commands).toEqual([])
    expect(lines.map(({ text }) => text)).toHaveLength(3)
  })
})
