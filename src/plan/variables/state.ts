import type { Target } from '../../inventory/inventory.ts'
import type { Secret } from '../../secret.ts'

/**
 * Whose variables. Railway takes a write without a service for one to the shared variables of the whole
 * environment, so the two are different kinds here and a service's id cannot be left out by mistake.
 */
export type VariableScope =
  | {
      readonly kind: 'service'
      readonly projectId: string
      readonly environmentId: string
      readonly serviceId: string
    }
  | { readonly kind: 'shared'; readonly projectId: string; readonly environmentId: string }

/** The variables of a service in an environment; without a service, the shared ones of the environment. */
export interface VariablePlace {
  readonly target: Target
  readonly scope: VariableScope
}

/** A variable as Railway has it. */
export interface StoredVariable {
  /** Unrendered; `null` for a sealed one, which nobody can read. */
  readonly value: Secret | null
  /** What it refers to, such as `shared.KEY` or `Postgres.DATABASE_URL`. */
  readonly references: readonly string[]
  /** Railway adds it by itself: it is listed and stored nowhere. */
  readonly provided: boolean
}

/** All variables of a place, by name. */
export type VariableState = ReadonlyMap<string, StoredVariable>

/** The place of a target: of its service, or of the environment where there is none. */
export function placeOfVariables(target: Target): VariablePlace {
  const ids = { projectId: target.project.id, environmentId: target.environment.id }
  if (target.instance === null) return { target, scope: { kind: 'shared', ...ids } }
  return { target, scope: { kind: 'service', ...ids, serviceId: target.instance.service.id } }
}
