import type { Target } from '../../inventory/inventory.ts'
import type { Secret } from '../../secret.ts'

/**
 * The owner of variables: a service, or the whole environment with its shared variables. If a request to Railway names
 * no service, it changes the shared variables. The two are different kinds here, so that a missing service id cannot
 * turn one into the other.
 */
export type VariableOwner =
  | {
      readonly kind: 'service'
      readonly projectId: string
      readonly environmentId: string
      readonly serviceId: string
    }
  | { readonly kind: 'shared'; readonly projectId: string; readonly environmentId: string }

/** Returns a key of an owner that is unique in a workspace. */
export const ownerKey = (owner: VariableOwner): string =>
  owner.kind === 'service' ? `${owner.environmentId}/${owner.serviceId}` : owner.environmentId

/** A target with the owner of its variables. A target without a service has the shared variables of its environment. */
export interface VariableTarget {
  readonly target: Target
  readonly owner: VariableOwner
}

/** A variable as Railway returns it. */
export interface StoredVariable {
  /** The unrendered value; `null` for a sealed variable, which cannot be read. */
  readonly value: Secret | null
  /** The variables that the value refers to, such as `shared.KEY` or `Postgres.DATABASE_URL`. */
  readonly references: readonly string[]
  /** `true` if Railway itself sets the variable, such as `RAILWAY_PROJECT_ID`. It cannot be changed. */
  readonly provided: boolean
}

/** All variables of one owner, by name. */
export type VariableState = ReadonlyMap<string, StoredVariable>

/** Lists the names of variables of a target, and marks those of a whole environment as shared. */
export const ownedNames = ({ instance }: Target, names: readonly string[]): string =>
  `${instance === null ? 'shared variables ' : ''}${names.join(', ')}`

/** Returns the owner of a target's variables: its service, or the whole environment if the target has no service. */
export function variablesOf(target: Target): VariableTarget {
  const ids = { projectId: target.project.id, environmentId: target.environment.id }
  if (target.instance === null) return { target, owner: { kind: 'shared', ...ids } }
  return { target, owner: { kind: 'service', ...ids, serviceId: target.instance.service.id } }
}
