import { readFileSync } from 'node:fs'
import {
  buildASTSchema,
  type DocumentNode,
  GraphQLEnumType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  parse,
} from 'graphql'
import type { NewerPart } from './behaviour.ts'
import { refusal } from './refusal.ts'
import * as deployments from './resolvers/deployments.ts'
import * as environments from './resolvers/environments.ts'
import * as instances from './resolvers/instances.ts'
import * as inventory from './resolvers/inventory.ts'
import type { Resolver, TypeResolvers } from './resolvers/resolver.ts'
import * as tokens from './resolvers/tokens.ts'
import * as variables from './resolvers/variables.ts'

const resolvers: Record<string, TypeResolvers> = {
  Query: {
    ...tokens.tokenQueries,
    ...inventory.inventoryQueries,
    ...instances.instanceQueries,
    ...deployments.deploymentQueries,
    ...variables.variableQueries,
    ...environments.environmentQueries,
  },
  Mutation: {
    ...deployments.deploymentMutations,
    ...instances.instanceMutations,
    ...variables.variableMutations,
    ...environments.environmentMutations,
  },
  User: tokens.userFields,
  ProjectToken: tokens.projectTokenFields,
  Workspace: tokens.workspaceFields,
  ExternalWorkspace: tokens.externalWorkspaceFields,
  Project: inventory.projectFields,
  Environment: inventory.environmentFields,
  Service: inventory.serviceFields,
  ServiceInstance: inventory.serviceInstanceFields,
  ServiceDomain: inventory.serviceDomainFields,
  CustomDomain: inventory.customDomainFields,
  Deployment: deployments.deploymentFields,
  DeploymentEvent: deployments.deploymentEventFields,
  DeploymentTrigger: instances.deploymentTriggerFields,
  Variable: variables.variableFields,
  EnvironmentPatch: environments.environmentPatchFields,
  VolumeInstance: inventory.volumeInstanceFields,
}

const definitions = parse(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'))

/**
 * Builds the schema of `schema.graphql` with the resolvers, without the parts in `missing`. A field without a resolver
 * has the value of the property with its name.
 */
export function buildRailwaySchema(missing: readonly NewerPart[] = []): GraphQLSchema {
  const schema = buildASTSchema(without(definitions, missing))
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName)
    if (!isObjectType(type)) throw new Error(`The schema has no type ${typeName}.`)
    const typeFields = type.getFields()
    for (const [name, resolve] of Object.entries(fields)) {
      const field = typeFields[name]
      if (!field && missing.some((part) => part === `${typeName}.${name}`)) continue
      if (!field) throw new Error(`The schema has no field ${typeName}.${name}.`)
      const effective = typeName === 'Mutation' ? recordedMutation(name, resolve) : resolve
      Object.assign(field, { resolve: effective })
    }
  }
  allowUnknownValues(schema, 'DeploymentStatus')
  allowUnknownValues(schema, 'EnvironmentPatchStatus')
  return schema
}

/** Removes these fields and enum values from the definitions. Throws if one of them does not exist. */
function without(document: DocumentNode, missing: readonly NewerPart[]): DocumentNode {
  const remaining = new Set<string>(missing)
  const isKept = (type: string, { name }: { name: { value: string } }) =>
    !remaining.delete(`${type}.${name.value}`)
  const kept = document.definitions.map((one) => {
    if (one.kind === Kind.OBJECT_TYPE_DEFINITION) {
      return { ...one, fields: (one.fields ?? []).filter((field) => isKept(one.name.value, field)) }
    }
    if (one.kind === Kind.ENUM_TYPE_DEFINITION) {
      return { ...one, values: (one.values ?? []).filter((value) => isKept(one.name.value, value)) }
    }
    return one
  })
  if (remaining.size > 0) throw new Error(`The schema has no ${[...remaining].join(', ')}.`)
  return { ...document, definitions: kept }
}

/**
 * Returns a resolver that refuses the mutation if the world refuses it, and else records in the context that the mutation
 * took effect. A later mutation of the same document may still fail.
 */
function recordedMutation(name: string, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const refused = context.world.refusals.get(name)
    if (refused !== undefined) throw refusal(refused)
    const result = resolve(source, args, context, info)
    context.effects.push(name)
    return result
  }
}

/** Makes an enum return values that the schema does not have. Scripts use them as statuses that Railway may add later. */
function allowUnknownValues(schema: GraphQLSchema, name: string): void {
  const type = schema.getType(name)
  if (type instanceof GraphQLEnumType) type.serialize = (value) => String(value)
}
