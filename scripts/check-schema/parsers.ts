import type { GraphQLSchema } from 'graphql'
import type { z } from 'zod'
import type { OperationCheck } from '../../src/railway/operations/index.ts'
import type { Problem } from './problem.ts'
import { possibleResponses, type ResponseData } from './responses.ts'

type Parsed = Pick<OperationCheck, 'name' | 'document' | 'response'>

/** Number of responses to generate. With it, every nullable field is null in some responses and not null in others. */
const responsesPerOperation = 300

/**
 * Returns the reasons for which an operation's parser refuses responses that the schema allows. The document must be
 * valid. Each reason is reported once.
 */
export function checkResponses(schema: GraphQLSchema, operation: Parsed): Problem[] {
  const found = new Set<string>()
  const draws = { count: responsesPerOperation, seed: seedOf(operation.name) }
  for (const data of possibleResponses(schema, operation.document, draws)) {
    for (const message of parserErrors(operation.response, data)) found.add(message)
  }
  return [...found].sort().map((what) => ({ check: 'response', where: operation.name, what }))
}

function parserErrors(parser: z.ZodType, data: ResponseData): string[] {
  try {
    const { error } = parser.safeParse(data)
    return (error?.issues ?? []).flatMap(leaves).map((issue) => parserError(issue, data))
  } catch (error) {
    return [`the parser throws: ${error instanceof Error ? error.message : String(error)}`]
  }
}

interface Leaf {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** Returns the issues of the members of a union, which are more specific than that of the union. */
function leaves(issue: z.core.$ZodIssue): Leaf[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  return issue.errors
    .flat()
    .flatMap((inner) =>
      leaves(inner).map(({ path, message }) => ({ path: [...issue.path, ...path], message })),
    )
}

function parserError({ path, message }: Leaf, data: ResponseData): string {
  const field = path.map((key) => (typeof key === 'number' ? '[]' : `.${String(key)}`)).join('')
  const name = field.replace(/^\./, '') || 'the whole response'
  const value = valueAt(data, path)
  if (value === undefined) return `${name}: required, and the document does not always select it`
  return `${name}: ${message}, and the schema allows ${shown(value)}`
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    data,
  )
}

/** Describes a value by its type, so that equal problems of different responses have the same text. */
function shown(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'string' && value.startsWith('UNKNOWN_')) return 'an unknown enum value'
  if (value === '') return 'an empty string'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Returns a seed that depends on the name of the operation only, not on the list of operations. */
function seedOf(name: string): number {
  return [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7)
}
