import { comparable } from './text.ts'

/** An object of Railway with an id and a name. */
export interface Named {
  id: string
  name: string
  /** The name with the id. It is set if the name is not unique. */
  label?: string
}

/** Copies the id, the name and the label, and nothing else. */
export const toNamed = ({ id, name, label }: Named): Named => ({
  id,
  name,
  ...(label !== undefined && { label }),
})

/** Returns the name for messages, with the id if the name is not unique. */
export const labelOf = ({ name, label }: Pick<Named, 'name' | 'label'>): string => label ?? name

/** Returns the key for outputs: the name, or the id if the name is not unique. */
export const keyOf = ({ id, name, label }: Named): string => (label === undefined ? name : id)

/** Finds the items with an id, or else those with a name. Case and Unicode normal forms are ignored. */
export function matchNamed<Item extends Named>(requested: string, items: readonly Item[]): Item[] {
  const byId = items.filter(({ id }) => id.toLowerCase() === requested.toLowerCase())
  if (byId.length > 0) return byId
  return items.filter(({ name }) => comparable(name) === comparable(requested))
}
