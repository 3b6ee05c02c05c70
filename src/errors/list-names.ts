/** Lists names in quotes, at most `max` of them, with the number of the rest; `none` if there are no names. */
export function listNames(names: readonly string[], max = 10): string {
  if (names.length === 0) return 'none'
  const shown = names.slice(0, max).map((name) => `"${name}"`)
  const rest = names.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}
