import type { GraphQLFieldResolver } from 'graphql'
import type { Context } from '../context.ts'

/**
 * The resolver of a field. GraphQL has validated the arguments against the schema before the call. Each resolver
 * declares the types of its object and of its arguments.
 */
export type Resolver = GraphQLFieldResolver<never, Context, never>

export type TypeResolvers = Record<string, Resolver>

/** Converts milliseconds since the epoch to the API's format, ISO 8601. */
export const toDate = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString()
