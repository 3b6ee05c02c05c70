import type { Failure } from '../errors/codes.ts'
import { isGlob } from '../glob.ts'
import { oneLine } from '../text.ts'
import { invalidInput } from './invalid-input.ts'
import { isEmptyArray, listEntries } from './list-entries.ts'
import { listInputs, type RawInputs } from './raw-inputs.ts'
import type { WorkflowStep } from './workflow-step.ts'

/** The text inputs that are checked. Other inputs have their default if they are empty, or errors of their own. */
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

/** The placeholder for an expression. No input contains it. */
const placeholder = '\ue000'

/** The syntax of expressions. The quantifier is bounded, so that a match takes linear time. */
const expressions = /\$\{\{(?:[^}']|'[^']*'|\}(?!\})){0,1000}\}\}/g

/**
 * Rejects text and list inputs whose expressions in the workflow file came out empty. GitHub passes the same empty text
 * for an input that is left out, and its default may select more than was meant. The same holds for a list in which
 * only exclusions are left.
 */
export function checkEmptyExpressions(raw: RawInputs, step: WorkflowStep): Failure[] {
  return [...textInputs, ...listInputs].flatMap((name) => {
    const written = step.inputs.get(name)?.text ?? ''
    const found = written.match(expressions)
    if (!found) return []
    const text = raw[name] ?? ''
    const isEmpty = listInputs.has(name) ? isEmptyList(written, text) : text.trim() === ''
    if (!isEmpty) return []
    const quoted = found.map((expression) => `\`${oneLine(expression, 200)}\``)
    return [
      invalidInput(name, null, {
        kind: 'empty-expression',
        expressions: [...new Set(quoted)].slice(0, 3),
        default: writtenDefaults.get(name) ?? (listInputs.has(name) ? '[]' : null),
      }),
    ]
  })
}

/**
 * Returns whether the expressions of a list came out empty, and the rest selects nothing or too much. It selects too
 * much if it is a glob that the value would have narrowed, as in `${{ inputs.customer }}*`.
 */
function isEmptyList(written: string, text: string): boolean {
  const entries = listEntries(text)
  const isUnchanged = sameEntries(listEntries(written.replace(expressions, '')), entries)
  const includes = entries.some((entry) => !entry.startsWith('!'))
  if (!includes && isUnchanged && !isExplicitlyEmpty(written, text)) return true
  const templates = listEntries(written.replace(expressions, placeholder))
  return templates.some((template) => {
    const rest = template.replaceAll(placeholder, '').trim()
    const isWide = isGlob(rest) && !rest.startsWith('!')
    return isWide && entries.includes(rest) && !templates.includes(rest)
  })
}

/** Returns whether an expression gave an empty array, which selects nothing on purpose. */
const isExplicitlyEmpty = (written: string, text: string) =>
  isEmptyArray(text) && written.replace(expressions, '').trim() === ''

const sameEntries = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((entry, index) => entry === other[index])

/** The defaults of the selection inputs, as a workflow can write them. */
const writtenDefaults: ReadonlyMap<string, '@repository' | '*'> = new Map([
  ['services', '@repository'],
  ['projects', '*'],
])
