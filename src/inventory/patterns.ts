import picomatch from 'picomatch'
import type { Pattern } from '../inputs/fields.ts'
import type { Named } from '../named.ts'

/** What a list of patterns picks from a list of named things. */
export interface PatternMatch<Item> {
  readonly items: readonly Item[]
  /** Literals that match nothing, with or without `!`. */
  readonly missing: readonly string[]
  /** Literals that several things have as their name. */
  readonly ambiguous: readonly { readonly text: string; readonly items: readonly Item[] }[]
  /** Things that a literal named, not a glob. */
  readonly named: ReadonlySet<Item>
}

/** `false` for text that means itself. A name with glob characters still matches as a literal first. */
export function isGlob(text: string): boolean {
  return picomatch.scan(text).isGlob
}

/**
 * Picks by id, name or glob without regard to case; `!` takes away from what the others pick. A list of
 * nothing but `!` takes away from `unasked`.
 */
export function matchPatterns<Item>(
  patterns: readonly Pattern[],
  items: readonly Item[],
  named: (item: Item) => Named,
  unasked: readonly Item[] = items,
): PatternMatch<Item> {
  const wanted = patterns.filter(({ exclude }) => !exclude)
  const unwanted = patterns
    .filter(({ exclude }) => exclude)
    .map(({ text }) => ({ text, ...matching(text, items, named) }))
  const excluded = new Set(unwanted.flatMap((match) => match.items))
  const picked = new Set<Item>(wanted.length === 0 ? unasked : [])
  const byName = new Set<Item>()
  // An exclusion that is misspelt would let through what it is there to keep out.
  const missing = unwanted
    .filter((match) => match.literal && match.items.length === 0)
    .map(({ text }) => text)
  const ambiguous: { text: string; items: readonly Item[] }[] = []
  for (const { text } of wanted) {
    const match = matching(text, items, named)
    if (match.literal && match.items.length === 0) missing.push(text)
    if (match.literal && differentIds(match.items, named) > 1) {
      ambiguous.push({ text, items: match.items })
    }
    for (const item of match.items) {
      picked.add(item)
      if (match.literal) byName.add(item)
    }
  }
  return {
    items: items.filter((item) => picked.has(item) && !excluded.has(item)),
    missing,
    ambiguous,
    named: byName,
  }
}

function matching<Item>(text: string, items: readonly Item[], named: (item: Item) => Named) {
  const wanted = text.toLowerCase()
  const byId = items.filter((item) => named(item).id.toLowerCase() === wanted)
  if (byId.length > 0) return { literal: true, items: byId }
  const byName = items.filter((item) => named(item).name.toLowerCase() === wanted)
  if (byName.length > 0 || !isGlob(text)) return { literal: true, items: byName }
  const matches = picomatch(wanted, { nocase: true, bash: true, dot: true })
  return { literal: false, items: items.filter((item) => matches(named(item).name.toLowerCase())) }
}

const differentIds = <Item>(items: readonly Item[], named: (item: Item) => Named) =>
  new Set(items.map((item) => named(item).id)).size
