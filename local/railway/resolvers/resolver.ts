import type { GraphQLFieldResolver } from 'graphql'
import type { Context } from '../context.ts'

/**
 * A field of a type. GraphQL has checked the arguments against the schema before it is called, so each
 * resolver names the types of the object and of the arguments that it expects.
 */
export type Resolver = GraphQLFieldResolver<never, Context, never>

export type TypeResolvers = Record<string, Resolver>

/** A point in time as the API writes it. */
export const toDate = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString()
