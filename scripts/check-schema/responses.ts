import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { type Random, seededRandom } from './random.ts'
import { scalarValue } from './scalars.ts'

/** The `data` of a GraphQL response. */
export type ResponseData = { [key: string]: unknown }

/**
 * Generates data that a server with this schema may return for a valid document. The first ones are extreme cases:
 * every nullable field is null and lists are empty, the same with items in the lists, and no field is null. The others are
 * random.
 */
export function* possibleResponses(
  schema: GraphQLSchema,
  document: string,
  { count, seed }: { count: number; seed: number },
): Generator<ResponseData> {
  const extremes: Distribution[] = [
    { nulls: 1, longest: 0 },
    { nulls: 1, longest: 2 },
    { nulls: 0, longest: 2 },
  ]
  const random = seededRandom(seed)
  for (let index = 0; index < count; index += 1) {
    const distribution = extremes[index] ?? {
      nulls: random.pick([0.03, 0.15, 0.5]),
      longest: random.pick([1, 2, 3]),
    }
    yield new ResponseGenerator(schema, document, random, distribution).generate()
  }
}

interface Distribution {
  /** Probability that a nullable value is null. */
  readonly nulls: number
  /** Largest number of elements in a list. If `nulls` is 0 or 1, every list has exactly this number. */
  readonly longest: number
}

/** A generator of the data of one response. */
class ResponseGenerator {
  private readonly schema: GraphQLSchema
  private readonly random: Random
  private readonly distribution: Distribution
  private readonly operation: OperationDefinitionNode
  private readonly fragments = new Map<string, FragmentDefinitionNode>()
  /** The values of the variables in `@include` and `@skip`, by name. */
  private readonly conditions = new Map<string, boolean>()

  constructor(schema: GraphQLSchema, document: string, random: Random, distribution: Distribution) {
    this.schema = schema
    this.random = random
    this.distribution = distribution
    const { definitions } = parse(document)
    const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
    if (!operation) throw new Error('The document has no operation.')
    this.operation = operation
    for (const node of definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node)
    }
  }

  generate(): ResponseData {
    const root = this.schema.getRootType(this.operation.operation)
    if (!root) throw new Error(`The schema has no ${this.operation.operation}.`)
    return this.object(root, [this.operation.selectionSet])
  }

  private object(type: GraphQLObjectType, selections: SelectionSetNode[]): ResponseData {
    const fields = new Map<string, FieldNode[]>()
    for (const { selections: nodes } of selections) this.collect(type, nodes, fields)
    const data: ResponseData = {}
    for (const [key, nodes] of fields) data[key] = this.field(type, nodes)
    return type.name === 'PageInfo' ? withCursor(data, fields) : data
  }

  /** Adds the selected fields of `type` to `fields`, by their keys in the response. Expands fragments. */
  private collect(
    type: GraphQLObjectType,
    nodes: readonly SelectionNode[],
    fields: Map<string, FieldNode[]>,
  ): void {
    for (const node of nodes.filter((candidate) => this.isIncluded(candidate))) {
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value
        fields.set(key, [...(fields.get(key) ?? []), node])
        continue
      }
      const fragment =
        node.kind === Kind.INLINE_FRAGMENT ? node : this.fragments.get(node.name.value)
      if (fragment && this.applies(fragment.typeCondition?.name.value, type)) {
        this.collect(type, fragment.selectionSet.selections, fields)
      }
    }
  }

  private applies(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true
    const conditionType = this.schema.getType(condition)
    if (!conditionType || !isAbstractType(conditionType)) return false
    return this.schema.isSubType(conditionType, type)
  }

  private isIncluded(node: SelectionNode): boolean {
    return (node.directives ?? []).every((directive) => {
      const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value
      const condition =
        value?.kind === Kind.BOOLEAN
          ? value.value
          : value?.kind === Kind.VARIABLE && this.condition(value.name.value)
      if (directive.name.value === 'include') return condition
      return directive.name.value !== 'skip' || !condition
    })
  }

  private condition(variable: string): boolean {
    const value = this.conditions.get(variable) ?? this.random.chance(0.7)
    this.conditions.set(variable, value)
    return value
  }

  private field(parent: GraphQLObjectType, nodes: FieldNode[]): unknown {
    const name = nodes[0]?.name.value ?? ''
    if (name === '__typename') return parent.name
    const type = parent.getFields()[name]?.type
    if (!type) throw new Error(`The schema has no field ${parent.name}.${name}.`)
    const value = this.value(
      type,
      nodes.flatMap((node) => node.selectionSet ?? []),
    )
    // A root field with a string is an id, which is never empty.
    return value === '' && parent === this.schema.getRootType(this.operation.operation)
      ? 'text'
      : value
  }

  private value(type: GraphQLOutputType, selections: SelectionSetNode[]): unknown {
    if (isNonNullType(type)) return this.present(type.ofType, selections)
    return this.random.chance(this.distribution.nulls) ? null : this.present(type, selections)
  }

  private present(type: GraphQLOutputType, selections: SelectionSetNode[]): unknown {
    if (isListType(type)) {
      return Array.from({ length: this.length() }, () => this.value(type.ofType, selections))
    }
    const named = getNamedType(type)
    if (isCompositeType(named)) return this.object(this.concrete(named), selections)
    if (isEnumType(named)) return this.enumValue(named.getValues().map(({ name }) => name))
    return scalarValue(named.name, this.random)
  }

  private length(): number {
    const { nulls, longest } = this.distribution
    return nulls === 0 || nulls === 1 ? longest : this.random.below(longest + 1)
  }

  private concrete(type: GraphQLCompositeType): GraphQLObjectType {
    if (isObjectType(type)) return type
    const [first, ...more] = this.schema.getPossibleTypes(type)
    if (!first) throw new Error(`The schema has no implementation of ${type.name}.`)
    return this.random.pick([first, ...more])
  }

  /** Returns a value of the enum, or one that the enum does not have, because Railway may add values at any time. */
  private enumValue(values: string[]): string {
    return this.random.pick([`UNKNOWN_${this.random.below(1000)}`, ...values])
  }
}

/** Adds a cursor if there is a next page. The parsers refuse a next page without a cursor on purpose. */
function withCursor(data: ResponseData, fields: ReadonlyMap<string, FieldNode[]>): ResponseData {
  const keyOf = (name: string) => [...fields].find(([, [node]]) => node?.name.value === name)?.[0]
  const [more, cursor] = [keyOf('hasNextPage'), keyOf('endCursor')]
  const needed = more !== undefined && cursor !== undefined && data[more] && !data[cursor]
  return needed ? { ...data, [cursor]: 'cursor' } : data
}
