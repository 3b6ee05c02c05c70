import { GraphQLError } from 'graphql'

/**
 * Returns an error in Railway's format. Refusals, missing objects, duplicates and cooldowns all have HTTP 200 and the
 * code `INTERNAL_SERVER_ERROR`. They differ in the message only.
 */
export function refusal(message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } })
}

export const notAuthorized = (): GraphQLError => refusal('Not Authorized')

export const notFound = (typeName: string): GraphQLError => refusal(`${typeName} not found`)

/** Returns the error of Railway that has no reason in its message. */
export const problem = (): GraphQLError => refusal('Problem processing request')

export const badInput = (message: string): GraphQLError =>
  refusal(message, { code: 'BAD_USER_INPUT' })
