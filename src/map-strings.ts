/**
 * Returns plain data with `map` applied to every string, including the keys of objects and maps. Equal references stay
 * equal. An object in which no string changes is returned itself and not copied, which saves the memory for a second
 * inventory.
 */
export function mapStrings<Value>(value: Value, map: (text: string) => string): Value
export function mapStrings(value: unknown, map: (text: string) => string): unknown {
  const unchanged = new Set<object>()
  const changed = new Map<object, object>()
  const visit = (one: unknown): unknown => {
    if (typeof one === 'string') return map(one)
    if (typeof one !== 'object' || one === null || unchanged.has(one)) return one
    const known = changed.get(one)
    if (known !== undefined) return known
    const mapped = mapParts(one, visit, isSame)
    if (mapped === one) unchanged.add(one)
    else changed.set(one, mapped)
    return mapped
  }
  const isSame = (part: unknown) => visit(part) === part
  return visit(value)
}

/**
 * Returns a copy of a list, map, set or plain object with `map` applied to its parts. Returns the object itself if
 * `isSame` is true for all parts, or if it is of another class.
 */
function mapParts(
  whole: object,
  map: (part: unknown) => unknown,
  isSame: (part: unknown) => boolean,
): object {
  if (Array.isArray(whole)) return whole.every(isSame) ? whole : whole.map(map)
  if (whole instanceof Set) return [...whole].every(isSame) ? whole : new Set([...whole].map(map))
  if (whole instanceof Map) {
    const entries = [...whole]
    if (entries.every((entry) => entry.every(isSame))) return whole
    return new Map(entries.map(([key, part]) => [map(key), map(part)]))
  }
  if (Object.getPrototypeOf(whole) !== Object.prototype || hasSameFields(whole, isSame)) {
    return whole
  }
  return Object.fromEntries(Object.entries(whole).map(([key, part]) => [map(key), map(part)]))
}

function hasSameFields(whole: object, isSame: (part: unknown) => boolean): boolean {
  for (const key in whole) if (!isSame(key) || !isSame(Reflect.get(whole, key))) return false
  return true
}
