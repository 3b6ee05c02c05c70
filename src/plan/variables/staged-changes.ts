import type { VariableOwner } from './state.ts'

/** A removal of variables of one owner. */
interface Removal {
  readonly owner: VariableOwner
  readonly remove: readonly string[]
}

/** Returns the paths of staged removals, in the form of {@link VariableReader.stagedPaths}. */
export function removalPaths({ owner, remove }: Removal): string[] {
  const base =
    owner.kind === 'service' ? `/services/${owner.serviceId}/variables` : '/sharedVariables'
  return remove.map((name) => `${base}/${name}`)
}

/** Returns the staged paths that do not belong to these removals. They are changes of somebody else. */
export function foreignPaths(staged: readonly string[], removals: readonly Removal[]): string[] {
  const ours = new Set(removals.flatMap(removalPaths))
  return staged.filter((path) => !ours.has(path))
}
