const reference = /\$\{\{([^}]*)\}\}/g

/** The names in `${{…}}`: `Postgres.DATABASE_URL`, `shared.KEY`, or `OTHER` of the same place. */
export function referencesIn(value: string): string[] {
  return [...value.matchAll(reference)].map(([, name = '']) => name.trim())
}
