import { comparable } from './text.ts'

/** An object of Railway with an id and a name. */
export interface Named {
  id: string
  name: string
  /** The name and the id, for messages. It is set only if other objects have the same name. */
  label?: string
}

/** Returns a copy with only the id, the name and the label. */
export const toNamed = ({ id, name, label }: Named): Named => ({
  id,
  name,
  ...(label !== undefined && { label }),
})

/** Returns the objects without those whose id an earlier one has. */
export const uniqueById = (objects: readonly Named[]): Named[] => [
  ...new Map(objects.map((one) => [one.id, one])).values(),
]

/** Returns the name for messages: the label if there is one, or the name. */
export const labelOf = ({ name, label }: Pick<Named, 'name' | 'label'>): string => label ?? name

/** Returns the key for outputs: the name, or the id if the name is not unique. */
export const keyOf = ({ id, name, label }: Named): string => (label === undefined ? name : id)

/**
 * Returns the items whose id is `requested`. If there are none, returns the items with this name. Case and Unicode
 * normal forms are ignored.
 */
export function matchNamed<Item extends Named>(requested: string, items: readonly Item[]): Item[] {
  const byId = items.filter(({ id }) => id.toLowerCase() === requested.toLowerCase())
  if (byId.length > 0) return byId
  return items.filter(({ name }) => comparable(name) === comparable(requested))
}
