import { groupBy } from '../collections.ts'
import { compileGlob } from '../glob.ts'
import type { Pattern } from '../inputs/fields.ts'
import type { Named } from '../named.ts'
import { comparable } from '../text.ts'

/** The result of matching a list of patterns against a list of named items. */
export interface PatternMatch<Item> {
  readonly items: readonly Item[]
  /** The names and ids that match nothing, with or without `!`. */
  readonly missing: readonly string[]
  /** The names that several items have. */
  readonly ambiguous: readonly { readonly text: string; readonly items: readonly Item[] }[]
  /** The items that a name or an id matched, not a glob. */
  readonly named: ReadonlySet<Item>
}

/** The options of a match. */
export interface MatchOptions<Item> {
  /** The items from which a list of exclusions only is subtracted; all items by default. */
  readonly byDefault?: readonly Item[]
  /** The keywords for items, such as `@repository`, in lower case. */
  readonly keywords?: ReadonlyMap<string, readonly Item[]>
}

/**
 * Matches patterns by id, name or glob, ignoring case. Patterns with `!` are subtracted from the matches of the others.
 * An empty list matches nothing.
 */
export function matchPatterns<Item>(
  patterns: readonly Pattern[],
  items: readonly Item[],
  named: (item: Item) => Named,
  { byDefault = items, keywords = new Map() }: MatchOptions<Item> = {},
): PatternMatch<Item> {
  const match = itemFinder(items, named, keywords)
  const excludedBy = patterns
    .filter(({ exclude }) => exclude)
    .map(({ text }) => ({ text, ...match(text) }))
  const excluded = new Set(excludedBy.flatMap((one) => one.items))
  const included = patterns.filter(({ exclude }) => !exclude)
  const matched = new Set<Item>(patterns.length > 0 && included.length === 0 ? byDefault : [])
  const byName = new Set<Item>()
  // A misspelled exclusion would select the item that it is meant to exclude.
  const missing = excludedBy
    .filter((one) => one.literal && one.items.length === 0)
    .map(({ text }) => text)
  const ambiguous: { text: string; items: readonly Item[] }[] = []
  for (const { text } of included) {
    const one = match(text)
    if (one.literal && one.items.length === 0) missing.push(text)
    if (one.literal && differentIds(one.items, named) > 1)
      ambiguous.push({ text, items: one.items })
    for (const item of one.items) {
      matched.add(item)
      if (one.literal) byName.add(item)
    }
  }
  return {
    items: items.filter((item) => matched.has(item) && !excluded.has(item)),
    missing: [...new Set(missing)],
    ambiguous,
    named: byName,
  }
}

/**
 * Returns a function from a name to the first pattern that matches it, or `null`. Patterns with `!` are subtracted from
 * the matches of the others, or from all names if there are no others.
 */
export function nameMatcher(patterns: readonly Pattern[]): (name: string) => Pattern | null {
  const compiled = patterns.map((pattern) => ({ pattern, glob: compileGlob(pattern.text) }))
  const excluding = compiled.filter(({ pattern }) => pattern.exclude)
  const including = compiled.filter(({ pattern }) => !pattern.exclude)
  const anyName = including.length === 0 ? (patterns[0] ?? null) : null
  return (name) => {
    const matches = ({ pattern, glob }: (typeof compiled)[number]) =>
      comparable(pattern.text) === comparable(name) || glob?.matches(name) === true
    if (excluding.some(matches)) return null
    return including.find(matches)?.pattern ?? anyName
  }
}

/**
 * Returns a function from a pattern to its items. Ids and names are looked up in a map, and only globs scan all items.
 * `literal` is `true` for an id or a name, even if no item has it.
 */
export function itemFinder<Item>(
  items: readonly Item[],
  named: (item: Item) => Named,
  keywords: ReadonlyMap<string, readonly Item[]> = new Map(),
) {
  const byId = groupByText(items, (item) => named(item).id)
  const byName = groupByText(items, (item) => named(item).name)
  return (text: string): { literal: boolean; items: readonly Item[] } => {
    const lower = comparable(text)
    const keyword = keywords.get(lower)
    if (keyword) return { literal: false, items: keyword }
    const found = byId.get(lower) ?? byName.get(lower)
    if (found) return { literal: true, items: found }
    const glob = compileGlob(text)
    if (!glob?.isGlob) return { literal: true, items: [] }
    return { literal: false, items: items.filter((item) => glob.matches(named(item).name)) }
  }
}

const groupByText = <Item>(items: readonly Item[], textOf: (item: Item) => string) =>
  groupBy(items, (item) => comparable(textOf(item)))

const differentIds = <Item>(items: readonly Item[], named: (item: Item) => Named) =>
  new Set(items.map((item) => named(item).id)).size
