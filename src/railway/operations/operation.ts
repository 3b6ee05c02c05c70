import { z } from 'zod'
import type { BatchVariables, OperationVariables } from './operation-variables.generated.ts'

/**
 * A GraphQL document with the parser of its answer, side by side so that they change together. The types of its
 * variables are generated from the document and the schema.
 */
export interface Operation<Variables extends object, Answer> {
  /** Never set: it binds the type of the variables. */
  readonly variables?: (variables: Variables) => void
  /** The operation's name in the document; it also names the request in logs and errors. */
  readonly name: string
  readonly kind: 'query' | 'mutation'
  /**
   * `true` if sending it again leaves the same state, so that a lost answer may be repeated. Never
   * for what starts a deployment or creates something.
   */
  readonly repeatable: boolean
  /**
   * `true` if it reads or writes values of variables. Railway's messages about it are passed on only if they quote no
   * value.
   */
  readonly confidential: boolean
  /** `true` if an answer with missing parts is of use to a caller that checks what is missing. */
  readonly partial: boolean
  readonly document: string
  /** Parses `data` of the answer. Unknown fields are dropped, unknown enum values are kept as text. */
  readonly answer: z.ZodType<Answer>
  /** The time limit of one attempt, in milliseconds. */
  readonly timeLimit: number
}

const documentHead = /\b(query|mutation)\s+(\w+)/

/** The time limit of one request, in milliseconds. */
const defaultTimeLimit = 30_000

/** Makes an operation. Its name has to be the one in the document. The kind is read from the document. */
export function operation<Name extends keyof OperationVariables, Answer>(
  name: Name,
  document: string,
  answer: z.ZodType<Answer>,
  options: {
    repeatable?: boolean
    confidential?: boolean
    partial?: boolean
    timeLimit?: number
  } = {},
): Operation<OperationVariables[Name], Answer> {
  return toOperation(name, document, answer, options)
}

function toOperation<Variables extends object, Answer>(
  name: string,
  document: string,
  answer: z.ZodType<Answer>,
  options: {
    repeatable?: boolean
    confidential?: boolean
    partial?: boolean
    timeLimit?: number
  },
): Operation<Variables, Answer> {
  const head = documentHead.exec(document)
  if (head?.[2] !== name) throw new Error(`A document that is not named ${name}: ${document}`)
  const kind = head[1] === 'query' ? 'query' : 'mutation'
  return {
    name,
    kind,
    repeatable: options.repeatable ?? kind === 'query',
    confidential: options.confidential ?? false,
    partial: options.partial ?? false,
    document,
    answer,
    timeLimit: options.timeLimit ?? defaultTimeLimit,
  }
}

/**
 * A root field that is requested for many items in one request, each under its own alias. `variables` are the GraphQL
 * types of the item's values. `field` uses their names with a `$`. A change is made in a batch only if it may be
 * repeated, because a batch is divided and sent again when one of its items is rejected.
 */
export interface BatchOperation<Item extends Record<string, string>, Answer> {
  readonly name: string
  readonly variables: { readonly [K in keyof Item]: string }
  readonly field: string
  readonly answer: z.ZodType<Answer>
  /** As in {@link Operation}; by default `false`. */
  readonly confidential?: boolean
  /** By default `query`. */
  readonly kind?: 'query' | 'repeatable-mutation'
}

/** Makes a batch. Its variables are those of its document, by name. */
export function batch<Name extends keyof BatchVariables, Answer>(
  name: Name,
  definition: {
    variables: { readonly [K in keyof BatchVariables[Name]]: string }
    field: string
    answer: z.ZodType<Answer>
    confidential?: boolean
    kind?: 'query' | 'repeatable-mutation'
  },
): BatchOperation<BatchVariables[Name], Answer> {
  return { name, ...definition }
}

/** Returns the operation that requests `size` items at once: aliases `item0`, `item1`, … */
export function batchOf<Item extends Record<string, string>, Answer>(
  batch: BatchOperation<Item, Answer>,
  size: number,
): Operation<Readonly<Record<string, string>>, Record<string, Answer>> {
  const indexes = Array.from({ length: size }, (_, index) => index)
  const declared = indexes.flatMap((index) =>
    Object.entries(batch.variables).map(([name, type]) => `$${name}${index}: ${type}`),
  )
  const fields = indexes.map(
    (index) => `item${index}: ${batch.field.replace(/\$(\w+)/g, `$$$1${index}`)}`,
  )
  const shape = Object.fromEntries(indexes.map((index) => [`item${index}`, batch.answer]))
  const keyword = batch.kind === 'repeatable-mutation' ? 'mutation' : 'query'
  return toOperation(
    batch.name,
    `${keyword} ${batch.name}(${declared.join(', ')}) {\n  ${fields.join('\n  ')}\n}`,
    z.object(shape),
    { confidential: batch.confidential ?? false, repeatable: true },
  )
}

/** Returns the values of {@link batchOf}'s variables for these items, in their order. */
export function batchVariables(items: readonly Record<string, string>[]): Record<string, string> {
  return Object.fromEntries(
    items.flatMap((item, index) =>
      Object.entries(item).map(([name, value]) => [`${name}${index}`, value]),
    ),
  )
}

/** A page of a Relay connection: plain nodes, and the cursor of the next page. */
export interface Page<Node> {
  nodes: Node[]
  /** The cursor of the next page, `null` on the last. */
  next: string | null
}

/** Parses a Relay connection. More pages without a cursor are an error: they could not be read. */
export function connection<Node>(node: z.ZodType<Node>): z.ZodType<Page<Node>> {
  return z
    .object({
      edges: z.array(z.object({ node })),
      pageInfo: z
        .object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() })
        .refine((info) => !info.hasNextPage || !!info.endCursor, {
          error: 'hasNextPage without an endCursor',
          path: ['endCursor'],
        }),
    })
    .transform(({ edges, pageInfo }) => ({
      nodes: edges.map((edge) => edge.node),
      next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
    }))
}

/** The part of a document that {@link connection} reads besides the nodes. */
export const pageInfo = 'pageInfo { hasNextPage endCursor }'
