import { describe, expect, it } from '@jest/globals'
import { parseAction } from '../../scripts/docs/action.ts'
import { replaceMarked } from '../../scripts/docs/marked.ts'
import { inputsList, outputsList } from '../../scripts/docs/tables.ts'

const action = parseAction(`
name: An action
description: For a test
inputs:
  token:
    description: >-
      Folded over
      two lines
    required: true
  preview-name:
    description: The name; \`pr-<number>\` or <number>, \`a|b\`.
    default: pr-<number>
  wait:
    description: Booleans are text for the runner
    default: true
outputs:
  status:
    description: What became of it
`)

describe('the lists of the README', () => {
  const groups = [
    { title: 'Who', names: ['token'] },
    { title: 'How', names: ['wait', 'preview-name'] },
  ]

  it('contain the inputs by group with the texts of action.yml, escaped for Markdown', () => {
    expect(inputsList(action, groups).split('\n')).toEqual([
      '### Who',
      '',
      '- **`token`** (required): Folded over two lines',
      '',
      '### How',
      '',
      '- **`wait`** (default `true`): Booleans are text for the runner',
      '- **`preview-name`** (default `pr-<number>`): The name; `pr-<number>` or &lt;number>, `a|b`.',
    ])
  })

  it.each([
    [
      'an input that is in no group',
      [{ title: 'Who', names: ['token'] }],
      'These inputs are in no group: ',
    ],
    [
      'a name that is no input',
      [...groups, { title: 'Else', names: ['wiat'] }],
      'These inputs do not exist: wiat',
    ],
  ])('are refused for %s', (_, wrong, message) => {
    expect(() => inputsList(action, wrong)).toThrow(message)
  })

  it('contain the outputs', () => {
    expect(outputsList(action)).toBe('- **`status`**: What became of it')
  })

  it('have lines of at most 120 characters and break no code', () => {
    const description = `\`a long span ${'x'.repeat(50)}\` ${'word '.repeat(40)}\`another span\``
    const lines = outputsList({ ...action, outputs: { status: { description } } }).split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.filter((line) => line.length > 120)).toEqual([])
    expect(lines.filter((line) => line.split('`').length % 2 === 0)).toEqual([])
  })
})

describe('the part between two markers', () => {
  const text = 'before\n<!-- a:start -->\nold\n<!-- a:end -->\nafter\n'

  it('is replaced, and nothing around it', () => {
    const expected = 'before\n<!-- a:start -->\n\nnew\n\n<!-- a:end -->\nafter\n'
    expect(replaceMarked(text, 'a', 'new\n')).toBe(expected)
    expect(replaceMarked(expected, 'a', 'new\n')).toBe(expected)
  })

  it.each([
    ['missing', 'no markers'],
    ['in the wrong order', '<!-- a:end --><!-- a:start -->'],
  ])('is an error when the markers are %s', (_, broken) => {
    expect(() => replaceMarked(broken, 'a', 'new')).toThrow('Expected <!-- a:start -->')
  })
})
