import { lines } from './fields.ts'

/** The texts as the runner gives them, by input name; a missing one counts as empty. */
export type RawInputs = Readonly<Record<string, string>>

/** Inputs that take one entry a line. */
const lists: ReadonlySet<string> = new Set([
  'projects',
  'services',
  'canary',
  'require-overrides',
  'variables-file',
  'remove-variables',
])

/** Whether an input says anything. A list of nothing but comments does not: it is parsed as left out. */
export function hasValue(raw: RawInputs, name: string): boolean {
  const text = raw[name] ?? ''
  return lists.has(name) ? lines(text).length > 0 : text.trim() !== ''
}
