import { z } from 'zod'
import { ApiError, type ErrorReason } from './api-error.ts'

/** The maximum number of characters that are read of a message. */
const maxMessage = 10_000

/** The maximum number of keys that are read of a path. */
const maxPath = 50

/** Parses an entry of `errors` in a GraphQL response. A field that is missing or invalid never fails the parsing. */
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

/** An entry of `errors` in a GraphQL response. */
export type GraphqlError = z.infer<typeof graphqlErrorSchema>

/**
 * The patterns of Railway's messages, each with its reason. The first pattern that matches applies. The patterns are
 * sorted from the more specific to the less specific.
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

/** The reasons that follow from the code of an error. */
const codes: ReadonlyMap<string, ErrorReason> = new Map(
  Object.entries<ErrorReason>({
    UNAUTHENTICATED: 'not-authorized',
    FORBIDDEN: 'not-authorized',
    GRAPHQL_VALIDATION_FAILED: 'invalid-document',
    GRAPHQL_PARSE_FAILED: 'invalid-document',
  }),
)

/**
 * Returns the reason of a rejection. A code about the document takes precedence. Otherwise the text of the message
 * takes precedence over the code, because Railway sends INTERNAL_SERVER_ERROR for most reasons.
 */
export function classifyError(error: GraphqlError): ErrorReason {
  const byCode = codes.get(error.extensions?.code ?? '')
  if (byCode === 'invalid-document') return byCode
  const message = error.message.slice(0, maxMessage)
  // The only input of this action's queries that Railway may reject as invalid is the size of a page.
  if (
    error.extensions?.code === 'BAD_USER_INPUT' &&
    /\b(?:page|first|limit|entries|maximum)\b/i.test(message)
  ) {
    return 'page-too-large'
  }
  return reasons.find(([pattern]) => pattern.test(message))?.[1] ?? byCode ?? 'other'
}

/** Converts an entry of `errors` into an {@link ApiError} of the kind `refused`. */
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
