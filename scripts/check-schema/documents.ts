import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql'
import { NoDeprecatedCustomRule } from 'graphql/validation/rules/custom/NoDeprecatedCustomRule.js'
import type { OperationCheck } from '../../src/railway/operations/index.ts'
import type { Problem } from './problem.ts'

type Sent = Pick<OperationCheck, 'name' | 'kind' | 'document'>

/** Returns the errors with which a server with this schema would refuse the document. */
export function checkDocument(schema: GraphQLSchema, operation: Sent): Problem[] {
  const document = read(operation.document)
  if (document instanceof GraphQLError) return [problem(operation, document)]
  const mismatch = nameMismatch(operation, document)
  return [
    ...(mismatch ? [{ ...at(operation), what: mismatch }] : []),
    ...validate(schema, document).map((error) => problem(operation, error)),
  ]
}

/** Returns the deprecated parts of the schema that the document uses. */
export function deprecations(schema: GraphQLSchema, operation: Sent): Problem[] {
  const document = read(operation.document)
  if (document instanceof GraphQLError) return []
  const deprecated = validate(schema, document, [NoDeprecatedCustomRule])
  return deprecated.map((error) => problem(operation, error))
}

function read(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}

/** Returns an error message unless the document has exactly one operation, with the listed kind and name. */
function nameMismatch({ name, kind }: Sent, document: DocumentNode): string | undefined {
  const [first, ...more] = document.definitions.filter(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  )
  if (!first || more.length > 0) return 'expected exactly one operation in the document'
  if (first.operation !== kind || first.name?.value !== name) {
    return `expected ${kind} ${name}, the document has ${first.operation} ${first.name?.value ?? '(no name)'}`
  }
  return undefined
}

function problem(operation: Sent, error: GraphQLError): Problem {
  const place = error.locations?.[0]
  const suffix = place ? ` (line ${place.line}, column ${place.column})` : ''
  return { ...at(operation), what: `${error.message}${suffix}` }
}

function at(operation: Sent): Pick<Problem, 'check' | 'where'> {
  return { check: 'document', where: operation.name }
}
