import type { Page } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'

/** A connection, by the names in errors. */
export interface Connection {
  readonly operation: string
  /** The path of the connection in the answer: `environment.variables`. */
  readonly field: string
}

/** The maximum number of pages, for a server that never ends a list. */
const maxPages = 10_000

/**
 * Yields the nodes of a connection page by page, from `first` on if a page was read already. Throws {@link ApiError}
 * `incompatible` if a cursor is repeated: the list would not end, and an early end would hide a part of it.
 */
export async function* pagesOf<Node>(
  { operation, field }: Connection,
  read: (after: string | null) => Promise<Page<Node>>,
  first?: Page<Node>,
): AsyncGenerator<readonly Node[], void, void> {
  const followed = new Set<string>()
  let page = first ?? (await read(null))
  for (;;) {
    yield page.nodes
    const after = page.next
    if (after === null) return
    const problem = followed.has(after)
      ? 'the cursor does not advance'
      : followed.size >= maxPages
        ? `more than ${maxPages} pages`
        : null
    if (problem !== null) {
      const cursor = `${field}.pageInfo.endCursor`
      throw new ApiError({ kind: 'incompatible', operation, field: cursor, detail: problem })
    }
    followed.add(after)
    page = await read(after)
  }
}

/** Reads a connection to its end, from `first` on if a page was read already. Throws like {@link pagesOf}. */
export async function readAllPages<Node>(
  connection: Connection,
  read: (after: string | null) => Promise<Page<Node>>,
  first?: Page<Node>,
): Promise<readonly Node[]> {
  if (first?.next === null) return first.nodes
  const all: Node[] = []
  for await (const nodes of pagesOf(connection, read, first)) {
    for (const node of nodes) all.push(node)
  }
  return all
}
