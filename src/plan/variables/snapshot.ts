import { groupBy } from '../../collections.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import type { Environment, ServiceInstance, Target } from '../../inventory/inventory.ts'
import {
  describeService,
  type SelectedEnvironment,
  type Selection,
  targetsOf,
} from '../../inventory/selection.ts'
import { labelOf, type Named, toNamed } from '../../named.ts'
import type { TokenScope } from '../../scope/token-scope.ts'
import { isRailwayProvided, isReservedName, railwaySettings } from '../../variables/names.ts'
import { otherEnvironments } from '../other-environments.ts'
import { takenNames } from './copied-names.ts'
import { ownerKey, type VariableState, type VariableTarget, variablesOf } from './state.ts'

/** The variables of one target, with everything that a decision about it needs. */
export interface TargetVariables extends VariableTarget {
  readonly state: VariableState
  /** The variables to copy from another environment; `null` if none are copied. */
  readonly base: VariableState | null
}

/** The variables that were read before anything is planned. */
export interface VariablesSnapshot {
  readonly targets: readonly TargetVariables[]
  /** All services of each environment, by its id. */
  readonly services: ReadonlyMap<string, readonly TargetVariables[]>
  /** The shared variables of each environment, by its id. */
  readonly shared: ReadonlyMap<string, VariableState>
}

/** Returns whether a variable is copied from another environment. Railway provides its own variables there. */
export const isCopied = (name: string) =>
  !isRailwayProvided(name) && (!isReservedName(name) || railwaySettings.has(name))

/** The variables to read. */
export interface VariableQuestions {
  /** The owners of what is written: each selected service, or the shared set of each environment. */
  readonly targets: readonly VariableTarget[]
  /** The same owners in the other environment, in the same order; `null` if nothing is copied. */
  readonly bases: readonly VariableTarget[] | null
  /** The other owners in the same environments, which may refer to what is written. */
  readonly others: readonly VariableTarget[]
}

/** Decides which variables to read for a request. */
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

/** Combines the answers. `states` has them in the order targets, bases, others. */
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
 * Lists the other owners in the environments of the targets. An environment of a single service needs none, because
 * nothing refers to it.
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

/** Finds the same services (or shared sets) in the other environment, or returns every reason why one is missing. */
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
    where: `environment "${source.name}" of project "${labelOf(target.project)}" (\`variables-from\`)`,
    available: source.instances.map(describeService).slice(0, 20),
    nearest: null,
    repository: '',
  })
}

/** Warns about sealed variables, which cannot be read and so are not copied. */
export function sealedNotCopied(
  request: VariableRequest,
  { targets }: VariablesSnapshot,
): Warning[] {
  const isTaken = takenNames(request)
  const lines = targets.flatMap(({ target, base, state }) => {
    const names = [...(base ?? [])]
      .filter(
        ([name, { value }]) => value === null && isTaken(name) && isMissed(name, request, state),
      )
      .map(([name]) => name)
    const owner = target.instance?.service.name ?? 'shared variables'
    return names.length > 0 ? [`${labelOf(target.project)}/${owner}: ${names.join(', ')}`] : []
  })
  if (lines.length === 0) return []
  return [
    {
      title: 'sealed variables not copied',
      message: `Sealed variables of "${request.from}" cannot be read, so these were not copied: ${lines.join('; ')}. Give them in \`variables\` if they are needed.`,
    },
  ]
}

const isMissed = (name: string, request: VariableRequest, state: VariableState) =>
  isCopied(name) && !request.values.has(name) && !request.remove.includes(name) && !state.has(name)
