import {
  DirectiveLocation,
  type IntrospectionInputTypeRef,
  type IntrospectionOutputTypeRef,
  type IntrospectionQuery,
} from 'graphql'
import { z } from 'zod'

const reference = <const Kind extends string>(...kinds: readonly [Kind, ...Kind[]]) =>
  z.object({ kind: z.enum(kinds), name: z.string() })

/** Returns the schema of a list. The list is empty if the server leaves it out or sends `null`. */
const optionalList = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullable()
    .default([])
    .transform((list) => list ?? [])

const description = z.string().nullish()
const deprecation = {
  isDeprecated: z.boolean().default(false),
  deprecationReason: z.string().nullable().default(null),
}

const outputName = reference('SCALAR', 'OBJECT', 'INTERFACE', 'UNION', 'ENUM')
const outputList = z.object({ kind: z.literal('LIST'), ofType: z.lazy(() => outputType) })
const outputType: z.ZodType<IntrospectionOutputTypeRef> = z.union([
  outputName,
  outputList,
  z.object({ kind: z.literal('NON_NULL'), ofType: z.union([outputName, outputList]) }),
])

const inputName = reference('SCALAR', 'ENUM', 'INPUT_OBJECT')
const inputList = z.object({ kind: z.literal('LIST'), ofType: z.lazy(() => inputType) })
const inputType: z.ZodType<IntrospectionInputTypeRef> = z.union([
  inputName,
  inputList,
  z.object({ kind: z.literal('NON_NULL'), ofType: z.union([inputName, inputList]) }),
])

const inputValue = z.object({
  name: z.string(),
  description,
  type: inputType,
  defaultValue: z.string().nullable().default(null),
  ...deprecation,
})

const field = z.object({
  name: z.string(),
  description,
  args: z.array(inputValue),
  type: outputType,
  ...deprecation,
})

const enumValue = z.object({ name: z.string(), description, ...deprecation })

const named = { name: z.string(), description }
const interfaces = reference('INTERFACE')

const type = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('SCALAR'),
    ...named,
    specifiedByURL: z.string().nullish(),
  }),
  z.object({
    kind: z.literal('OBJECT'),
    ...named,
    fields: z.array(field),
    interfaces: z.array(interfaces),
  }),
  z.object({
    kind: z.literal('INTERFACE'),
    ...named,
    fields: z.array(field),
    interfaces: optionalList(interfaces),
    possibleTypes: optionalList(reference('OBJECT')),
  }),
  z.object({ kind: z.literal('UNION'), ...named, possibleTypes: z.array(reference('OBJECT')) }),
  z.object({ kind: z.literal('ENUM'), ...named, enumValues: z.array(enumValue) }),
  z.object({
    kind: z.literal('INPUT_OBJECT'),
    ...named,
    inputFields: z.array(inputValue),
    isOneOf: z.boolean().default(false),
  }),
])

const knownLocations = Object.values(DirectiveLocation)

/** A directive. Locations that graphql-js does not know are left out. */
const directive = z.object({
  name: z.string(),
  description,
  isRepeatable: z.boolean().default(false),
  locations: z
    .array(z.string())
    .transform((names) => knownLocations.filter((location) => names.includes(location))),
  args: z.array(inputValue),
})

const rootType = z.object({ name: z.string() }).transform(({ name }) => ({
  kind: 'OBJECT' as const,
  name,
}))

/**
 * A schema as an introspection query returns it. Parts that a server may leave out, because it does not support them or the
 * query did not request them, have a default.
 */
export const introspectionSchema: z.ZodType<IntrospectionQuery['__schema']> = z.object({
  description,
  queryType: rootType,
  mutationType: rootType.nullable().default(null),
  subscriptionType: rootType.nullable().default(null),
  types: z.array(type),
  directives: optionalList(directive),
})
