import { EOL } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import { parseKeyValues } from '../../local/runner/file-commands.ts'
import { outputEntry, workflowCommand } from '../../local/runner/format-commands.ts'
import { readLog } from '../../local/runner/log.ts'
import { splitLines } from '../../local/runner/transcript.ts'

describe('a workflow command', () => {
  it.each<[ReturnType<typeof workflowCommand>, string]>([
    [workflowCommand('endgroup'), '::endgroup::'],
    [workflowCommand('group', 'Plan'), '::group::Plan'],
    [workflowCommand('add-mask', '100%\r\nsure'), '::add-mask::100%25%0D%0Asure'],
    [workflowCommand('add-mask', '%0A'), '::add-mask::%250A'],
    [
      workflowCommand('error', 'a: b, c', { title: 'Railway: a, b', file: 'a.yml', line: 7 }),
      '::error title=Railway%3A a%2C b,file=a.yml,line=7::a: b, c',
    ],
    [
      workflowCommand('error', 'x', { title: 'T', file: undefined, line: undefined }),
      '::error title=T::x',
    ],
    [workflowCommand('notice', 'x', { title: '' }), '::notice::x'],
    [workflowCommand('set-output', 'v', { name: 'status' }), '::set-output name=status::v'],
  ])('%j', (command, expected) => {
    expect(command).toBe(`${expected}${EOL}`)
  })

  it.each(['plain', 'a%0Ab', '::error::x', 'two\nlines\r\n', 'a, b: 5 %, =c'])(
    'is read back by the runner unchanged: %j',
    (text) => {
      const { commands } = readLog(splitLines(workflowCommand('warning', text, { title: text })))
      expect(commands).toEqual([{ name: 'warning', properties: { title: text }, data: text }])
    },
  )
})

describe('an entry of the output file', () => {
  it.each(['', 'plain', 'a=b', 'x<<EOF\nEOF', 'ends with a line\n', '\n\n'])(
    'is read back by the runner unchanged: %j',
    (value) => {
      const text = outputEntry('first', value) + outputEntry('second', 'after it')
      expect(parseKeyValues(text)).toEqual({ first: value, second: 'after it' })
    },
  )

  it('ends with a delimiter that no value can contain', () => {
    const delimiters = [1, 2].map(() => /<<(\S+)/.exec(outputEntry('a', 'b'))?.[1])
    expect(new Set(delimiters).size).toBe(2)
  })
})
