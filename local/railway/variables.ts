import { cannotRedeployYet, redeployRefused } from './deployment-state.ts'
import { deployAgain } from './deployments.ts'
import type { Environment, ServiceInstance, StoredVariable, VariableSet } from './model.ts'
import type { Origin } from './origin.ts'
import { notFound } from './refusal.ts'
import type { World } from './world.ts'

/** The owner of variables: an instance, or an environment with its shared variables. */
export type VariableScope = ServiceInstance | Environment

export const isInstance = (scope: VariableScope): scope is ServiceInstance => 'service' in scope

export const storedIn = (scope: VariableScope): VariableSet =>
  isInstance(scope) ? scope.variables : scope.sharedVariables

/** Returns the variables that Railway provides. The API lists them with the others, although they are not stored. */
export function providedVariables(instance: ServiceInstance): Record<string, string> {
  const { environment, service } = instance
  const { project } = service
  const domain = instance.serviceDomains.find(({ deletedAt }) => deletedAt === null)?.domain
  const provided: Record<string, string> = {
    RAILWAY_PROJECT_ID: project.id,
    RAILWAY_PROJECT_NAME: project.name,
    RAILWAY_ENVIRONMENT_ID: environment.id,
    RAILWAY_ENVIRONMENT_NAME: environment.name,
    RAILWAY_SERVICE_ID: service.id,
    RAILWAY_SERVICE_NAME: service.name,
    RAILWAY_PRIVATE_DOMAIN: `${service.name.toLowerCase()}.railway.internal`,
  }
  if (domain) provided.RAILWAY_PUBLIC_DOMAIN = domain
  return provided
}

/**
 * Returns the map of the API's query `variables`. `rendered`: references have the values that they refer to. The world's
 * behaviour decides about sealed variables.
 */
export function readVariables(
  world: World,
  scope: VariableScope,
  { rendered }: { rendered: boolean },
): Record<string, string | null> {
  const map: Record<string, string | null> = isInstance(scope) ? providedVariables(scope) : {}
  for (const [name, variable] of storedIn(scope)) {
    if (!variable.sealed) {
      map[name] = rendered ? render(scope, variable.value) : variable.value
    } else if (world.behaviour.sealedVariables !== 'absent') {
      map[name] = world.behaviour.sealedVariables === 'null' ? null : ''
    }
  }
  return map
}

/** Returns the stored variables with references resolved, as a deployment gets them. Includes sealed values. */
export function renderedVariables(instance: ServiceInstance): Record<string, string> {
  return Object.fromEntries(
    [...instance.variables].map(([name, { value }]) => [name, render(instance, value)]),
  )
}

/** Returns the names in `${{…}}`, such as `Postgres.DATABASE_URL`, `shared.KEY` or `OTHER`. */
export function referencesOf(value: string): string[] {
  return [...value.matchAll(reference)].map(([, name = '']) => name.trim())
}

const reference = /\$\{\{([^}]*)\}\}/g

function render(scope: VariableScope, value: string, depth = 0): string {
  if (depth > 10) return ''
  return value.replaceAll(reference, (_, inner: string) => {
    const found = resolve(scope, inner.trim())
    return found ? render(found.scope, found.value, depth + 1) : ''
  })
}

function resolve(
  scope: VariableScope,
  name: string,
): { scope: VariableScope; value: string } | undefined {
  const environment = isInstance(scope) ? scope.environment : scope
  const dot = name.lastIndexOf('.')
  if (dot < 0) return lookUp(scope, name)
  const owner = name.slice(0, dot)
  const key = name.slice(dot + 1)
  if (owner === 'shared') return lookUp(environment, key)
  const other = environment.instances.find(
    (one) => one.service.name === owner && one.deletedAt === null,
  )
  return other ? lookUp(other, key) : undefined
}

function lookUp(scope: VariableScope, key: string) {
  const provided = isInstance(scope) ? providedVariables(scope)[key] : undefined
  const value = storedIn(scope).get(key)?.value ?? provided
  return value === undefined ? undefined : { scope, value }
}

/**
 * Stores the values, and then deploys the affected instances unless `skipDeploys` is set. As at Railway, the values stay
 * stored if the deployment is refused.
 */
export function upsertVariables(
  world: World,
  scope: VariableScope,
  change: { values: Record<string, string>; replace: boolean; skipDeploys: boolean },
  origin: Origin,
): void {
  const stored = storedIn(scope)
  const before = new Map(stored)
  if (change.replace) {
    for (const [name, { sealed }] of before) {
      if (!(sealed && world.behaviour.replaceSparesSealed)) stored.delete(name)
    }
  }
  const provided = isInstance(scope) ? providedVariables(scope) : {}
  for (const [name, value] of Object.entries(change.values)) {
    if (provided[name] === value && !before.has(name)) continue
    const sealed = (before.get(name)?.sealed ?? false) && world.behaviour.upsertKeepsSeal
    stored.set(name, { value, sealed })
  }
  if (!change.skipDeploys) deployAffected(world, scope, changedNames(before, stored), origin)
}

/** Deletes a variable. The world's behaviour determines whether the affected instances are then deployed. */
export function deleteVariable(
  world: World,
  scope: VariableScope,
  name: string,
  origin: Origin,
): void {
  if (!storedIn(scope).delete(name)) {
    if (world.behaviour.variableDeleteMissing === 'refused') throw notFound('Variable')
    return
  }
  if (world.behaviour.variableDeleteDeploys) deployAffected(world, scope, [name], origin)
}

/** Returns the instances to deploy after a change of these variables. For shared variables, the world's behaviour decides. */
export function affectedBy(world: World, scope: VariableScope, names: string[]): ServiceInstance[] {
  if (isInstance(scope)) return [scope]
  const { sharedVariableDeploys } = world.behaviour
  if (sharedVariableDeploys === 'none' || names.length === 0) return []
  if (sharedVariableDeploys === 'all') return scope.instances.filter((one) => !one.deletedAt)
  const wanted = new Set(names.map((name) => `shared.${name}`))
  return scope.instances.filter(
    (instance) =>
      instance.deletedAt === null &&
      [...instance.variables.values()].some(({ value }) =>
        referencesOf(value).some((name) => wanted.has(name)),
      ),
  )
}

function deployAffected(world: World, scope: VariableScope, names: string[], origin: Origin): void {
  const affected = affectedBy(world, scope, names).filter(
    ({ deployments }) => deployments.length > 0,
  )
  const busy = affected.some((instance) => cannotRedeployYet(world, instance))
  for (const instance of affected) {
    if (!cannotRedeployYet(world, instance)) deployAgain(world, instance, 'variables', origin)
  }
  if (busy) throw redeployRefused()
}

function changedNames(before: VariableSet, after: VariableSet): string[] {
  const same = (a: StoredVariable | undefined, b: StoredVariable | undefined) =>
    a?.value === b?.value
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !same(before.get(name), after.get(name)),
  )
}
