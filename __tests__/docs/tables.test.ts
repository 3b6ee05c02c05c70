import { describe, expect, it } from '@jest/globals'
import { parseAction } from '../../scripts/docs/action.ts'
import { replaceMarked } from '../../scripts/docs/marked.ts'
import { inputsTable, outputsTable } from '../../scripts/docs/tables.ts'

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

describe('the tables of the README', () => {
  it('list the inputs with what action.yml says, safe to stand in a table', () => {
    expect(inputsTable(action).split('\n')).toEqual([
      '| Input | Default | Description |',
      '| --- | --- | --- |',
      '| `token` | _required_ | Folded over two lines |',
      '| `preview-name` | `pr-<number>` | The name; `pr-<number>` or &lt;number>, `a\\|b`. |',
      '| `wait` | `true` | Booleans are text for the runner |',
    ])
  })

  it('list the outputs', () => {
    expect(outputsTable(action).split('\n')).toEqual([
      '| Output | Description |',
      '| --- | --- |',
      '| `status` | What became of it |',
    ])
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
    ['the wrong way round', '<!-- a:end --><!-- a:start -->'],
  ])('is an error when the markers are %s', (_, broken) => {
    expect(() => replaceMarked(broken, 'a', 'new')).toThrow('no <!-- a:start -->')
  })
})
