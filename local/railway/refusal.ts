import { GraphQLError } from 'graphql'

/**
 * An error as Railway words it. Refusals, things not found, duplicates and cooldowns all come with HTTP 200
 * and the code `INTERNAL_SERVER_ERROR`; only the message tells them apart.
 */
export function refusal(message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } })
}

export const notAuthorized = (): GraphQLError => refusal('Not Authorized')

export const notFound = (what: string): GraphQLError => refusal(`${what} not found`)

/** The error that Railway answers with when it gives no reason. */
export const problem = (): GraphQLError => refusal('Problem processing request')

export const badInput = (message: string): GraphQLError =>
  refusal(message, { code: 'BAD_USER_INPUT' })
