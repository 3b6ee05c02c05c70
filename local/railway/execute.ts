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
import { type Answer, json } from './answer.ts'
import { type Behaviour, newerParts } from './behaviour.ts'
import type { Context } from './context.ts'
import { costOf, type DocumentLimits, rootFields } from './cost.ts'
import { buildRailwaySchema } from './schema.ts'

/** A GraphQL request as it came, as far as it can be read. */
export interface Operation {
  kind: 'query' | 'mutation' | 'subscription' | 'unreadable'
  name: string | null
  roots: string[]
  variables: Record<string, unknown>
  document: DocumentNode | GraphQLError
}

const envelope = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
})

/** Clients send the same few documents again and again; batches with many aliases differ each time. */
const documents = new Map<string, DocumentNode>()
const documentsKept = 500

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
    const document = documents.get(query) ?? parse(query)
    if (documents.size > documentsKept) documents.clear()
    documents.set(query, document)
    const operation = document.definitions.find((one) => one.kind === 'OperationDefinition')
    return {
      kind: operation?.operation ?? 'unreadable',
      name: operationName ?? operation?.name?.value ?? null,
      roots: rootFields(document),
      variables: variables ?? {},
      document,
    }
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

interface ServedSchema {
  schema: GraphQLSchema
  validated: WeakMap<DocumentNode, readonly GraphQLError[]>
}

/** The schemas that were served by now, by the parts that they lack. */
const served = new Map<string, ServedSchema>()

function schemaOf({ missing, schema }: Behaviour): ServedSchema {
  const lacks = schema === 'older' ? newerParts : missing
  const key = lacks.join()
  const known = served.get(key) ?? { schema: buildRailwaySchema(lacks), validated: new WeakMap() }
  served.set(key, known)
  return known
}

function introspectionRefusal(
  { caller, world }: Context,
  document: DocumentNode,
  schema: GraphQLSchema,
) {
  const { introspection } = world.behaviour
  const isOpen = introspection === 'everybody' || (introspection === 'tokens' && caller.token)
  return isOpen ? [] : validate(schema, document, [NoSchemaIntrospectionCustomRule])
}

export interface ExecutionOptions {
  context: Context
  limits: Partial<DocumentLimits>
  traceId: (index: number) => string
}

/** Runs the operation and words its errors as Railway does. */
export async function run(operation: Operation, options: ExecutionOptions): Promise<Answer> {
  const { document } = operation
  if (document instanceof GraphQLError) return refused([document], options)
  const { schema, validated } = schemaOf(options.context.world.behaviour)
  const misfits = validated.get(document) ?? validate(schema, document)
  validated.set(document, misfits)
  const invalid = [...misfits, ...introspectionRefusal(options.context, document, schema)]
  if (invalid.length > 0) return refused(invalid.map(asInvalid), options)
  const tooMuch = excess(document, operation.variables, options.limits)
  if (tooMuch) return refused([asInvalid(new GraphQLError(tooMuch))], options)
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
    // Refusals are GraphQL errors from the start. Anything else is a mistake of this server.
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

/** Documents that never ran have no `data`, not even `null`. */
function refused(errors: GraphQLError[], options: ExecutionOptions): Answer {
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

function excess(
  document: DocumentNode,
  variables: Record<string, unknown>,
  limits: Partial<DocumentLimits>,
): string | null {
  const cost = costOf(document, variables)
  const { fields = Infinity, roots = Infinity, objects = Infinity } = limits
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
