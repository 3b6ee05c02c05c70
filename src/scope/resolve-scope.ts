import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import { mostSimilar } from '../suggest.ts'
import type {
  DetectedToken,
  DetectionResult,
  ScopeRequirements,
  TokenScope,
} from './token-scope.ts'

/** Chooses the workspace, and checks the detected token against the requirements of the workflow. */
export function resolveScope(
  { token, projectWorkspace, uncertainties }: DetectionResult,
  requirements: ScopeRequirements,
): Result<TokenScope> {
  if (!token.ok) return token
  const detected = token.value
  if (detected.kind === 'project') {
    const checked = checkProjectWorkspace(requirements, projectWorkspace)
    if (!checked.ok) return checked
    return ok({ ...detected, uncertainties: [...uncertainties, ...checked.value] })
  }
  const { kind, workspaces } = detected
  const broad = kind === 'workspace' ? [] : tooBroad(kind, workspaces, requirements)
  const requested = requirements.workspace
  const matching = requested === null ? workspaces : matchNamed(requested, workspaces)
  const [workspace, ...others] = matching
  if (!workspace) return err([...broad, mismatch(detected, requested)])
  if (broad.length > 0) return err(broad)
  if (others.length > 0) {
    const listed =
      requested === null ? namesOf(matching) : matching.map(({ name, id }) => `${name} (${id})`)
    return err([failure('workspace-ambiguous', { tokenType: kind, workspaces: listed, requested })])
  }
  return kind === 'workspace'
    ? ok({ kind, workspace, uncertainties })
    : ok({ kind, workspace, workspaces, uncertainties })
}

const namesOf = (workspaces: readonly Named[]) => workspaces.map(({ name }) => name)

function tooBroad(
  tokenType: 'account' | 'oauth',
  workspaces: readonly Named[],
  { requireWorkspaceToken }: ScopeRequirements,
): Failure[] {
  if (!requireWorkspaceToken) return []
  return [failure('token-account-scoped', { tokenType, workspaces: namesOf(workspaces) })]
}

function mismatch(
  { kind, workspaces }: Exclude<DetectedToken, { kind: 'project' }>,
  requested: string | null,
): Failure {
  const scopedTo = namesOf(workspaces)
  return failure('workspace-mismatch', {
    tokenType: kind,
    scopedTo,
    requested,
    nearest: requested === null ? null : mostSimilar(requested, scopedTo),
  })
}

/**
 * Checks the workspace of a project token. An unknown workspace is no error, because Railway may not report it. Returns
 * sentences for warnings.
 */
function checkProjectWorkspace(
  { workspace: requested }: ScopeRequirements,
  own: Named | null,
): Result<readonly string[]> {
  if (requested === null) return ok([])
  if (own && matchNamed(requested, [own]).length > 0) return ok([])
  if (own?.name) {
    const facts = { scopedTo: [own.name], requested, nearest: mostSimilar(requested, [own.name]) }
    return err([failure('workspace-mismatch', { tokenType: 'project', ...facts })])
  }
  return ok([
    `The workspace of this project token was not compared with "${requested}", because Railway did not report that workspace. The token has access to its own project only.`,
  ])
}
