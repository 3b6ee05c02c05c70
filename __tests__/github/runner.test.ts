import { describe, expect, it } from '@jest/globals'
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
  it.each(['\n', '\r\n', '\r', '\r\u0085 '])('carries no workflow command after %j', (end) => {
    const { commands, lines } = printed(`shop${end}::stop-commands::x${end}::error title=Pwned::x`)
    expect(commands).toEqual([])
    expect(lines.map(({ text }) => text)).toHaveLength(3)
  })
})
