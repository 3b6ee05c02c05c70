import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  validate,
} from 'graphql'
import { z } from 'zod'
import { type Behaviour, newerParts } from './behaviour.ts'
import type { Context } from './context.ts'
import { costOf, type DocumentLimits, rootFields } from './cost.ts'
import { type HttpResponse, json } from './http-response.ts'
import { buildRailwaySchema } from './schema.ts'

/** A parsed GraphQL request. */
export interface Operation {
  /** `unreadable`: the body is not a GraphQL request. In that case, `document` is the error. */
  kind: 'query' | 'mutation' | 'subscription' | 'unreadable'
  name: string | null
  /** Names of the root fields, one for each alias. */
  roots: string[]
  variables: Record<string, unknown>
  document: DocumentNode | GraphQLError
}

const envelope = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
})

type ParsedDocument = Pick<Operation, 'kind' | 'roots'> & {
  document: DocumentNode
  /** Name of the first operation. */
  name: string | null
}

/** Cache of parsed documents. It is cleared when it is full, because batches with many aliases differ in each request. */
const documents = new Map<string, ParsedDocument>()
const MAX_CACHED_DOCUMENTS = 500

function parseDocument(query: string): ParsedDocument {
  const cached = documents.get(query)
  if (cached) return cached
  const document = parse(query)
  const operation = document.definitions.find((one) => one.kind === 'OperationDefinition')
  const parsed = {
    kind: operation?.operation ?? ('unreadable' as const),
    name: operation?.name?.value ?? null,
    roots: rootFields(document),
    document,
  }
  if (documents.size >= MAX_CACHED_DOCUMENTS) documents.clear()
  documents.set(query, parsed)
  return parsed
}

/** Parses the body of a GraphQL request. Does not throw for an invalid one. */
export function readOperation(body: string): Operation {
  const unreadable = (message: string): Operation => ({
    kind: 'unreadable',
    name: null,
    roots: [],
    variables: {},
    document: new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } }),
  })
  let content: unknown
  try {
    content = JSON.parse(body)
  } catch {
    return unreadable('POST body sent invalid JSON.')
  }
  const request = envelope.safeParse(content)
  if (!request.success) return unreadable('GraphQL operations must contain a `query` string.')
  const { operationName, query, variables } = request.data
  try {
    const parsed = parseDocument(query)
    return { ...parsed, name: operationName ?? parsed.name, variables: variables ?? {} }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return {
      ...unreadable(''),
      document: new GraphQLError(error.message, {
        nodes: error.nodes ?? null,
        extensions: { code: 'GRAPHQL_PARSE_FAILED' },
      }),
    }
  }
}

/** A schema with a cache of validation results. */
interface CachedSchema {
  schema: GraphQLSchema
  validated: WeakMap<DocumentNode, readonly GraphQLError[]>
}

/** Cache of schemas, by the names of the parts that each one lacks. */
const schemas = new Map<string, CachedSchema>()

function schemaOf({ missing, schema }: Behaviour): CachedSchema {
  const lacks = schema === 'older' ? newerParts : missing
  const key = lacks.join()
  const cached = schemas.get(key) ?? { schema: buildRailwaySchema(lacks), validated: new WeakMap() }
  schemas.set(key, cached)
  return cached
}

/** Returns an error for each introspection field that the caller may not read. */
function introspectionErrors(
  { caller, world }: Context,
  document: DocumentNode,
  schema: GraphQLSchema,
) {
  const { introspection } = world.behaviour
  const isAllowed = introspection === 'everybody' || (introspection === 'tokens' && caller.token)
  return isAllowed ? [] : validate(schema, document, [NoSchemaIntrospectionCustomRule])
}

export interface ExecutionOptions {
  context: Context
  limits: Partial<DocumentLimits>
  /** Returns the trace id of the error with this index. */
  traceId: (index: number) => string
}

/** Executes the operation. Errors have the format of Railway's errors. */
export async function run(operation: Operation, options: ExecutionOptions): Promise<HttpResponse> {
  const { document } = operation
  if (document instanceof GraphQLError) return refused([document], options)
  const { schema, validated } = schemaOf(options.context.world.behaviour)
  const schemaErrors = validated.get(document) ?? validate(schema, document)
  validated.set(document, schemaErrors)
  const invalid = [...schemaErrors, ...introspectionErrors(options.context, document, schema)]
  if (invalid.length > 0) return refused(invalid.map(asInvalid), options)
  const exceeded = exceededLimit(document, operation.variables, options.limits)
  if (exceeded) return refused([asInvalid(new GraphQLError(exceeded))], options)
  const result = await execute({
    schema,
    document,
    contextValue: options.context,
    variableValues: operation.variables,
    operationName: operation.name,
  })
  if (!('data' in result)) {
    const badInput = (result.errors ?? []).map(
      ({ message, nodes }) =>
        new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } }),
    )
    return refused(badInput, options)
  }
  const { data, errors } = result
  if (!errors) return json(200, { data })
  for (const { originalError } of errors) {
    // Resolvers throw refusals as GraphQL errors. Any other error is a bug of this server.
    if (originalError && !(originalError instanceof GraphQLError)) throw originalError
  }
  const isInput = errors.some(({ extensions }) => extensions.code === 'BAD_USER_INPUT')
  const status = isInput && data === null ? options.context.world.behaviour.badInputStatus : 200
  return json(status, { errors: formatted(errors, options), data })
}

function asInvalid({ message, nodes }: GraphQLError): GraphQLError {
  const code = 'GRAPHQL_VALIDATION_FAILED'
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code } })
}

/** Returns the response to a document that was not executed. It has no `data`, not even `null`. */
function refused(errors: GraphQLError[], options: ExecutionOptions): HttpResponse {
  const isInput = errors.some(({ extensions }) => extensions.code === 'BAD_USER_INPUT')
  const status = isInput ? options.context.world.behaviour.badInputStatus : 400
  return json(status, { errors: formatted(errors, options) })
}

function formatted(
  errors: readonly GraphQLError[],
  { context, traceId }: ExecutionOptions,
): unknown[] {
  return errors.map((error, index) => {
    const { message, locations, path, extensions } = error.toJSON()
    const code = { code: 'INTERNAL_SERVER_ERROR', ...extensions }
    const place = { message, ...(locations && { locations }), ...(path && { path }) }
    const trace = { traceId: traceId(index) }
    return context.world.behaviour.traceIdIn === 'error'
      ? { ...place, extensions: code, ...trace }
      : { ...place, extensions: { ...code, ...trace } }
  })
}

/** Returns an error message for the first limit that the document exceeds, or `null`. */
function exceededLimit(
  document: DocumentNode,
  variables: Record<string, unknown>,
  limits: Partial<DocumentLimits>,
): string | null {
  const { fields = Infinity, roots = Infinity, objects = Infinity } = limits
  if (Math.min(fields, roots, objects) === Infinity) return null
  const cost = costOf(document, variables)
  if (cost.fields > fields) {
    return `Query is too complex: ${cost.fields} fields, the maximum is ${fields}`
  }
  if (cost.roots > roots) {
    return `Query is too complex: ${cost.roots} root fields, the maximum is ${roots}`
  }
  if (cost.objects > objects) {
    return `Query is too complex: ${cost.objects} objects, the maximum is ${objects}`
  }
  return null
}
