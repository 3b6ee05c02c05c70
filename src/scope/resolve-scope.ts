import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import { nearest } from '../suggest.ts'
import type {
  DetectedToken,
  DetectionResult,
  ScopeRequirements,
  TokenScope,
} from './token-scope.ts'

/** Chooses the workspace, and compares what was detected with what the workflow requires. */
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
  const asked = requirements.workspace
  const matching = asked === null ? workspaces : matchNamed(asked, workspaces)
  const [workspace, ...others] = matching
  if (!workspace) return err([...broad, mismatch(detected, asked)])
  if (broad.length > 0) return err(broad)
  if (others.length > 0) {
    const listed =
      asked === null ? namesOf(matching) : matching.map(({ name, id }) => `${name} (${id})`)
    return err([failure('workspace-ambiguous', { tokenType: kind, workspaces: listed, asked })])
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
  asked: string | null,
): Failure {
  const scopedTo = namesOf(workspaces)
  return failure('workspace-mismatch', {
    tokenType: kind,
    scopedTo,
    asked,
    nearest: asked === null ? null : nearest(asked, scopedTo),
  })
}

/** Checks the workspace of a project token. Railway need not tell it: without an answer the assertion is not refuted. */
function checkProjectWorkspace(
  { workspace: asked }: ScopeRequirements,
  own: Named | null,
): Result<readonly string[]> {
  if (asked === null) return ok([])
  if (own && matchNamed(asked, [own]).length > 0) return ok([])
  if (own?.name) {
    const facts = { scopedTo: [own.name], asked, nearest: nearest(asked, [own.name]) }
    return err([failure('workspace-mismatch', { tokenType: 'project', ...facts })])
  }
  return ok([
    `Whether the project of this token is in workspace "${asked}" was not checked, because Railway did not name its workspace; the token reaches that project only.`,
  ])
}
