import type { Failure } from '../errors/codes.ts'
import { err, type Result } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import type { TokenScope } from '../scope/token-scope.ts'

/** Reads the names of another workspace's projects. */
export interface OtherWorkspaces {
  /** The projects of a workspace; `null` where Railway does not tell. */
  projectNames(workspaceId: string): Promise<readonly Named[] | null>
}

/** Workspaces that are looked into: it is a hint, and each costs a request. */
const maxWorkspaces = 10

/**
 * Looks in the other workspaces that the token reaches for projects that are not in the chosen one.
 * Only then, only by literal name, and never with trouble of its own.
 */
export async function searchOtherWorkspaces<Value>(
  checked: Result<Value>,
  scope: TokenScope,
  railway: OtherWorkspaces,
): Promise<Result<Value>> {
  if (checked.ok || (scope.kind !== 'account' && scope.kind !== 'oauth')) return checked
  if (!checked.failures.some(({ code }) => code === 'project-not-in-scope')) return checked
  const others = scope.workspaces.filter(({ id }) => id !== scope.workspace.id)
  const known = await Promise.all(
    others.slice(0, maxWorkspaces).map(async ({ id, name }) => ({
      workspace: name,
      projects: (await railway.projectNames(id)) ?? [],
    })),
  )
  return err(checked.failures.map((failure) => withElsewhere(failure, known)))
}

function withElsewhere(
  failure: Failure,
  known: readonly { workspace: string; projects: readonly Named[] }[],
): Failure {
  if (failure.code !== 'project-not-in-scope') return failure
  const elsewhere = known
    .filter(({ projects }) => matchNamed(failure.facts.requested, projects).length > 0)
    .map(({ workspace }) => workspace)
  return { code: failure.code, facts: { ...failure.facts, elsewhere } }
}
