import { z } from 'zod'
import { ApiError, type ErrorReason } from './api-error.ts'

/** The number of characters of a message that are read. */
const maxMessage = 10_000

/** The number of keys of a path that are read. */
const maxPath = 50

/** An entry of `errors`. Everything but the message may be missing. */
export const graphqlErrorSchema = z.object({
  message: z
    .string()
    .transform((text) => text.slice(0, maxMessage))
    .catch('(no message)'),
  path: z
    .array(z.union([z.string(), z.number()]))
    .transform((path) => path.slice(0, maxPath))
    .nullish()
    .catch(null),
  traceId: z.string().nullish().catch(null),
  extensions: z
    .object({
      code: z.string().nullish().catch(null),
      traceId: z.string().nullish().catch(null),
      workspaceName: z.string().nullish().catch(null),
    })
    .nullish()
    .catch(null),
})

export type GraphqlError = z.infer<typeof graphqlErrorSchema>

/**
 * The patterns of messages and their reasons. The text decides before the code: a rejection, a missing object, a
 * throttle and a cooldown all arrive with the code INTERNAL_SERVER_ERROR. The order is from the more specific to the
 * less specific.
 */
const reasons: readonly [RegExp, ErrorReason][] = [
  [/^two factor authentication required$/i, 'two-factor'],
  [
    /\bpage (?:size|can have)\b|\bfirst\b.{0,40}\b(?:most|max|exceed|greater|less)/i,
    'page-too-large',
  ],
  [/too quickly|only one \w+ can be created|whoa there/i, 'cooldown'],
  [/rate limit exceeded|cannot redeploy yet|too many requests/i, 'throttled'],
  [/commit not found/i, 'commit-not-found'],
  [
    /\b(?:free|hobby|pro|trial|your|current|select an?|select a new) plan\b|\byour trial\b|\bplease upgrade\b|\b(?:usage|resource provision|provision|spending) limit\b|\bmaximum number of\b/i,
    'plan',
  ],
  [/^no patch\b/i, 'nothing-staged'],
  [/not authorized|unauthorized|do not have access/i, 'not-authorized'],
  [/not found/i, 'not-found'],
  [/already exists/i, 'name-taken'],
]

const codes: ReadonlyMap<string, ErrorReason> = new Map(
  Object.entries<ErrorReason>({
    UNAUTHENTICATED: 'not-authorized',
    FORBIDDEN: 'not-authorized',
    GRAPHQL_VALIDATION_FAILED: 'invalid-document',
    GRAPHQL_PARSE_FAILED: 'invalid-document',
  }),
)

/** Classifies an error: by its code if that concerns the document, else by its text, else by its code. */
export function classifyError(error: GraphqlError): ErrorReason {
  const byCode = codes.get(error.extensions?.code ?? '')
  if (byCode === 'invalid-document') return byCode
  const message = error.message.slice(0, maxMessage)
  // No input of a query but the size of a page can be wrong for what it is.
  if (
    error.extensions?.code === 'BAD_USER_INPUT' &&
    /\b(?:page|first|limit|entries|maximum)\b/i.test(message)
  ) {
    return 'page-too-large'
  }
  return reasons.find(([pattern]) => pattern.test(message))?.[1] ?? byCode ?? 'other'
}

/** Converts an entry of `errors` into an error. The API lists only the first error; there may be others. */
export function toApiError(operation: string, error: GraphqlError): ApiError {
  return new ApiError({
    kind: 'refused',
    operation,
    reason: classifyError(error),
    message: error.message.slice(0, 500),
    path: error.path ?? [],
    traceId: error.traceId ?? error.extensions?.traceId ?? null,
    workspace: error.extensions?.workspaceName ?? null,
  })
}
