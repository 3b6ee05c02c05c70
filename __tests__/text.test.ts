import { describe, expect, it } from '@jest/globals'
import { expected, failure } from '../src/errors/codes.ts'
import { annotationsOf } from '../src/report/annotations.ts'
import { escapeWorkflowCommands, humanTime, markdown, oneLine } from '../src/text.ts'

describe('text from outside', () => {
  it.each([
    ['::error::x', ':\u200b:error::x'],
    ['  ::error::x', '  :\u200b:error::x'],
    ['\u0085\u00a0::error::x', '\u0085\u00a0:\u200b:error::x'],
    ['a ##[set-output name=x]y', 'a #\u200b#[set-output name=x]y'],
    ['std::vector', 'std::vector'],
    ['## heading', '## heading'],
  ])('%j is printed so that no runner acts on it', (line, expected) => {
    expect(escapeWorkflowCommands(line)).toBe(expected)
  })

  it('becomes one line without terminal codes', () => {
    expect(oneLine('\u001b[31mred\u001b[0m\r\nnext\u0007\u2028end')).toBe('red next end')
    expect(oneLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`)
  })

  it('stays text in Markdown', () => {
    const shown = markdown('a|b `c` <script> [x](y) *z* ![i](j) &amp;')
    expect(shown).not.toMatch(/[|`<>[\]*!]/)
  })

  it.each([
    ['@octocat', '@\u200boctocat'],
    ['(@acme/core)', '(@\u200bacme/core)'],
    ['fixes #12', 'fixes &#35;\u200b12'],
    ['acme/shop#12', 'acme/shop&#35;\u200b12'],
    ['GH-12', 'GH-\u200b12'],
  ])('calls nobody and refers to nothing on GitHub: %s', (text, expected) => {
    expect(markdown(text)).toBe(expected)
  })

  it('can still be copied where GitHub sees nothing to refer to', () => {
    expect(markdown('postgres@sha256:0a1b')).toBe('postgres@sha256:0a1b')
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
      failure('input-invalid', { input: `input-${index}`, given: '', problem: expected('text') }),
    )

  it.each([
    [1, 1],
    [10, 10],
    [11, 10],
    [50, 10],
  ])('of %i errors are %i, as many as GitHub shows', (count, shown) => {
    expect(annotationsOf(failures(count), [], 'docs', { kind: 'unknown' })).toHaveLength(shown)
  })

  it('sum up from the tenth on what does not fit', () => {
    const last = annotationsOf(failures(25), [], 'docs', { kind: 'unknown' }).at(-1)
    expect(last?.message).toContain('16 more errors')
    expect(last?.message).toContain('[input-invalid]')
  })
})
