import { describe, expect, it } from '@jest/globals'
import { readLog } from '../../local/runner/log.ts'
import { splitLines } from '../../local/runner/transcript.ts'

const read = (text: string, options = {}) => readLog(splitLines(text), options)
const texts = (text: string, options = {}) => read(text, options).lines.map((line) => line.text)

describe('annotations', () => {
  it('contain their properties unescaped', () => {
    const { annotations, lines } = read(
      '::error title=a%3A b%2C c%25,file=.github/workflows/deploy.yml,line=12,endLine=14,col=3::one%0Atwo 100%25',
    )
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'a: b, c%',
        message: 'one\ntwo 100%',
        file: '.github/workflows/deploy.yml',
        line: 12,
        endLine: 14,
        column: 3,
      },
    ])
    expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['error', 'one'],
      ['error', 'two 100%'],
    ])
  })

  it('have three levels, and need no properties', () => {
    const { annotations } = read(' \u0085 ::warning::w\n::NOTICE::n\n::error title=,=x,junk::e')
    expect(annotations.map(({ level, title, message }) => [level, title, message])).toEqual([
      ['warning', undefined, 'w'],
      ['notice', undefined, 'n'],
      ['error', undefined, 'e'],
    ])
  })

  it('do not unescape twice', () => {
    expect(read('::error::%250A').annotations[0]?.message).toBe('%0A')
  })
})

describe('lines that are no commands', () => {
  it.each([
    '::unknown::x',
    'text ::error::x',
    '::error',
    ':: error::x',
    '##[nothing]x',
    '##[error x',
  ])('are text: %s', (line) => {
    const { lines, commands, annotations } = read(line)
    expect(lines.map(({ text, kind }) => [text, kind])).toEqual([[line, 'text']])
    expect([commands, annotations]).toEqual([[], []])
  })
})

describe('groups', () => {
  it('hold the lines up to their end, or up to the next group', () => {
    const { groups, lines } = read(
      'before\n::group::One%0A\na\n::group::Two\nb\n::error::c\n::endgroup::\nafter',
    )
    expect(groups).toEqual([
      { title: 'One\n', lines: ['a'] },
      { title: 'Two', lines: ['b', 'c'] },
    ])
    expect(lines.at(-1)).toEqual({ text: 'after', kind: 'text', group: undefined })
  })
})

describe('masks', () => {
  it('hide a secret in all later lines, not in earlier ones', () => {
    expect(texts('s3cret\n::add-mask::s3cret\nmy s3cret, s3cret\n::error::s3cret')).toEqual([
      's3cret',
      'my ***, ***',
      '***',
    ])
  })

  it('hide each line of a secret of several lines', () => {
    const { masks, lines } = read('::add-mask::first%0Asecond%0D%0A\nfirst\nthe second one')
    expect(masks).toContain('second')
    expect(lines.map(({ text }) => text)).toEqual(['***', 'the *** one'])
  })

  it('hide the longer of two secrets completely', () => {
    expect(texts('abcdef', { masks: ['abc', 'abcdef'] })).toEqual(['***'])
  })

  it('are not made from empty text', () => {
    expect(read('::add-mask::\n::add-mask:: \na b').masks).toEqual([])
  })
})

describe('debug lines', () => {
  it('are shown only if debugging is on', () => {
    expect(texts('::debug::x')).toEqual([])
    expect(texts('::debug::x', { debug: true })).toEqual(['x'])
    expect(read('::debug::x').debug).toEqual(['x'])
  })
})

describe('stopped commands', () => {
  it('are shown as text, until the token comes', () => {
    const { lines, annotations, commands } = read(
      '::stop-commands::T0k\n::error::not one\n##[error]nor this\n::add-mask::x\n::t0k::\n::error::one x',
    )
    expect(annotations.map(({ message }) => message)).toEqual(['one x'])
    expect(commands.map(({ name }) => name)).toEqual(['stop-commands', 'error'])
    expect(lines.map(({ text }) => text)).toEqual([
      '::stop-commands::T0k',
      '::error::not one',
      '##[error]nor this',
      '::add-mask::x',
      '::t0k::',
      'one x',
    ])
  })
})

describe('the old form of commands', () => {
  it('counts anywhere in a line', () => {
    const { legacyCommands, annotations } = read(
      'a build log: ##[error file=a;line=3]broken%5D%3B\n##[group]x',
    )
    expect(legacyCommands.map(({ name }) => name)).toEqual(['error', 'group'])
    expect(annotations[0]).toMatchObject({ message: 'broken];', file: 'a', line: 3 })
  })
})

describe('a lone carriage return', () => {
  it('starts a new line, which may be a command', () => {
    expect(read('progress\r::error::sneaked in\r\nlast').annotations).toHaveLength(1)
  })
})
