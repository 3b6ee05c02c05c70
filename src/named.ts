/** Something with an id and a name, as Railway gives them. */
export interface Named {
  id: string
  name: string
  /** The name with the id, for people; set if something else beside it has the same name. */
  label?: string
}

/** Copies the id, the name and the label, and nothing else. */
export const toNamed = ({ id, name, label }: Named): Named => ({
  id,
  name,
  ...(label !== undefined && { label }),
})

/** Returns what people call it: its name, with its id if the name alone could mean something else. */
export const labelOf = ({ name, label }: Pick<Named, 'name' | 'label'>): string => label ?? name

/** Returns its name as a key, or its id if the name alone could mean something else. */
export const keyOf = ({ id, name, label }: Named): string => (label === undefined ? name : id)

/** By id, else by name without regard to case. */
export function matchNamed<Item extends Named>(requested: string, items: readonly Item[]): Item[] {
  const byId = items.filter(({ id }) => id.toLowerCase() === requested.toLowerCase())
  if (byId.length > 0) return byId
  return items.filter(({ name }) => name.toLowerCase() === requested.toLowerCase())
}
