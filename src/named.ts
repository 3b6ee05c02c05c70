/** Something with an id and a name, as Railway gives them. */
export interface Named {
  id: string
  name: string
}

/** Copies the id and the name, and nothing else. */
export const toNamed = ({ id, name }: Named): Named => ({ id, name })

/** By id, else by name without regard to case. */
export function matchNamed<Item extends Named>(asked: string, items: readonly Item[]): Item[] {
  const byId = items.filter(({ id }) => id.toLowerCase() === asked.toLowerCase())
  if (byId.length > 0) return byId
  return items.filter(({ name }) => name.toLowerCase() === asked.toLowerCase())
}
