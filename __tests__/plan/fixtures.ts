import type { StoredVariable, VariableState } from '../../src/plan/variables/state.ts'
import { Secret } from '../../src/secret.ts'
import { isRailwayProvided } from '../../src/variables/names.ts'
import { referencesIn } from '../../src/variables/references.ts'

/** Values of variables by name; `null` is a sealed variable. */
export type PlainVariables = Readonly<Record<string, string | null>>

/** Builds the variables of one owner as Railway returns them. */
export const variableState = (values: PlainVariables): VariableState =>
  new Map(
    Object.entries(values).map(([name, value]): [string, StoredVariable] => [
      name,
      {
        value: value === null ? null : new Secret(value),
        references: value === null ? [] : referencesIn(value),
        provided: isRailwayProvided(name),
      },
    ]),
  )

/** Builds values of the workflow. */
export const givenValues = (values: Readonly<Record<string, string>>): Map<string, Secret> =>
  new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]))
