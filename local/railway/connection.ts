import { badInput } from './refusal.ts'

/** Sizes of pages. Railway's limits are not documented. Railway's own client requests pages of 500. */
export interface PageLimits {
  /** The size if neither `first` nor `last` is given. */
  default: number
  max: number
  /** The response to a request for more than `max`. */
  tooMany: 'clamp' | 'refuse'
}

export interface PageArguments {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
}

export interface Connection<T> {
  edges: { node: T; cursor: string }[]
  pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }
}

/** Returns a page of the objects as a Relay connection. Throws for an unknown cursor. */
export function connection<T extends { id: string }>(
  all: readonly T[],
  { first, last, after, before }: PageArguments,
  limits: PageLimits,
): Connection<T> {
  const lower = after ? indexOf(all, after) + 1 : 0
  const upper = before ? indexOf(all, before) : all.length
  const size = pageSize(first ?? last ?? limits.default, limits)
  const backwards = first == null && last != null
  const start = backwards ? Math.max(lower, upper - size) : lower
  const end = backwards ? upper : Math.min(upper, lower + size)
  const edges = all.slice(start, end).map((node) => ({ node, cursor: toCursor(node.id) }))
  return {
    edges,
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function pageSize(requested: number, { max, tooMany }: PageLimits): number {
  if (requested < 0) throw badInput('A page cannot have a negative size')
  if (requested > max && tooMany === 'refuse') {
    throw badInput(`A page can have at most ${max} entries, ${requested} were requested`)
  }
  return Math.min(requested, max)
}

const toCursor = (id: string): string => Buffer.from(id).toString('base64url')

function indexOf(all: readonly { id: string }[], cursor: string): number {
  const id = Buffer.from(cursor, 'base64url').toString()
  const index = all.findIndex((one) => one.id === id)
  if (index < 0) throw badInput('Unknown cursor')
  return index
}
