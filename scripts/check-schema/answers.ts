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

export type Answer = { [key: string]: unknown }

/**
 * Answers that a server with this schema may give to a valid document: first the extremes (everything
 * nullable null with lists empty, the same with lists filled, nothing null), then chance.
 */
export function* possibleAnswers(
  schema: GraphQLSchema,
  document: string,
  { count, seed }: { count: number; seed: number },
): Generator<Answer> {
  const extremes: Manner[] = [
    { nulls: 1, longest: 0 },
    { nulls: 1, longest: 2 },
    { nulls: 0, longest: 2 },
  ]
  const random = seededRandom(seed)
  for (let index = 0; index < count; index += 1) {
    const manner = extremes[index] ?? {
      nulls: random.pick([0.03, 0.15, 0.5]),
      longest: random.pick([1, 2, 3]),
    }
    yield new AnswerMaker(schema, document, random, manner).make()
  }
}

interface Manner {
  /** How likely a nullable value is null. */
  readonly nulls: number
  /** How many elements a list has at most; the extremes have exactly so many. */
  readonly longest: number
}

/** Makes one answer. A class only because five things are the same at every depth. */
class AnswerMaker {
  private readonly schema: GraphQLSchema
  private readonly random: Random
  private readonly manner: Manner
  private readonly operation: OperationDefinitionNode
  private readonly fragments = new Map<string, FragmentDefinitionNode>()
  /** What `@include` and `@skip` were told, one value per variable and answer. */
  private readonly conditions = new Map<string, boolean>()

  constructor(schema: GraphQLSchema, document: string, random: Random, manner: Manner) {
    this.schema = schema
    this.random = random
    this.manner = manner
    const { definitions } = parse(document)
    const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
    if (!operation) throw new Error('A document without an operation')
    this.operation = operation
    for (const node of definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node)
    }
  }

  make(): Answer {
    const root = this.schema.getRootType(this.operation.operation)
    if (!root) throw new Error(`The schema has no ${this.operation.operation}`)
    return this.object(root, [this.operation.selectionSet])
  }

  private object(type: GraphQLObjectType, selections: SelectionSetNode[]): Answer {
    const fields = new Map<string, FieldNode[]>()
    for (const { selections: nodes } of selections) this.collect(type, nodes, fields)
    const answer: Answer = {}
    for (const [key, nodes] of fields) answer[key] = this.field(type, nodes)
    return type.name === 'PageInfo' ? withCursor(answer, fields) : answer
  }

  /** The fields that apply to `type`, fragments unfolded, by the name they have in the answer. */
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
    const wanted = this.schema.getType(condition)
    return !!wanted && isAbstractType(wanted) && this.schema.isSubType(wanted, type)
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
    if (!type) throw new Error(`No field ${parent.name}.${name}`)
    const value = this.value(
      type,
      nodes.flatMap((node) => node.selectionSet ?? []),
    )
    // A root field that answers bare text answers an id; an empty one would be no answer.
    return value === '' && parent === this.schema.getRootType(this.operation.operation)
      ? 'text'
      : value
  }

  private value(type: GraphQLOutputType, selections: SelectionSetNode[]): unknown {
    if (isNonNullType(type)) return this.present(type.ofType, selections)
    return this.random.chance(this.manner.nulls) ? null : this.present(type, selections)
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
    const { nulls, longest } = this.manner
    return nulls === 0 || nulls === 1 ? longest : this.random.below(longest + 1)
  }

  private concrete(type: GraphQLCompositeType): GraphQLObjectType {
    if (isObjectType(type)) return type
    const [first, ...more] = this.schema.getPossibleTypes(type)
    if (!first) throw new Error(`Nothing implements ${type.name}`)
    return this.random.pick([first, ...more])
  }

  /** Schemas grow without a version bump, so a value that nobody knows is as likely as the others. */
  private enumValue(known: string[]): string {
    return this.random.pick([`UNHEARD_OF_${this.random.below(1000)}`, ...known])
  }
}

/** More pages without a cursor would be an endless walk: refused on purpose, so never made up. */
function withCursor(answer: Answer, fields: ReadonlyMap<string, FieldNode[]>): Answer {
  const keyOf = (name: string) => [...fields].find(([, [node]]) => node?.name.value === name)?.[0]
  const [more, cursor] = [keyOf('hasNextPage'), keyOf('endCursor')]
  const needed = more !== undefined && cursor !== undefined && answer[more] && !answer[cursor]
  return needed ? { ...answer, [cursor]: 'cursor' } : answer
}
