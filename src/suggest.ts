import { distance } from 'fastest-levenshtein'

/** Two letters that changed places, as in "wbe". */
const sameLetters = (a: string, b: string) =>
  [...a].sort().join('') === [...b.toLowerCase()].sort().join('')

/** The one name that is meant, probably: same but for case, or one or two letters off. */
export function nearest(requested: string, names: readonly string[]): string | null {
  const wanted = requested.toLowerCase()
  const close = names
    .map((name) => ({ name, off: distance(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, off }) =>
        off <= Math.min(2, Math.floor(wanted.length / 2)) ||
        (off === 2 && sameLetters(wanted, name)),
    )
    .sort((a, b) => a.off - b.off)
  return close[0]?.name ?? null
}
