import type { Page } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'

/** A connection, by the names that an error gives. */
export interface Connection {
  readonly operation: string
  /** The path of the connection in the answer: `environment.variables`. */
  readonly field: string
}

/** More pages than any list has: a server that always names another cursor is not followed for ever. */
const maxPages = 10_000

/**
 * Yields the nodes of a connection page by page, from `first` on if a page was read already. Throws
 * {@link ApiError} `incompatible` if a cursor comes back that was followed before: the list would not end, and
 * ending it there would take a part of it for all of it.
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

/** Reads a connection to its end, from `first` on if a page was read already. Throws as {@link pagesOf} does. */
export async function readAllPages<Node>(
  connection: Connection,
  read: (after: string | null) => Promise<Page<Node>>,
  first?: Page<Node>,
): Promise<Node[]> {
  const all: Node[] = []
  for await (const nodes of pagesOf(connection, read, first)) {
    for (const node of nodes) all.push(node)
  }
  return all
}
