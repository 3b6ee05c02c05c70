import { GraphqlResponseError, graphql } from '@octokit/graphql'
import { z } from 'zod'
import type { Redactor } from '../../redactor.ts'
import type { Operation } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'
import { type GraphqlError, graphqlErrorSchema, toApiError } from './classify-error.ts'
import { redactError } from './redact.ts'

/** The data of a GraphQL response. */
export interface GraphqlResponse<Data> {
  readonly data: Data
  /** The errors of the nullable fields that are missing from `data`; empty if `data` is complete. */
  readonly gaps: readonly GraphqlError[]
}

/** The maximum number of errors that are read of one response. */
const maxErrors = 1_000

/** The maximum number of characters that are read of an error's message. */
const maxMessage = 10_000

/** The format of every GraphQL response. The parser of the operation parses `data`. */
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({})).nullish(),
})

/** The dependencies of {@link requestGraphql}. */
export interface GraphqlDeps {
  readonly url: string
  readonly redactor: Redactor
  /** Sends the request and returns the JSON of its response. Throws {@link ApiError}. */
  readonly transmit: () => Promise<unknown>
}

/**
 * Sends an operation and parses the response. Throws {@link ApiError}. A response with data and errors counts as a
 * rejection, unless the operation accepts partial data. Otherwise a field that is missing because of an error would
 * look like an object that does not exist.
 */
export async function requestGraphql<Data>(
  operation: Operation<never, Data>,
  variables: Readonly<Record<string, unknown>>,
  { url, redactor, transmit }: GraphqlDeps,
): Promise<GraphqlResponse<Data>> {
  const { name, response, partial, confidential, document } = operation
  // This replaces the library's own request, which does not limit the size of a response.
  const hook = async () => {
    const data = parseOrThrow(name, envelope, await transmit())
    return { status: 200, url, headers: {}, data }
  }
  try {
    const data: unknown = await graphql.defaults({ url, request: { hook } })(document, {
      ...variables,
    })
    return { data: parseOrThrow(name, response, data), gaps: [] }
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw error
    const errors = (error.errors ?? [])
      .slice(0, maxErrors)
      .map((entry) => graphqlErrorSchema.parse(entry))
      .map((entry) => ({ ...entry, message: redactor.redact(entry.message.slice(0, maxMessage)) }))
    const usable = partial ? response.safeParse(error.data) : null
    if (usable?.success) return { data: usable.data, gaps: errors }
    const [first, ...others] = errors
      .map((entry) => toApiError(name, entry))
      .map((refusal) => (confidential ? redactError(refusal) : refusal))
    if (first) throw withOthers(first, others)
    throw new ApiError({ kind: 'unavailable', detail: 'an empty list of errors', sent: true })
  }
}

/** Returns the first error of a response with the other ones added. */
function withOthers(first: ApiError, others: readonly ApiError[]): ApiError {
  const { problem } = first
  if (problem.kind !== 'refused' || others.length === 0) return first
  return new ApiError({ ...problem, others: others.map((other) => other.problem) })
}

/**
 * Parses a response. Throws {@link ApiError} `incompatible` with the first field that does not have the expected
 * format.
 */
export function parseOrThrow<Data>(
  operation: string,
  response: z.ZodType<Data>,
  data: unknown,
): Data {
  const parsed = response.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ApiError({
    kind: 'incompatible',
    operation,
    field: issue?.path.join('.') || 'data',
    detail: issue?.message ?? 'unexpected',
  })
}
