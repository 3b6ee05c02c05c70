import type { Operation } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'

/** The page sizes to try, in order, once Railway has rejected a larger one. */
const steps = [200, 100, 50, 20, 10, 5, 1] as const

/** Variables that hold a page size. */
const sizes: ReadonlySet<string> = new Set(['first', 'inner'])

const literal = /\bfirst:\s*(\d+)/g

/**
 * The limit of page sizes. Railway's maxima are not documented. The sizes of the operations have been observed to work.
 * A rejected size is replaced by a smaller one for the rest of the run. Pages are read to their end by cursor, so a
 * smaller page changes only the number of requests.
 */
export class PageLimit {
  #maxSize = Number.POSITIVE_INFINITY

  /** Returns a document and its variables with no page above the limit. */
  apply(
    document: string,
    variables: object,
  ): { document: string; variables: Record<string, unknown> } {
    const capped = document.replace(literal, (_, size) => `first: ${this.#cap(size)}`)
    const values = Object.entries(variables).map(([name, value]) => [
      name,
      sizes.has(name) && typeof value === 'number' ? this.#cap(value) : value,
    ])
    return { document: capped, variables: Object.fromEntries(values) }
  }

  /** Lowers the limit below the largest page of a query that was refused for it; `false` if that is not the cause. */
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
        sizes.has(name) && typeof value === 'number' ? [value] : [],
      ),
    ]
    const largest = Math.min(Math.max(0, ...requested), this.#maxSize)
    const next = steps.find((size) => size < largest)
    if (next === undefined) return false
    this.#maxSize = next
    return true
  }

  #cap(size: string | number): number {
    return Math.min(Number(size), this.#maxSize)
  }
}
