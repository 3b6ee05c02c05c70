import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql'
import { NoDeprecatedCustomRule } from 'graphql/validation/rules/custom/NoDeprecatedCustomRule.js'
import type { OperationCheck } from '../../src/railway/operations/index.ts'
import type { Problem } from './problem.ts'

type Sent = Pick<OperationCheck, 'name' | 'kind' | 'document'>

/** What a server with this schema would refuse in a document, the types of its variables included. */
export function checkDocument(schema: GraphQLSchema, operation: Sent): Problem[] {
  const document = read(operation.document)
  if (document instanceof GraphQLError) return [problem(operation, document)]
  const disagreement = disagreementWithName(operation, document)
  return [
    ...(disagreement ? [{ ...at(operation), what: disagreement }] : []),
    ...validate(schema, document).map((error) => problem(operation, error)),
  ]
}

/** What still works and is announced to go. */
export function deprecations(schema: GraphQLSchema, operation: Sent): Problem[] {
  const document = read(operation.document)
  if (document instanceof GraphQLError) return []
  const announced = validate(schema, document, [NoDeprecatedCustomRule])
  return announced.map((error) => problem(operation, error))
}

function read(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}

/** A document is known by its one operation; logs and errors name it so. */
function disagreementWithName({ name, kind }: Sent, document: DocumentNode): string | undefined {
  const [first, ...more] = document.definitions.filter(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  )
  if (!first || more.length > 0) return 'the document must hold exactly one operation'
  if (first.operation !== kind || first.name?.value !== name) {
    return `listed as ${kind} ${name}, the document says ${first.operation} ${first.name?.value ?? '(no name)'}`
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
