import type { Page } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'

/** The names of a Relay connection for error messages. */
export interface Connection {
  /** The name of the operation that reads the connection. */
  readonly operation: string
  /** The path of the connection in the response: `environment.variables`. */
  readonly field: string
}

/** The maximum number of pages. It ends the reading if the server returns new cursors without end. */
const maxPages = 10_000

/**
 * Yields the nodes of a connection, one page at a time. `read` reads the page after a cursor. `first` is the first
 * page, if it was already read. Throws {@link ApiError} `incompatible` if the server repeats a cursor or returns too
 * many pages, because the list would be incomplete.
 */
export async function* pagesOf<Node>(
  { operation, field }: Connection,
  read: (after: string | null) => Promise<Page<Node>>,
  first?: Page<Node>,
): AsyncGenerator<readonly Node[], void, void> {
  const cursors = new Set<string>()
  let page = first ?? (await read(null))
  for (;;) {
    yield page.nodes
    const after = page.next
    if (after === null) return
    const problem = cursors.has(after)
      ? 'the cursor does not advance'
      : cursors.size >= maxPages
        ? `more than ${maxPages} pages`
        : null
    if (problem !== null) {
      const cursor = `${field}.pageInfo.endCursor`
      throw new ApiError({ kind: 'incompatible', operation, field: cursor, detail: problem })
    }
    cursors.add(after)
    page = await read(after)
  }
}

/** Returns the nodes of all pages of a connection. The parameters and errors are those of {@link pagesOf}. */
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
