import { distance } from 'fastest-levenshtein'

/** Returns whether two names have the same letters in another order, as "web" and "wbe". */
const sameLetters = (a: string, b: string) =>
  [...a].sort().join('') === [...b.toLowerCase()].sort().join('')

/** Returns the name that was probably meant: the most similar one, with at most two edits. Returns `null` for none. */
export function nearest(requested: string, names: readonly string[]): string | null {
  const lower = requested.toLowerCase()
  const similar = names
    .map((name) => ({ name, edits: distance(lower, name.toLowerCase()) }))
    .filter(
      ({ name, edits }) =>
        edits <= Math.min(2, Math.floor(lower.length / 2)) ||
        (edits === 2 && sameLetters(lower, name)),
    )
    .sort((a, b) => a.edits - b.edits)
  return similar[0]?.name ?? null
}
