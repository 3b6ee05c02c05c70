const reference = /\$\{\{([^}]*)\}\}/g

/** The names in `${{…}}`: `Postgres.DATABASE_URL`, `shared.KEY`, or `OTHER` of the same place. */
export function referencesIn(value: string): string[] {
  return [...value.matchAll(reference)].map(([, name = '']) => name.trim())
}

/** Returns a value with a mark in the place of every reference. */
export const withoutReferences = (value: string, mark: string): string =>
  value.replaceAll(reference, () => mark)
