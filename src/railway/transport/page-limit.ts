import type { Operation } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'

/** The page sizes to try, in this order, after Railway rejected a larger size. */
const smallerSizes = [200, 100, 50, 20, 10, 5, 1] as const

/** The names of the variables that hold a page size. */
const sizeVariables: ReadonlySet<string> = new Set(['first', 'inner'])

/** The syntax of a page size that is written in the document. */
const literal = /\bfirst:\s*(\d+)/g

/**
 * The maximum page size of a run. Railway does not document its maximum. The page sizes in the operations were accepted
 * when they were tried. If Railway rejects a size, the rest of the run uses a smaller one. Lists are read by cursor to
 * their end, so a smaller page changes only the number of requests.
 */
export class PageLimit {
  #maxSize = Number.POSITIVE_INFINITY

  /** Returns a document and its variables with every page size reduced to the maximum. */
  apply(
    document: string,
    variables: object,
  ): { document: string; variables: Record<string, unknown> } {
    const capped = document.replace(literal, (_, size) => `first: ${this.#cap(size)}`)
    const values = Object.entries(variables).map(([name, value]) => [
      name,
      sizeVariables.has(name) && typeof value === 'number' ? this.#cap(value) : value,
    ])
    return { document: capped, variables: Object.fromEntries(values) }
  }

  /**
   * Lowers the maximum after Railway rejected a query for its page size. Returns `true` if the query can be sent again.
   * Returns `false` for any other error, and if the page size is already 1.
   */
  lower(
    error: unknown,
    { kind, document }: Pick<Operation<never, unknown>, 'kind' | 'document'>,
    variables: object,
  ): boolean {
    if (kind !== 'query' || !(error instanceof ApiError)) return false
    if (error.problem.kind !== 'refused' || error.problem.reason !== 'page-too-large') return false
    const requested = [
      ...[...document.matchAll(literal)].map(([, size]) => Number(size)),
      ...Object.entries(variables).flatMap(([name, value]) =>
        sizeVariables.has(name) && typeof value === 'number' ? [value] : [],
      ),
    ]
    const largest = Math.min(Math.max(0, ...requested), this.#maxSize)
    const next = smallerSizes.find((size) => size < largest)
    if (next === undefined) return false
    this.#maxSize = next
    return true
  }

  #cap(size: string | number): number {
    return Math.min(Number(size), this.#maxSize)
  }
}
