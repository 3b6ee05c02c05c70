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
 * Builds the schema file with behaviour, without the parts that the server lacks. Fields without a resolver
 * are read from the object as they are.
 */
export function buildRailwaySchema(missing: readonly NewerPart[] = []): GraphQLSchema {
  const schema = buildASTSchema(without(definitions, missing))
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName)
    if (!isObjectType(type)) throw new Error(`the schema has no type ${typeName}`)
    const known = type.getFields()
    for (const [name, resolve] of Object.entries(fields)) {
      const field = known[name]
      if (!field && missing.some((part) => part === `${typeName}.${name}`)) continue
      if (!field) throw new Error(`the schema has no field ${typeName}.${name}`)
      const effective = typeName === 'Mutation' ? noted(name, resolve) : resolve
      Object.assign(field, { resolve: effective })
    }
  }
  toleratesNewValues(schema, 'DeploymentStatus')
  toleratesNewValues(schema, 'EnvironmentPatchStatus')
  return schema
}

/** The definitions without these fields and enum values. Each of them must be there to be left out. */
function without(document: DocumentNode, missing: readonly NewerPart[]): DocumentNode {
  const left = new Set<string>(missing)
  const isKept = (type: string, { name }: { name: { value: string } }) =>
    !left.delete(`${type}.${name.value}`)
  const kept = document.definitions.map((one) => {
    if (one.kind === Kind.OBJECT_TYPE_DEFINITION) {
      return { ...one, fields: (one.fields ?? []).filter((field) => isKept(one.name.value, field)) }
    }
    if (one.kind === Kind.ENUM_TYPE_DEFINITION) {
      return { ...one, values: (one.values ?? []).filter((value) => isKept(one.name.value, value)) }
    }
    return one
  })
  if (left.size > 0) throw new Error(`the schema has no ${[...left].join(', ')}`)
  return { ...document, definitions: kept }
}

/**
 * Refuses the mutations that the world refuses, and notes those that took effect; in a failing document they
 * may have done so before it failed.
 */
function noted(name: string, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const refused = context.world.refusals.get(name)
    if (refused !== undefined) throw refusal(refused)
    const result = resolve(source, args, context, info)
    context.effects.push(name)
    return result
  }
}

/** Real enums grow: what a script says goes out as it is, known or not. */
function toleratesNewValues(schema: GraphQLSchema, name: string): void {
  const type = schema.getType(name)
  if (type instanceof GraphQLEnumType) type.serialize = (value) => String(value)
}
