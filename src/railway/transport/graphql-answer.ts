import { z } from 'zod'
import type { Operation } from '../operations/operation.ts'
import { ApiError } from './api-error.ts'
import { type GraphqlError, graphqlErrorSchema, toApiError } from './classify-error.ts'
import { redactError } from './redact.ts'

/** An answer with the errors of the nullable fields that are missing from it. */
export interface Answer<Data> {
  readonly data: Data
  readonly gaps: readonly GraphqlError[]
}

/** More errors than this are not looked at. */
const maxErrors = 1_000

/** The outermost shape of every GraphQL answer; what lies in it is parsed by the operation. */
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({})).nullish(),
})

/**
 * Reads the answer to an operation. Data with errors is a refusal, unless only nullable fields are missing and the
 * operation takes that: what is missing must never be taken for what is not there. Secrets that Railway quotes are
 * redacted. Throws {@link ApiError}.
 */
export function readGraphqlAnswer<Data>(
  operation: Operation<Data>,
  json: unknown,
  redact: (text: string) => string,
): Answer<Data> {
  const { name, answer, partial, confidential } = operation
  const { data, errors: entries } = parseOrThrow(name, envelope, json)
  if (!entries) return { data: parseOrThrow(name, answer, data), gaps: [] }
  const errors = entries
    .slice(0, maxErrors)
    .map((entry) => graphqlErrorSchema.parse(entry))
    .map((entry) => ({ ...entry, message: redact(entry.message) }))
  const usable = partial ? answer.safeParse(data) : null
  if (usable?.success) return { data: usable.data, gaps: errors }
  const [first] = errors
  const refusal = first && toApiError(name, first)
  if (refusal) throw confidential ? redactError(refusal) : refusal
  throw new ApiError({ kind: 'unavailable', detail: 'an empty list of errors', sent: true })
}

/** Parses an answer, or throws which field of which operation is not as expected. */
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
