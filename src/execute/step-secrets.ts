import type { StepId } from '../plan/plan.ts'
import type { SecretValues } from '../plan/secret-values.ts'
import type { Secret } from '../secret.ts'

/** Returns the values of variables of a step by their names. Throws if a value is missing. */
export function secretsOf(
  id: StepId,
  names: readonly string[],
  secrets: SecretValues,
): ReadonlyMap<string, Secret> {
  const values = secrets.get(id)
  return new Map(
    names.map((name) => {
      const value = values?.get(name)
      if (!value) throw new Error(`${id} has no value for the variable ${name}`)
      return [name, value] as const
    }),
  )
}
