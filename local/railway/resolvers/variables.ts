import { z } from 'zod'
import {
  findAccessibleEnvironment,
  findEnvironment,
  findInstance,
  isShownEmpty,
} from '../access.ts'
import type { Context } from '../context.ts'
import type { Environment, StoredVariable } from '../model.ts'
import { badInput } from '../refusal.ts'
import {
  deleteVariable,
  providedVariables,
  readVariables,
  referencesOf,
  renderedVariables,
  upsertVariables,
  type VariableScope,
} from '../variables.ts'
import { type TypeResolvers, toDate } from './resolver.ts'

interface ScopeArguments {
  projectId: string
  environmentId: string
  serviceId?: string | null
}

/** Returns the owner of the variables. Without a service id it is the environment, with its shared variables. */
function scopeOf(context: Context, place: ScopeArguments): VariableScope {
  const environment = findAccessibleEnvironment(context, place.environmentId, place.projectId)
  return place.serviceId ? findInstance(context, place.serviceId, environment.id) : environment
}

export const variableQueries: TypeResolvers = {
  variables: (
    _: unknown,
    args: ScopeArguments & { unrendered?: boolean | null },
    context: Context,
  ) => {
    const environment = findEnvironment(context, args.environmentId, args.projectId)
    if (isShownEmpty(context, environment)) return {}
    return readVariables(context.world, scopeOf(context, args), { rendered: !args.unrendered })
  },

  variablesForServiceDeployment: (
    _: unknown,
    args: ScopeArguments & { serviceId: string },
    context: Context,
  ) => {
    findAccessibleEnvironment(context, args.environmentId, args.projectId)
    const instance = findInstance(context, args.serviceId, args.environmentId)
    const values: Record<string, string | null> = {
      ...providedVariables(instance),
      ...renderedVariables(instance),
    }
    for (const [name, { sealed }] of instance.variables) if (sealed) values[name] = null
    return values
  },
}

const flatMap = z.record(z.string(), z.string())

export const variableMutations: TypeResolvers = {
  variableUpsert: (
    _: unknown,
    {
      input,
    }: { input: ScopeArguments & { name: string; value: string; skipDeploys?: boolean | null } },
    context: Context,
  ) => {
    const { name, value, skipDeploys } = input
    const change = { values: { [name]: value }, replace: false, skipDeploys: skipDeploys ?? false }
    upsertVariables(context.world, scopeOf(context, input), change, context.origin)
    return true
  },

  variableCollectionUpsert: (
    _: unknown,
    {
      input,
    }: {
      input: ScopeArguments & {
        variables: unknown
        replace?: boolean | null
        skipDeploys?: boolean | null
      }
    },
    context: Context,
  ) => {
    const values = flatMap.safeParse(input.variables)
    if (!values.success) throw badInput('variables must be a map of strings')
    const { replace, skipDeploys } = input
    const change = {
      values: values.data,
      replace: replace ?? false,
      skipDeploys: skipDeploys ?? false,
    }
    upsertVariables(context.world, scopeOf(context, input), change, context.origin)
    return true
  },

  variableDelete: (
    _: unknown,
    { input }: { input: ScopeArguments & { name: string } },
    context: Context,
  ) => {
    deleteVariable(context.world, scopeOf(context, input), input.name, context.origin)
    return true
  },
}

/** A variable in a list of the API. The list does not contain its value. */
interface ListedVariable {
  id: string
  name: string
  variable: StoredVariable
  environment: Environment
  serviceId: string | null
}

export function variablesListed({ world }: Context, environment: Environment): ListedVariable[] {
  const shared = [...environment.sharedVariables].map(([name, variable]) => ({
    id: world.ids.uuid('variable', environment.id, name),
    name,
    variable,
    environment,
    serviceId: null,
  }))
  const own = environment.instances
    .filter(({ deletedAt }) => deletedAt === null)
    .flatMap((instance) =>
      [...instance.variables].map(([name, variable]) => ({
        id: world.ids.uuid('variable', instance.id, name),
        name,
        variable,
        environment,
        serviceId: instance.service.id,
      })),
    )
  return [...shared, ...own]
}

export const variableFields: TypeResolvers = {
  createdAt: ({ environment }: ListedVariable) => toDate(environment.createdAt),
  environmentId: ({ environment }: ListedVariable) => environment.id,
  isSealed: ({ variable }: ListedVariable) => variable.sealed,
  references: ({ variable }: ListedVariable) => referencesOf(variable.value),
  updatedAt: ({ environment }: ListedVariable) => toDate(environment.createdAt),
}
