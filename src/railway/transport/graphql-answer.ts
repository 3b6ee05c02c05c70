import { GraphqlResponseError, graphql } from '@octokit/graphql'
import { z } from 'zod'
import type { Redactor } from '../../redactor.ts'
import type { Operation } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'
import { type GraphqlError, graphqlErrorSchema, toApiError } from './classify-error.ts'
import { redactError } from './redact.ts'

/** An answer with the errors of the nullable fields that are missing from it. */
export interface Answer<Data> {
  readonly data: Data
  readonly gaps: readonly GraphqlError[]
}

/** The number of errors that are read. */
const maxErrors = 1_000

/** The number of characters of an error's message that are read. */
const maxMessage = 10_000

/** The outermost shape of every GraphQL answer. The operation parses the rest. */
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({})).nullish(),
})

/** The part of a client that sending an operation needs. */
export interface GraphqlDeps {
  readonly url: string
  readonly redactor: Redactor
  /** Sends the request and returns the JSON of its answer. Throws {@link ApiError}. */
  readonly transmit: () => Promise<unknown>
}

/**
 * Sends an operation and reads its answer. Data with errors is a rejection, unless only nullable fields are missing and
 * the operation accepts that. A missing field must never count as an absent object. Throws {@link ApiError}.
 */
export async function askGraphql<Data>(
  operation: Operation<never, Data>,
  variables: Readonly<Record<string, unknown>>,
  { url, redactor, transmit }: GraphqlDeps,
): Promise<Answer<Data>> {
  const { name, answer, partial, confidential, document } = operation
  // The answer was parsed where its size was bounded, so the library gets it as it is.
  const hook = async () => {
    const data = parseOrThrow(name, envelope, await transmit())
    return { status: 200, url, headers: {}, data }
  }
  try {
    const data: unknown = await graphql.defaults({ url, request: { hook } })(document, {
      ...variables,
    })
    return { data: parseOrThrow(name, answer, data), gaps: [] }
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw error
    const errors = (error.errors ?? [])
      .slice(0, maxErrors)
      .map((entry) => graphqlErrorSchema.parse(entry))
      .map((entry) => ({ ...entry, message: redactor.redact(entry.message.slice(0, maxMessage)) }))
    const usable = partial ? answer.safeParse(error.data) : null
    if (usable?.success) return { data: usable.data, gaps: errors }
    const [first, ...others] = errors
      .map((entry) => toApiError(name, entry))
      .map((refusal) => (confidential ? redactError(refusal) : refusal))
    if (first) throw withOthers(first, others)
    throw new ApiError({ kind: 'unavailable', detail: 'an empty list of errors', sent: true })
  }
}

/** Returns the first error of an answer with the further ones. */
function withOthers(first: ApiError, others: readonly ApiError[]): ApiError {
  const { problem } = first
  if (problem.kind !== 'refused' || others.length === 0) return first
  return new ApiError({ ...problem, others: others.map((other) => other.problem) })
}

/** Parses an answer, or throws an error with the operation and the field that is not as expected. */
export function parseOrThrow<Data>(
  operation: string,
  answer: z.ZodType<Data>,
  data: unknown,
): Data {
  const parsed = answer.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ApiError({
    kind: 'incompatible',
    operation,
    field: issue?.path.join('.') || 'data',
    detail: issue?.message ?? 'unexpected',
  })
}
