import type { Target } from '../../inventory/inventory.ts'
import type { Secret } from '../../secret.ts'

/**
 * The owner of variables. Railway treats a write without a service as one to the shared variables of the whole
 * environment. The two are different kinds here, so that no service id can be left out by mistake.
 */
export type VariableOwner =
  | {
      readonly kind: 'service'
      readonly projectId: string
      readonly environmentId: string
      readonly serviceId: string
    }
  | { readonly kind: 'shared'; readonly projectId: string; readonly environmentId: string }

/** Identifies an owner. */
export const ownerKey = (owner: VariableOwner): string =>
  owner.kind === 'service' ? `${owner.environmentId}/${owner.serviceId}` : owner.environmentId

/** The variables of a service in an environment; without a service, the shared ones of the environment. */
export interface VariableTarget {
  readonly target: Target
  readonly owner: VariableOwner
}

/** A variable as Railway has it. */
export interface StoredVariable {
  /** The unrendered value; `null` for a sealed variable, which cannot be read. */
  readonly value: Secret | null
  /** The names that it refers to, such as `shared.KEY` or `Postgres.DATABASE_URL`. */
  readonly references: readonly string[]
  /** `true` if Railway adds it by itself: it is listed but not stored. */
  readonly provided: boolean
}

/** All variables of one owner, by name. */
export type VariableState = ReadonlyMap<string, StoredVariable>

/** Returns the variables of a target: of its service, or the shared ones of its environment if it has none. */
export function variablesOf(target: Target): VariableTarget {
  const ids = { projectId: target.project.id, environmentId: target.environment.id }
  if (target.instance === null) return { target, owner: { kind: 'shared', ...ids } }
  return { target, owner: { kind: 'service', ...ids, serviceId: target.instance.service.id } }
}
