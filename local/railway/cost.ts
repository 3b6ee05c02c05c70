import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from 'graphql'

/** The limits of a GraphQL document. Railway's own limits are not documented. */
export interface DocumentLimits {
  /** Number of fields, with fragments expanded. */
  fields: number
  /** Number of root fields, each alias counted. */
  roots: number
  /** Number of objects that the pages may contain. A page of 100 with a page of 50 in each entry counts as 5,100. */
  objects: number
}

export interface Cost {
  fields: number
  roots: number
  objects: number
}

/** Counts the fields and objects that the first operation of the document requests. */
export function costOf(document: DocumentNode, variables: Record<string, unknown>): Cost {
  const { roots, fragments } = rootsOf(document)
  const count = (fields: FieldNode[]): number =>
    fields.reduce(
      (sum, { selectionSet }) =>
        sum + 1 + (selectionSet ? count(fieldsOf(selectionSet, fragments)) : 0),
      0,
    )
  const objects = (fields: FieldNode[], times: number): number =>
    fields.reduce((sum, field) => {
      const size = pageSize(field, variables)
      const here = times * (size ?? 1)
      const below = field.selectionSet ? fieldsOf(field.selectionSet, fragments) : []
      return sum + (size === undefined ? 0 : here) + objects(below, here)
    }, 0)
  return { fields: count(roots), roots: roots.length, objects: objects(roots, 1) }
}

/** Returns the names of the root fields of the document's first operation. */
export const rootFields = (document: DocumentNode): string[] =>
  rootsOf(document).roots.map(({ name }) => name.value)

function rootsOf(document: DocumentNode) {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
  }
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  return { fragments, roots: operation ? fieldsOf(operation.selectionSet, fragments) : [] }
}

function fieldsOf(
  { selections }: SelectionSetNode,
  fragments: Map<string, FragmentDefinitionNode>,
): FieldNode[] {
  return selections.flatMap((one) => {
    if (one.kind === Kind.FIELD) return [one]
    const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value)
    return fragment ? fieldsOf(fragment.selectionSet, fragments) : []
  })
}

function pageSize(
  { arguments: given = [] }: FieldNode,
  variables: Record<string, unknown>,
): number | undefined {
  const first = given.find(({ name }) => name.value === 'first' || name.value === 'last')?.value
  if (first?.kind === Kind.INT) return Number(first.value)
  if (first?.kind !== Kind.VARIABLE) return undefined
  const value = variables[first.name.value]
  return typeof value === 'number' ? value : undefined
}
