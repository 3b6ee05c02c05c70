import { previewName } from '../../inputs/preview-inputs.ts'
import type { Inputs } from '../../inputs/read-inputs.ts'
import type { Environment, ServiceInstance } from '../../inventory/inventory.ts'
import type { SelectedEnvironment } from '../../inventory/selection.ts'
import { labelOf, toNamed } from '../../named.ts'
import type { PlanFacts } from '../facts.ts'
import { checkEmptyValues } from '../variables/empty-values.ts'
import {
  ownerKey,
  type VariableState,
  type VariableTarget,
  variablesOf,
} from '../variables/state.ts'
import { environmentsNamed } from './environments.ts'
import type { ClonedBase } from './overrides.ts'

/** The variables that were read, by the key of the owner. */
type KnownVariables = PlanFacts['previewVariables']

/** Lists the owners whose variables have to be read to check the inputs of a preview, each once. */
export function variablesToRead(inputs: Inputs, one: SelectedEnvironment): VariableTarget[] {
  const owners = [
    ...(inputs.preview.requireOverrides.length > 0 ? ownersIn(one) : []),
    ...(mayErase(inputs) ? erasable(inputs, one).flatMap(({ now }) => now) : []),
  ]
  return [...new Map(owners.map((owner) => [ownerKey(owner.owner), owner])).values()]
}

/** Returns the variables of a base environment with the values that the inputs give to its preview. */
export function clonedBase(
  inputs: Inputs,
  one: SelectedEnvironment,
  known: KnownVariables,
): ClonedBase {
  const selected = new Set(one.instances)
  // An empty value does not count as an own value: it usually comes from a secret that does not exist.
  const given = new Map(
    [...inputs.variables.values]
      .map(([name, value]) => [name, value.reveal()] as const)
      .filter(([, value]) => value !== ''),
  )
  return {
    shared: stateOf(sharedOf(one), known),
    services: one.environment.instances.map((instance) => ({
      ...toNamed(instance.service),
      state: stateOf(ownerOf(one, one.environment, instance), known),
      given: selected.has(instance) ? given : new Map(),
    })),
  }
}

/** Checks that no empty value erases a value that the preview has, or that it would get from its base. */
export function checkErasedValues(
  inputs: Inputs,
  selected: readonly SelectedEnvironment[],
  known: KnownVariables,
): ReturnType<typeof checkEmptyValues> {
  if (!mayErase(inputs)) return { failures: [], warnings: [] }
  const targets = selected.flatMap((one) =>
    erasable(inputs, one).flatMap(({ shown, now }) =>
      now.map((owner) => ({ ...shown, state: stateOf(owner, known), base: null })),
    ),
  )
  return checkEmptyValues({ targets }, inputs.variables)
}

const mayErase = ({ variables: { values, allowEmpty } }: Inputs) =>
  !allowEmpty && [...values.values()].some((value) => value.reveal() === '')

/**
 * Lists the services that the inputs give values to. `shown`: the service in the preview, for messages. `now`: the
 * owners whose variables the values would replace. They are in the preview, or in the base if there is no preview yet.
 */
function erasable(
  inputs: Inputs,
  one: SelectedEnvironment,
): { shown: VariableTarget; now: VariableTarget[] }[] {
  const name = previewName(inputs.preview)
  const previews = environmentsNamed(one.project, name).filter(({ ephemeral }) => ephemeral)
  return one.instances.map((instance) => {
    const present = previews.flatMap((environment) =>
      environment.instances
        .filter(({ service }) => service.id === instance.service.id)
        .map((own) => ownerOf(one, environment, own)),
    )
    const base = ownerOf(one, one.environment, instance)
    const environment = { id: one.environment.id, name }
    const shown = { ...base, target: { ...base.target, environment } }
    return { shown, now: present.length > 0 ? present : [base] }
  })
}

const placeOf = ({ project }: SelectedEnvironment) => ({ id: project.id, name: labelOf(project) })

const ownerOf = (
  one: SelectedEnvironment,
  environment: Environment,
  instance: ServiceInstance,
): VariableTarget =>
  variablesOf({ project: placeOf(one), environment: toNamed(environment), instance })

const sharedOf = (one: SelectedEnvironment): VariableTarget =>
  variablesOf({ project: placeOf(one), environment: toNamed(one.environment), instance: null })

const ownersIn = (one: SelectedEnvironment): VariableTarget[] => [
  sharedOf(one),
  ...one.environment.instances.map((instance) => ownerOf(one, one.environment, instance)),
]

const stateOf = ({ owner }: VariableTarget, known: KnownVariables): VariableState =>
  known.get(ownerKey(owner)) ?? new Map()
