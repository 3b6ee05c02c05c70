import { describe, expect, it } from '@jest/globals'
import { failure } from '../src/errors/codes.ts'
import { markdown, markdownLink, markdownWords, mermaidName } from '../src/markdown.ts'
import { errorAnnotations } from '../src/report/annotations.ts'
import { escapeWorkflowCommands, humanTime, oneLine } from '../src/text.ts'
import { cpuMilliseconds } from './cpu-time.ts'

describe('text from outside', () => {
  it.each([
    ['::error::x', ':\u200b:error::x'],
    ['  ::error::x', '  :\u200b:error::x'],
    ['\u0085\u00a0::error::x', '\u0085\u00a0:\u200b:error::x'],
    ['a ##[set-output name=x]y', 'a #\u200b#[set-output name=x]y'],
    ['std::vector', 'std::vector'],
    ['## heading', '## heading'],
  ])('%j is printed so that no runner executes it', (line, expected) => {
    expect(escapeWorkflowCommands(line)).toBe(expected)
  })

  it('becomes one line without terminal codes', () => {
    expect(oneLine('\u001b[31mred\u001b[0m\r\nnext\u0007\u2028end')).toBe('red next end')
    expect(oneLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`)
  })

  it('is shown as text in Markdown', () => {
    const shown = markdown('a|b `c` <script> [x](y) *z* ![i](j) &amp;')
    expect(shown).not.toMatch(/[|`<>[\]*!]/)
  })

  it.each([
    ['@octocat', '@\u200boctocat'],
    ['(@acme/core)', '(@\u200bacme/core)'],
    ['fixes #12', 'fixes &#35;\u200b12'],
    ['acme/shop#12', 'acme/shop&#35;\u200b12'],
    ['GH-12', 'GH-\u200b12'],
  ])('mentions nobody and refers to nothing on GitHub: %s', (text, expected) => {
    expect(markdown(text)).toBe(expected)
  })

  it('can still be copied if GitHub finds no reference in it', () => {
    expect(markdown('postgres@sha256:0a1b')).toBe('postgres@sha256:0a1b')
  })
})

describe('one line of text from outside', () => {
  it.each([
    ['colours', '\u001b[31;1mred\u001b[0m', 'red'],
    ['a title of the terminal', '\u001b]0;title\u0007text', 'text'],
    [
      'a link of the terminal',
      '\u001b]8;;https://example.com\u001b\\here\u001b]8;;\u001b\\',
      'here',
    ],
    ['codes of one character', '\u009b31mred\u001bM', 'red'],
    ['marks that turn text around', 'a\u202eb\u2066c\u2069d\u200f', 'abcd'],
    ['half a character', 'a\ud83db\ude00', 'a\ufffdb\ufffd'],
  ])('has no %s', (_, text, expected) => {
    expect(oneLine(text)).toBe(expected)
  })

  it('is not divided in the middle of a character', () => {
    expect(oneLine('aa😀bb', 4)).toBe('aa…')
  })

  it.each(['\u001b]', '\u001b[0', '\u001b', '\u202e', '\u0000', '\ud83d'])(
    'takes a bounded time for a megabyte of %j',
    (unit) => {
      const text = unit.repeat(1_000_000 / unit.length)
      expect(cpuMilliseconds(() => oneLine(text, 2_000))).toBeLessThan(500)
    },
  )
})

describe('a link in Markdown', () => {
  it.each([
    ['https://example.com/a)b', 'https://example.com/a%29b'],
    ['https://example.com/[x]|y', 'https://example.com/%5Bx%5D%7Cy'],
    ['https://ex\ud83dample.com', 'https://ex%EF%BF%BDample.com'],
    ['https://example.com/a b<c>', 'https://example.com/a%20b%3Cc%3E'],
    ['https://example.com/%2F', 'https://example.com/%2F'],
    ['https://example.com/a_b~c', 'https://example.com/a_b~c'],
  ])('keeps %j inside of its parentheses', (url, target) => {
    expect(markdownLink('site', url)).toBe(`[site](${target})`)
  })
})

describe('a sentence of the action in Markdown', () => {
  it('shows code between backticks, and escapes everything in it', () => {
    expect(markdownWords('Set `a|b` to *x*')).toBe('Set <code>a&#124;b</code> to &#42;x&#42;')
  })
})

describe('a name in a chart', () => {
  it.each([
    ...['click', 'section', 'title', 'gantt', 'dateFormat', 'end', 'excludes'].map((name) => [
      name,
      `\u200b${name}`,
    ]),
    ['title of it', '\u200btitle of it'],
    ['a:b;c#d', '\u200ba b c d'],
    ['%%{init}%%', '\u200binit'],
    ['::', '\u200bunnamed'],
  ])('%j is no command', (name, expected) => {
    expect(mermaidName(name)).toBe(expected)
  })
})

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
  ])('of %i ms', (milliseconds, expected) => {
    expect(humanTime(milliseconds)).toBe(expected)
  })
})

describe('annotations', () => {
  const failures = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      failure('input-invalid', {
        input: `input-${index}`,
        given: '',
        problem: { kind: 'format', expected: 'text' },
      }),
    )

  it.each([
    [1, 1],
    [10, 10],
    [11, 10],
    [50, 10],
  ])('of %i errors are %i, as many as GitHub shows', (count, shown) => {
    expect(errorAnnotations(failures(count), 'docs', { kind: 'unknown' })).toHaveLength(shown)
  })

  it('sum up those from the tenth on', () => {
    const last = errorAnnotations(failures(25), 'docs', { kind: 'unknown' }).at(-1)
    expect(last?.message).toContain('16 more errors')
    expect(last?.message).toContain('[input-invalid]')
  })
})
