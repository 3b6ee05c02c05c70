import { isEmptyArray, listEntries } from './list-entries.ts'

/** The texts as the runner gives them, by input name; a missing one counts as empty. */
export type RawInputs = Readonly<Record<string, string>>

/** Inputs that take one entry a line or a JSON array of strings. */
export const listInputs: ReadonlySet<string> = new Set([
  'projects',
  'services',
  'canary',
  'order',
  'require-overrides',
  'variables-file',
  'variables-names',
  'remove-variables',
])

/** Lists of which an empty JSON array says something: nothing is selected, or no name is taken. */
const meaningfulWhenEmpty: ReadonlySet<string> = new Set([
  'projects',
  'services',
  'variables-names',
])

/** Tells whether an input says anything. A list of nothing but comments does not: it is parsed as left out. */
export function hasValue(raw: RawInputs, name: string): boolean {
  const text = raw[name] ?? ''
  if (!listInputs.has(name)) return text.trim() !== ''
  return listEntries(text).length > 0 || (meaningfulWhenEmpty.has(name) && isEmptyArray(text))
}
