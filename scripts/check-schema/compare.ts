import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'
import type { Problem } from './problem.ts'

/** Returns the types of a schema without the built-in scalars and the types of introspection. */
export function declaredTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  )
}

/**
 * Returns the differences between two schemas that make a valid request to the local server invalid for the given
 * schema. Each part of `local` must be in `given` with the same type. `given` may have further parts, except required
 * arguments and required input fields.
 */
export function compareSchemas(local: GraphQLSchema, given: GraphQLSchema): Problem[] {
  return [
    ...rootTypes(local, given),
    ...declaredTypes(local).flatMap((type) => {
      const other = given.getType(type.name)
      return other ? compareType(type, other) : [differs(type.name, 'missing in the given schema')]
    }),
  ]
}

function rootTypes(local: GraphQLSchema, given: GraphQLSchema): Problem[] {
  const roots = [
    ['query', local.getQueryType(), given.getQueryType()],
    ['mutation', local.getMutationType(), given.getMutationType()],
    ['subscription', local.getSubscriptionType(), given.getSubscriptionType()],
  ] as const
  return roots
    .filter(([, here, there]) => here && here.name !== there?.name)
    .map(([root, here, there]) =>
      differs(
        root,
        `${here?.name ?? 'none'} in the local schema, ${there?.name ?? 'none'} in the given one`,
      ),
    )
}

function compareType(here: GraphQLNamedType, there: GraphQLNamedType): Problem[] {
  if (kindOf(here) !== kindOf(there)) {
    return [
      differs(here.name, `${kindOf(here)} in the local schema, ${kindOf(there)} in the given one`),
    ]
  }
  if (isEnumType(here) && isEnumType(there)) {
    return missing(here.name, 'value', names(here.getValues()), names(there.getValues()))
  }
  if (isUnionType(here) && isUnionType(there)) {
    return missing(here.name, 'member', names(here.getTypes()), names(there.getTypes()))
  }
  if (isInputObjectType(here) && isInputObjectType(there)) {
    return compareInputs(here.name, 'input field', {
      here: Object.values(here.getFields()),
      there: Object.values(there.getFields()),
      isRequired: isRequiredInputField,
    })
  }
  if (isComposite(here) && isComposite(there)) {
    return [
      ...missing(here.name, 'interface', names(here.getInterfaces()), names(there.getInterfaces())),
      ...compareFields(here, there),
    ]
  }
  return []
}

function compareFields(here: Composite, there: Composite): Problem[] {
  const others = there.getFields()
  return Object.values(here.getFields()).flatMap((field) => {
    const where = `${here.name}.${field.name}`
    const other = others[field.name]
    if (!other) return [differs(where, 'missing in the given schema')]
    return [
      ...compareTypeText(where, field, other),
      ...compareInputs(where, 'argument', {
        here: field.args,
        there: other.args,
        isRequired: isRequiredArgument,
      }),
    ]
  })
}

interface Inputs<Item> {
  here: readonly Item[]
  there: readonly Item[]
  isRequired: (item: Item) => boolean
}

function compareInputs<Item extends GraphQLArgument | GraphQLInputField>(
  where: string,
  word: string,
  { here, there, isRequired }: Inputs<Item>,
): Problem[] {
  const declared = here.flatMap((item) => {
    const other = there.find(({ name }) => name === item.name)
    return other ? compareTypeText(`${where}(${item.name})`, item, other) : []
  })
  const required = there.filter(
    (item) => isRequired(item) && !here.some(({ name }) => name === item.name),
  )
  return [
    ...missing(where, word, names(here), names(there)),
    ...declared,
    ...required.map(({ name, type }) =>
      differs(
        where,
        `${word} ${name}: ${type} is required in the given schema and missing in the local one`,
      ),
    ),
  ]
}

/** Compares two types as text, such as `[String!]!`, which includes nullability and lists. */
function compareTypeText(
  where: string,
  here: { type: object },
  there: { type: object },
): Problem[] {
  const [local, given] = [String(here.type), String(there.type)]
  if (local === given) return []
  return [differs(where, `${local} in the local schema, ${given} in the given one`)]
}

function missing(where: string, word: string, here: string[], there: string[]): Problem[] {
  return here
    .filter((name) => !there.includes(name))
    .map((name) => differs(where, `${word} ${name} is missing in the given schema`))
}

type Composite = Extract<GraphQLNamedType, { getInterfaces(): unknown }>

function isComposite(type: GraphQLNamedType): type is Composite {
  return isObjectType(type) || isInterfaceType(type)
}

function kindOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'an object'
  if (isInterfaceType(type)) return 'an interface'
  if (isUnionType(type)) return 'a union'
  if (isEnumType(type)) return 'an enum'
  return isInputObjectType(type) ? 'an input' : 'a scalar'
}

function names(items: readonly { name: string }[]): string[] {
  return items.map(({ name }) => name)
}

function differs(where: string, what: string): Problem {
  return { check: 'local schema', where, what }
}
