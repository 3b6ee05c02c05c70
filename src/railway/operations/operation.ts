import { z } from 'zod'
import type { BatchVariables, OperationVariables } from './operation-variables.generated.ts'

/**
 * A GraphQL operation: its document and the parser of its response. The type of its variables is generated from the
 * document and Railway's schema.
 */
export interface Operation<Variables extends object, Data> {
  /** A property that is never set. It exists only for the type of the variables. */
  readonly variables?: (variables: Variables) => void
  /** The name of the operation in the document, in logs and in errors. */
  readonly name: string
  readonly kind: 'query' | 'mutation'
  /**
   * `true` if sending the operation twice has the same effect as sending it once. It is then retried if its response is
   * lost. It is `false` for every mutation that starts a deployment or creates an object.
   */
  readonly repeatable: boolean
  /**
   * `true` if the operation reads or writes values of variables. Railway's messages about it are then shown only if
   * they certainly quote no value.
   */
  readonly confidential: boolean
  /** `true` if a response with missing nullable fields is accepted. The caller then has to check the fields. */
  readonly partial: boolean
  readonly document: string
  /**
   * Parses the `data` of the response. Unknown fields are removed. Enum values are text, so unknown ones are accepted.
   */
  readonly response: z.ZodType<Data>
  /** The time limit of one attempt, in milliseconds. */
  readonly timeLimit: number
}

/** The syntax of the start of a document: the kind and the name of the operation. */
const documentHead = /\b(query|mutation)\s+(\w+)/

/** The default time limit of one attempt, in milliseconds. */
const defaultTimeLimit = 30_000

/** Creates an operation. Throws if `name` is not the name in the document. The kind is read from the document. */
export function operation<Name extends keyof OperationVariables, Data>(
  name: Name,
  document: string,
  response: z.ZodType<Data>,
  options: {
    repeatable?: boolean
    confidential?: boolean
    partial?: boolean
    timeLimit?: number
  } = {},
): Operation<OperationVariables[Name], Data> {
  return toOperation(name, document, response, options)
}

function toOperation<Variables extends object, Data>(
  name: string,
  document: string,
  response: z.ZodType<Data>,
  options: {
    repeatable?: boolean
    confidential?: boolean
    partial?: boolean
    timeLimit?: number
  },
): Operation<Variables, Data> {
  const head = documentHead.exec(document)
  if (head?.[2] !== name) throw new Error(`The document of ${name} has another name: ${document}`)
  const kind = head[1] === 'query' ? 'query' : 'mutation'
  return {
    name,
    kind,
    repeatable: options.repeatable ?? kind === 'query',
    confidential: options.confidential ?? false,
    partial: options.partial ?? false,
    document,
    response,
    timeLimit: options.timeLimit ?? defaultTimeLimit,
  }
}

/**
 * An operation that requests the same root field for many items at once, with one alias for each item. A batch is
 * divided and sent again if one of its items is rejected. A mutation can therefore be a batch only if it is repeatable.
 */
export interface BatchOperation<Item extends Record<string, string>, Data> {
  readonly name: string
  /** The GraphQL types of the values of an item, such as `String!`, by the names of the values. */
  readonly variables: { readonly [K in keyof Item]: string }
  /** The root field with its arguments, in which each value is written as `$` and its name. */
  readonly field: string
  /** Parses the response to one item. */
  readonly response: z.ZodType<Data>
  /** The same property as in {@link Operation}; by default `false`. */
  readonly confidential?: boolean
  /** The kind of the operation; by default `query`. */
  readonly kind?: 'query' | 'repeatable-mutation'
}

/** Creates a batch. The type of its variables is generated from its document and found by its name. */
export function batch<Name extends keyof BatchVariables, Data>(
  name: Name,
  definition: {
    variables: { readonly [K in keyof BatchVariables[Name]]: string }
    field: string
    response: z.ZodType<Data>
    confidential?: boolean
    kind?: 'query' | 'repeatable-mutation'
  },
): BatchOperation<BatchVariables[Name], Data> {
  return { name, ...definition }
}

/** The parts of the document and of the response of a batch. */
interface BatchParts<Data> {
  readonly declared: readonly string[]
  readonly fields: readonly string[]
  readonly shape: Readonly<Record<string, z.ZodType<Data>>>
}

/** Returns the parts of a batch of `size` items. `alias`: the beginning of the aliases. `mark`: that of the variables. */
function partsOf<Item extends Record<string, string>, Data>(
  batch: BatchOperation<Item, Data>,
  size: number,
  { alias, mark }: { alias: string; mark: string },
): BatchParts<Data> {
  const indexes = Array.from({ length: size }, (_, index) => index)
  return {
    declared: indexes.flatMap((index) =>
      Object.entries(batch.variables).map(([name, type]) => `$${name}${mark}${index}: ${type}`),
    ),
    fields: indexes.map(
      (index) => `${alias}${index}: ${batch.field.replace(/\$(\w+)/g, `$$$1${mark}${index}`)}`,
    ),
    shape: Object.fromEntries(indexes.map((index) => [`${alias}${index}`, batch.response])),
  }
}

const documentOf = (
  keyword: string,
  name: string,
  { declared, fields }: Pick<BatchParts<unknown>, 'declared' | 'fields'>,
): string => `${keyword} ${name}(${declared.join(', ')}) {\n  ${fields.join('\n  ')}\n}`

/** Returns the operation that requests `size` items at once. Their aliases are `item0`, `item1`, … */
export function batchOf<Item extends Record<string, string>, Data>(
  batch: BatchOperation<Item, Data>,
  size: number,
): Operation<Readonly<Record<string, string>>, Record<string, Data>> {
  const parts = partsOf(batch, size, { alias: 'item', mark: '' })
  const keyword = batch.kind === 'repeatable-mutation' ? 'mutation' : 'query'
  return toOperation(batch.name, documentOf(keyword, batch.name, parts), z.object(parts.shape), {
    confidential: batch.confidential ?? false,
    repeatable: true,
  })
}

/** A batch with the items to request. */
export interface BatchRequest<Item extends Record<string, string>, Data> {
  readonly batch: BatchOperation<Item, Data>
  readonly items: readonly Item[]
}

/**
 * Returns one operation for two batches of queries, with its variables. It has the name of the first batch. The aliases
 * are `item0`, `item1`, … for the items of the first batch, and `other0`, `other1`, … for those of the second.
 */
export function joinBatches<
  One extends Record<string, string>,
  DataOfOne,
  Other extends Record<string, string>,
  DataOfOther,
>(
  one: BatchRequest<One, DataOfOne>,
  other: BatchRequest<Other, DataOfOther>,
): {
  operation: Operation<Readonly<Record<string, string>>, Record<string, DataOfOne | DataOfOther>>
  variables: Record<string, string>
} {
  const first = partsOf(one.batch, one.items.length, { alias: 'item', mark: '' })
  const second = partsOf(other.batch, other.items.length, { alias: 'other', mark: 'Other' })
  const { name } = one.batch
  const document = documentOf('query', name, {
    declared: [...first.declared, ...second.declared],
    fields: [...first.fields, ...second.fields],
  })
  const shape: Record<string, z.ZodType<DataOfOne | DataOfOther>> = {
    ...first.shape,
    ...second.shape,
  }
  return {
    operation: toOperation(name, document, z.object(shape), { repeatable: true }),
    variables: { ...batchVariables(one.items), ...batchVariables(other.items, 'Other') },
  }
}

/** Returns the variables of the operation that {@link batchOf} creates for the items. */
export function batchVariables(
  items: readonly Record<string, string>[],
  mark = '',
): Record<string, string> {
  return Object.fromEntries(
    items.flatMap((item, index) =>
      Object.entries(item).map(([name, value]) => [`${name}${mark}${index}`, value]),
    ),
  )
}

/** A page of a Relay connection. */
export interface Page<Node> {
  nodes: Node[]
  /** The cursor of the next page; `null` on the last page. */
  next: string | null
}

/** Parses a page of a Relay connection. Fails if there is a next page without a cursor, because it cannot be read. */
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

/** The fields of a connection that {@link connection} needs in addition to the nodes. */
export const pageInfo = 'pageInfo { hasNextPage endCursor }'
