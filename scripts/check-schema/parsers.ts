import type { GraphQLSchema } from 'graphql'
import type { z } from 'zod'
import type { OperationCheck } from '../../src/railway/operations/index.ts'
import { type Answer, possibleAnswers } from './answers.ts'
import type { Problem } from './problem.ts'

type Parsed = Pick<OperationCheck, 'name' | 'document' | 'answer'>

/** Enough for every nullable leaf to have been null and not null many times over. */
const answersPerOperation = 300

/**
 * Whether an operation's parser accepts whatever the schema may answer to its document. The document
 * must be valid. Each way of failing is told once, however many answers show it.
 */
export function checkAnswers(schema: GraphQLSchema, operation: Parsed): Problem[] {
  const found = new Set<string>()
  const draws = { count: answersPerOperation, seed: seedOf(operation.name) }
  for (const answer of possibleAnswers(schema, operation.document, draws)) {
    for (const complaint of complaints(operation.answer, answer)) found.add(complaint)
  }
  return [...found].sort().map((what) => ({ check: 'answer', where: operation.name, what }))
}

function complaints(parser: z.ZodType, answer: Answer): string[] {
  try {
    const { error } = parser.safeParse(answer)
    return (error?.issues ?? []).flatMap(leaves).map((issue) => complaint(issue, answer))
  } catch (error) {
    return [`the parser throws: ${error instanceof Error ? error.message : String(error)}`]
  }
}

interface Leaf {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** A union only says that nothing fits; what each of its members wanted says more. */
function leaves(issue: z.core.$ZodIssue): Leaf[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  return issue.errors
    .flat()
    .flatMap((inner) =>
      leaves(inner).map(({ path, message }) => ({ path: [...issue.path, ...path], message })),
    )
}

function complaint({ path, message }: Leaf, answer: Answer): string {
  const field = path.map((key) => (typeof key === 'number' ? '[]' : `.${String(key)}`)).join('')
  const name = field.replace(/^\./, '') || 'the answer itself'
  const value = valueAt(answer, path)
  if (value === undefined) return `${name}: demanded, and the document does not always select it`
  return `${name}: ${message}, and the schema allows ${shown(value)}`
}

function valueAt(answer: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    answer,
  )
}

/** Made-up values differ from answer to answer; their kind is enough, and keeps the line the same. */
function shown(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'string' && value.startsWith('UNHEARD_OF_')) return 'enum values yet to come'
  if (value === '') return 'empty text'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** By name, so that one operation's answers stay the same when others come and go. */
function seedOf(name: string): number {
  return [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7)
}
