const reference = /\$\{\{([^}]*)\}\}/g

/** Returns the names in `${{…}}`: `Postgres.DATABASE_URL`, `shared.KEY`, or `OTHER` of the same service. */
export function referencesIn(value: string): string[] {
  return [...value.matchAll(reference)].map(([, name = '']) => name.trim())
}

/** Returns a value with every reference replaced by a mark. */
export const withoutReferences = (value: string, mark: string): string =>
  value.replaceAll(reference, () => mark)
