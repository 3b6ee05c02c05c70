import { type Failure, failure } from '../errors/codes.ts'
import { type Checked, found, refused } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import { nearest } from '../suggest.ts'
import type { Demands } from './detect-token.ts'
import type { TokenFinding, TokenScope } from './token-scope.ts'

/** What was noted on the way, for the log and for warnings. */
interface Notes {
  readonly evidence: readonly string[]
  readonly doubts: readonly string[]
}

/**
 * Chooses the workspace and compares what was found with what the workflow demands. `projectWorkspace` is the
 * workspace of a project token's project, where that was asked and told.
 */
export function chooseScope(
  finding: TokenFinding,
  demands: Demands,
  { evidence, doubts }: Notes,
  projectWorkspace: Named | null,
): Checked<TokenScope> {
  if (finding.kind === 'project') {
    const checked = checkProjectWorkspace(demands, projectWorkspace)
    if (!checked.ok) return checked
    return found({ ...finding, evidence, doubts: [...doubts, ...checked.value] })
  }
  const { kind, workspaces } = finding
  const broad = kind === 'workspace' ? [] : tooBroad(kind, workspaces, demands)
  const asked = demands.workspace
  const matching = asked === null ? workspaces : matchNamed(asked, workspaces)
  const [workspace, ...others] = matching
  if (!workspace) return refused([...broad, mismatch(finding, asked)])
  if (broad.length > 0) return refused(broad)
  if (others.length > 0) {
    const listed =
      asked === null ? namesOf(matching) : matching.map(({ name, id }) => `${name} (${id})`)
    return refused([failure('workspace-ambiguous', { tokenType: kind, workspaces: listed, asked })])
  }
  return kind === 'workspace'
    ? found({ kind, workspace, evidence, doubts })
    : found({ kind, workspace, workspaces, evidence, doubts })
}

const namesOf = (workspaces: readonly Named[]) => workspaces.map(({ name }) => name)

function tooBroad(
  tokenType: 'account' | 'oauth',
  workspaces: readonly Named[],
  { requireWorkspaceToken }: Demands,
): Failure[] {
  if (!requireWorkspaceToken) return []
  return [failure('token-account-scoped', { tokenType, workspaces: namesOf(workspaces) })]
}

function mismatch(
  { kind, workspaces }: Exclude<TokenFinding, { kind: 'project' }>,
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

/** A project token does not have to tell its workspace: without an answer the assertion is not refuted. */
function checkProjectWorkspace(
  { workspace: asked }: Demands,
  own: Named | null,
): Checked<readonly string[]> {
  if (asked === null) return found([])
  if (own && matchNamed(asked, [own]).length > 0) return found([])
  if (own?.name) {
    const facts = { scopedTo: [own.name], asked, nearest: nearest(asked, [own.name]) }
    return refused([failure('workspace-mismatch', { tokenType: 'project', ...facts })])
  }
  return found([
    `Whether the project of this token is in workspace "${asked}" was not checked, because Railway did not name its workspace; the token reaches that project only.`,
  ])
}
