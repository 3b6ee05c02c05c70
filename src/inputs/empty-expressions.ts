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

/** A part of the text of an input: an expression, or the text between expressions. */
interface Part {
  readonly text: string
  readonly isExpression: boolean
}

/** The next relevant part of an expression: a text in quotes, or the end of the expression. */
const quoteOrEnd = /'[^']*'|\}\}/g

/** Splits the text of an input at its expressions, in linear time. */
function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (let start = text.indexOf('${{'); start >= 0; start = text.indexOf('${{', end)) {
    quoteOrEnd.lastIndex = start
    let mark = quoteOrEnd.exec(text)
    while (mark && mark[0] !== '}}') mark = quoteOrEnd.exec(text)
    if (mark === null) break
    parts.push({ text: text.slice(end, start), isExpression: false })
    end = quoteOrEnd.lastIndex
    parts.push({ text: text.slice(start, end), isExpression: true })
  }
  return [...parts, { text: text.slice(end), isExpression: false }]
}

/** Returns a text with a replacement for every expression. */
const withoutExpressions = (parts: readonly Part[], replacement = ''): string =>
  parts.map(({ text, isExpression }) => (isExpression ? replacement : text)).join('')

/**
 * Rejects text and list inputs whose expressions in the workflow file evaluated to an empty value. GitHub passes the
 * same empty text for an input that is left out, and its default may select more than was meant. The same holds for a
 * list in which only exclusions are left. `steps`: the running step, or all steps of which it is one. An input is
 * rejected if this holds for each of them.
 */
export function checkEmptyExpressions(
  raw: RawInputs,
  ...steps: readonly WorkflowStep[]
): Failure[] {
  return [...textInputs, ...listInputs].flatMap((name) => {
    const empty = steps.map((step) => emptyExpressions(name, raw[name] ?? '', step))
    if (empty.length === 0 || empty.some((found) => found.length === 0)) return []
    const quoted = empty.flat().map((expression) => `\`${oneLine(expression.text, 200)}\``)
    return [
      invalidInput(name, null, {
        kind: 'empty-expression',
        expressions: [...new Set(quoted)].slice(0, 3),
        default: writtenDefaults.get(name) ?? (listInputs.has(name) ? '[]' : null),
      }),
    ]
  })
}

/** Returns the expressions of an input in a step, if they evaluated to an empty value. Returns none otherwise. */
function emptyExpressions(name: string, text: string, step: WorkflowStep): Part[] {
  const parts = partsOf(step.inputs.get(name)?.text ?? '')
  const found = parts.filter(({ isExpression }) => isExpression)
  if (found.length === 0) return []
  const isEmpty = listInputs.has(name) ? isEmptyList(parts, text) : isEmptyText(name, parts, text)
  return isEmpty ? found : []
}

/**
 * Returns whether a text evaluated to an empty value. A directory is also empty if the expression for one of its names
 * is, as in `apps/${{ inputs.app }}`: the rest is the directory above.
 */
function isEmptyText(name: string, parts: readonly Part[], text: string): boolean {
  const given = text.trim()
  if (given === '') return true
  if (name !== 'directory' || given !== withoutExpressions(parts).trim()) return false
  const names = withoutExpressions(parts, placeholder).trim().split(/[\\/]/)
  return names.some((one) => one.replaceAll(placeholder, '') === '' && one !== '')
}

/**
 * Returns whether the expressions of a list evaluated to empty values, and the rest selects nothing or too much. It
 * selects too much if it is a glob that the value would have narrowed, as in `${{ inputs.customer }}*`, or an exclusion
 * that is no longer of the same names, as in `!${{ inputs.customer }}-*`.
 */
function isEmptyList(parts: readonly Part[], text: string): boolean {
  const entries = listEntries(text)
  const isUnchanged = sameEntries(listEntries(withoutExpressions(parts)), entries)
  const includes = entries.some((entry) => !entry.startsWith('!'))
  if (!includes && isUnchanged && !isExplicitlyEmpty(parts, text)) return true
  const templates = listEntries(withoutExpressions(parts, placeholder))
  return templates.some((template) => {
    const rest = template.replaceAll(placeholder, '').trim()
    const isOther = isGlob(rest) && !/^!\s*\*+$/.test(rest)
    return isOther && entries.includes(rest) && !templates.includes(rest)
  })
}

/** Returns whether an expression gave an empty array, which selects nothing on purpose. */
const isExplicitlyEmpty = (parts: readonly Part[], text: string) =>
  isEmptyArray(text) && withoutExpressions(parts).trim() === ''

const sameEntries = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((entry, index) => entry === other[index])

/** The defaults of the selection inputs, as a workflow can write them. */
const writtenDefaults: ReadonlyMap<string, '@repository' | '*'> = new Map([
  ['services', '@repository'],
  ['projects', '*'],
])
