import type { Failure } from '../errors/codes.ts'
import { err, type Result } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import type { TokenScope } from '../scope/token-scope.ts'

/** A reader of the projects of other workspaces. */
export interface OtherWorkspaces {
  /** Reads the projects of a workspace. Returns `null` if Railway gives no response. */
  projectNames(workspaceId: string): Promise<readonly Named[] | null>
}

/** The maximum number of workspaces to search. The result is only a hint, and each workspace costs a request. */
const maxWorkspaces = 10

/**
 * If a requested project is not in the chosen workspace, searches the other workspaces that the token has access to, up
 * to {@link maxWorkspaces}. Adds the workspaces that have the project to the error. Sends no request if there is no
 * `project-not-in-scope` error. Compares names and ids only, no globs. A failed request adds no error.
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
