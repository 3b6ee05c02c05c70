import { isEmptyArray, listEntries } from './list-entries.ts'

/** The texts of the inputs by name, as the runner passes them. A missing one counts as empty. */
export type RawInputs = Readonly<Record<string, string>>

/** The inputs that accept one entry a line or a JSON array of strings. */
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

/** The lists for which an empty JSON array is a value: it selects nothing. For other lists it means "left out". */
const meaningfulWhenEmpty: ReadonlySet<string> = new Set([
  'projects',
  'services',
  'variables-names',
])

/** Returns whether an input has a value. A list that holds only comments has none, because it is parsed as left out. */
export function hasValue(raw: RawInputs, name: string): boolean {
  const text = raw[name] ?? ''
  if (!listInputs.has(name)) return text.trim() !== ''
  return listEntries(text).length > 0 || (meaningfulWhenEmpty.has(name) && isEmptyArray(text))
}
