import type { Failure } from '../errors/codes.ts'
import { isGlob } from '../glob.ts'
import { oneLine } from '../text.ts'
import { invalidInput } from './invalid-input.ts'
import { isEmptyArray, listEntries } from './list-entries.ts'
import { listInputs, type RawInputs } from './raw-inputs.ts'
import type { WorkflowStep } from './workflow-step.ts'

/** Inputs that take text. Those that are not here fall back to their defaults, or have errors of their own. */
const textInputs: readonly string[] = [
  'workspace',
  'environment',
  'commit-sha',
  'from-environment',
  'image',
  'registry-username',
  'registry-password',
  'directory',
  'variables',
  'variables-from',
  'health-check',
  'shard',
  'preview-name',
  'api-url',
]

/** Text that stands in for an expression while the rest of an input is read; no input can hold it. */
const mark = '\ue000'
const expressions = /\$\{\{(?:[^}']|'[^']*'|\}(?!\})){0,1000}\}\}/g

/**
 * Reports text and list inputs that the workflow file writes as an expression and that came out empty, or with
 * nothing left that picks something: GitHub hands over the same empty text for an input that was left out, and its
 * default would be wider than what was meant.
 */
export function emptyExpressions(raw: RawInputs, step: WorkflowStep): Failure[] {
  return [...textInputs, ...listInputs].flatMap((name) => {
    const written = step.inputs.get(name)?.text ?? ''
    const found = written.match(expressions)
    if (!found) return []
    const given = raw[name] ?? ''
    const isEmpty = listInputs.has(name) ? isEmptyList(written, given) : given.trim() === ''
    if (!isEmpty) return []
    const quoted = found.map((expression) => `\`${oneLine(expression, 200)}\``)
    return [
      invalidInput(
        name,
        null,
        `a value: ${[...new Set(quoted)].slice(0, 3).join(', ')} came out empty. ${remedy(name)}`,
      ),
    ]
  })
}

/**
 * Tells whether the expressions of a list added nothing to it, and what is left picks nothing or is a glob that a
 * value would have narrowed, as in `${{ inputs.customer }}*`.
 */
function isEmptyList(written: string, given: string): boolean {
  const entries = listEntries(given)
  const isUnchanged = sameEntries(listEntries(written.replace(expressions, '')), entries)
  const picks = entries.some((entry) => !entry.startsWith('!'))
  if (!picks && isUnchanged && !isWrittenEmpty(written, given)) return true
  const marked = listEntries(written.replace(expressions, mark))
  return marked.some((entry) => {
    const left = entry.replaceAll(mark, '').trim()
    const isWide = isGlob(left) && !left.startsWith('!')
    return isWide && entries.includes(left) && !marked.includes(left)
  })
}

/** The expression gave an empty array, which says that nothing is selected. */
const isWrittenEmpty = (written: string, given: string) =>
  isEmptyArray(given) && written.replace(expressions, '').trim() === ''

const sameEntries = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((entry, index) => entry === other[index])

const everything: ReadonlyMap<string, string> = new Map([
  ['services', '@repository'],
  ['projects', '*'],
])

/** The ways to say what was meant. */
function remedy(name: string): string {
  const wide = everything.get(name)
  if (wide) {
    return `Skip the step with \`if:\`, select nothing with \`[]\`, or name the default: \`\${{ … || '${wide}' }}\``
  }
  if (listInputs.has(name)) return 'Skip the step with `if:`, or say "none" with `[]`'
  return `Skip the step with \`if:\`, leave the input out, or give a default: \`\${{ … || 'value' }}\``
}
