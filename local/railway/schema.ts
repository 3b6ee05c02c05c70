import { readFileSync } from 'node:fs'
import { buildSchema, GraphQLEnumType, type GraphQLSchema, isObjectType } from 'graphql'
import type { Behaviour } from './behaviour.ts'
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
}

/** Fields that were added to Railway's API later than the rest, as `Type.field`. */
const newerFields = ['ServiceInstance.resolvedFileConfig']

/** The schema file with behaviour. Fields without a resolver are read from the object as they are. */
export function buildRailwaySchema(age: Behaviour['schema'] = 'newest'): GraphQLSchema {
  const schema = buildSchema(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'))
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName)
    if (!isObjectType(type)) throw new Error(`the schema has no type ${typeName}`)
    const known = type.getFields()
    for (const [name, resolve] of Object.entries(fields)) {
      const field = known[name]
      if (!field) throw new Error(`the schema has no field ${typeName}.${name}`)
      const effective = typeName === 'Mutation' ? noted(name, resolve) : resolve
      Object.assign(field, { resolve: effective })
    }
  }
  if (age === 'older') for (const place of newerFields) dropField(schema, place)
  toleratesNewValues(schema, 'DeploymentStatus')
  toleratesNewValues(schema, 'EnvironmentPatchStatus')
  return schema
}

function dropField(schema: GraphQLSchema, place: string): void {
  const [typeName = '', fieldName = ''] = place.split('.')
  const type = schema.getType(typeName)
  if (!isObjectType(type) || !Reflect.deleteProperty(type.getFields(), fieldName)) {
    throw new Error(`the schema has no field ${place}`)
  }
}

/** Notes which mutations took effect; those of a failing document may have done so before it failed. */
function noted(name: string, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
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
