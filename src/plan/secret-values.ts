import type { Inputs } from '../inputs/read-inputs.ts'
import type { Secret } from '../secret.ts'
import type { PlanFacts } from './facts.ts'
import type { Plan, Step, StepId } from './plan.ts'
import { desiredValues } from './variables/change.ts'
import { ownerKey } from './variables/state.ts'

/** The values of variables that the steps of a plan write, by step and name. A plan itself contains no secrets. */
export type SecretValues = ReadonlyMap<StepId, ReadonlyMap<string, Secret>>

/** Returns the values that the steps of a plan write. */
export function collectSecretValues(
  plan: Plan,
  { variables }: Pick<Inputs, 'variables'>,
  { variables: snapshot }: Pick<PlanFacts, 'variables'>,
): SecretValues {
  const valuesOf = (step: Step): ReadonlyMap<string, Secret> | null => {
    switch (step.action) {
      case 'create-preview':
      case 'update-preview':
        return variables.values
      case 'set-variables': {
        const { owner, write } = step.variables
        const key = ownerKey(owner)
        const own = snapshot?.targets.find((one) => ownerKey(one.owner) === key)
        const values = desiredValues(variables, own?.base ?? null)
        return new Map(write.flatMap((name) => entry(name, values.get(name))))
      }
      default:
        return null
    }
  }
  return new Map(
    plan.steps.flatMap((step) => {
      const values = valuesOf(step)
      return values ? [[step.id, values] as const] : []
    }),
  )
}

const entry = (name: string, value: Secret | undefined) => (value ? [[name, value] as const] : [])
