import { groupBy } from '../../collections.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import { listLocations } from '../../errors/list-locations.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import {
  type Environment,
  locationOf,
  type ServiceInstance,
  type Target,
} from '../../inventory/inventory.ts'
import {
  describeServices,
  type SelectedEnvironment,
  type Selection,
  targetsOf,
} from '../../inventory/selection.ts'
import { labelOf, type Named, toNamed } from '../../named.ts'
import type { TokenScope } from '../../scope/token-scope.ts'
import { isRailwayProvided, isReservedName, railwaySettings } from '../../variables/names.ts'
import { otherEnvironments } from '../other-environments.ts'
import { takenNames } from './copied-names.ts'
import {
  ownedNames,
  ownerKey,
  type VariableState,
  type VariableTarget,
  variablesOf,
} from './state.ts'

/** The variables of one target, and the variables to copy to it. */
export interface TargetVariables extends VariableTarget {
  readonly state: VariableState
  /** The variables to copy from another environment; `null` if none are copied. */
  readonly base: VariableState | null
}

/** The variables of all targets and of the services that may refer to them, as read before planning. */
export interface VariablesSnapshot {
  readonly targets: readonly TargetVariables[]
  /** All services of each environment, by its id. */
  readonly services: ReadonlyMap<string, readonly TargetVariables[]>
  /** The shared variables of each environment, by its id. */
  readonly shared: ReadonlyMap<string, VariableState>
}

/**
 * Returns whether a variable may be copied from another environment. Variables that Railway itself sets are not copied,
 * because Railway sets them in each environment.
 */
export const isCopied = (name: string) =>
  !isRailwayProvided(name) && (!isReservedName(name) || railwaySettings.has(name))

/** The variable owners (services, or environments with shared variables) whose variables must be read. */
export interface VariableQuestions {
  /** The owners to write to: each selected service, or the shared variables of each environment. */
  readonly targets: readonly VariableTarget[]
  /** The same owners in the environment of `variables-from`, in the same order; `null` if nothing is copied. */
  readonly bases: readonly VariableTarget[] | null
  /** All other owners in the environments of `targets`. Their variables may refer to the written ones. */
  readonly others: readonly VariableTarget[]
}

/** Decides whose variables have to be read to plan a request. */
export function variableQuestions(
  request: VariableRequest,
  selection: Selection,
  scope: TokenScope,
): Result<VariableQuestions> {
  const targets = variableTargets(request, selection)
  const others = otherOwners(targets, selection)
  if (request.from === null) return ok({ targets, bases: null, others })
  const bases = baseTargets(request.from, targets, selection, scope)
  return bases.ok ? ok({ targets, bases: bases.value, others }) : bases
}

function variableTargets({ shared }: VariableRequest, selection: Selection): VariableTarget[] {
  if (!shared) return targetsOf(selection).map(variablesOf)
  return selection.environments.map(({ project, environment }) =>
    variablesOf(toTarget(project, environment, null)),
  )
}

/** Builds the snapshot from the read variables. `states` follows the order targets, bases, others. */
export function toSnapshot(
  { targets, bases, others }: VariableQuestions,
  states: readonly VariableState[],
): VariablesSnapshot {
  const stateAt = (index: number) => states[index] ?? new Map()
  const firstOther = targets.length + (bases?.length ?? 0)
  const written = targets.map((one, index) => ({
    ...one,
    state: stateAt(index),
    base: bases === null ? null : stateAt(targets.length + index),
  }))
  const read = others.map((one, index) => ({
    ...one,
    state: stateAt(firstOther + index),
    base: null,
  }))
  const owners = [...written, ...read]
  const services = owners.filter(({ owner }) => owner.kind === 'service')
  const shared = owners.filter(({ owner }) => owner.kind === 'shared')
  return {
    targets: written,
    services: groupBy(services, ({ owner }) => owner.environmentId),
    shared: new Map(shared.map(({ owner, state }) => [owner.environmentId, state])),
  }
}

const toTarget = (
  project: Named,
  environment: Named,
  instance: ServiceInstance | null,
): Target => ({ project: toNamed(project), environment: toNamed(environment), instance })

/**
 * Lists the owners in the environments of the targets that are not targets themselves. If an environment has a single
 * service, nothing else can refer to its variables. Nothing is listed for it then, unless its shared variables are a
 * target.
 */
function otherOwners(targets: readonly VariableTarget[], selection: Selection): VariableTarget[] {
  const written = new Set(targets.map(({ owner }) => ownerKey(owner)))
  return selection.environments
    .map((one) => {
      const shared = variablesOf(toTarget(one.project, one.environment, null))
      return [shared, ...allServices(one)]
    })
    .filter(
      (owners) =>
        owners.length > 2 ||
        owners.some((one) => one.owner.kind === 'shared' && written.has(ownerKey(one.owner))),
    )
    .flat()
    .filter(({ owner }) => !written.has(ownerKey(owner)))
}

const allServices = ({ project, environment }: SelectedEnvironment): VariableTarget[] =>
  environment.instances.map((instance) => variablesOf(toTarget(project, environment, instance)))

/** Finds each target in the environment of `variables-from`, or returns a failure for each that is missing there. */
function baseTargets(
  from: string,
  targets: readonly VariableTarget[],
  selection: Selection,
  scope: TokenScope,
): Result<VariableTarget[]> {
  const sources = otherEnvironments('variables-from', from, selection, scope)
  if (!sources.ok) return sources
  const failures: Failure[] = []
  const bases = targets.flatMap(({ target }) => {
    const source = sources.value.get(target.environment.id)
    if (!source) return []
    const { instance } = target
    const same = source.instances.find(({ service }) => service.id === instance?.service.id)
    if (instance && !same) failures.push(notThere(instance, source, target))
    if (instance && !same) return []
    return [variablesOf(toTarget(target.project, source, same ?? null))]
  })
  return failures.length > 0 ? err(failures) : ok(bases)
}

function notThere({ service }: ServiceInstance, source: Environment, target: Target): Failure {
  return failure('service-not-found', {
    requested: service.name,
    where: `environment "${source.name}" of project "${labelOf(target.project)}"`,
    available: describeServices(source.instances),
    nearest: null,
    repository: '',
    purpose: 'copy',
  })
}

/** Returns a warning about sealed variables. They are not copied, because Railway never returns their values. */
export function sealedNotCopied(
  request: VariableRequest,
  { targets }: VariablesSnapshot,
): Warning[] {
  const isTaken = takenNames(request)
  const locations = targets.flatMap(({ target, base }) => {
    const names = [...(base ?? [])]
      .filter(([name, { value }]) => value === null && isTaken(name) && isNotGiven(name, request))
      .map(([name]) => name)
    return names.length > 0 ? [{ ...locationOf(target), note: ownedNames(target, names) }] : []
  })
  if (locations.length === 0) return []
  return [
    {
      title: 'sealed variables not copied',
      message: `Sealed variables of environment "${request.from}" are not copied, because nobody can read their values: ${listLocations(locations)}. A value that is stored in the target is kept. To set another one, give it in \`variables\`.`,
    },
  ]
}

const isNotGiven = (name: string, request: VariableRequest) =>
  isCopied(name) && !request.values.has(name) && !request.remove.includes(name)
