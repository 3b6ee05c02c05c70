import { distance } from 'fastest-levenshtein'

/** Returns whether two names consist of the same letters, such as "web" and "wbe". `a` is in lower case. */
const sameLetters = (a: string, b: string) =>
  [...a].sort().join('') === [...b.toLowerCase()].sort().join('')

/**
 * Returns the name that is most similar to the requested one, with at most two edits. Returns `null` if there is none.
 */
export function mostSimilar(requested: string, names: readonly string[]): string | null {
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

/** Returns the names with the most similar ones first. Names that are equally similar keep their order. */
export const mostSimilarFirst = (requested: string, names: readonly string[]): string[] =>
  names
    .map((name) => ({ name, edits: distance(requested.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name)
