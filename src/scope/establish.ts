import { type Checked, failure, found, refused } from '../errors.ts'
import type { TokenInput } from '../inputs/inputs.ts'
import { nearest } from '../inventory/nearest.ts'
import type { Probe, TokenProbes } from './probes.ts'
import { matchNamed, type Named, type TokenScope, tokenNames } from './scope.ts'

/** What the workflow demands of the token. */
export interface Demands {
  readonly token: TokenInput
  readonly workspace: string | null
  readonly requireWorkspaceToken: boolean
}

/** What kind of token it is and which workspaces it reaches, before one of them is chosen. */
type Finding =
  | { kind: 'workspace' | 'account' | 'oauth'; workspaces: readonly Named[] }
  | { kind: 'project'; projectId: string; environmentId: string }

/** Notes of the investigation, in the order of the questions. */
interface Notes {
  evidence: string[]
  doubts: string[]
}

/**
 * Finds out what the token is by asking, never by its name or shape. Two requests where it is a
 * workspace token; further questions only where those leave it open. A token is called invalid only when
 * every question was answered and refused.
 */
export async function establishScope(
  probes: TokenProbes,
  demands: Demands,
): Promise<Checked<TokenScope>> {
  const notes: Notes = { evidence: [], doubts: [] }
  const finding = await investigate(probes, demands, notes)
  return finding.ok ? chooseWorkspace(finding.value, demands, notes) : finding
}

async function investigate(
  probes: TokenProbes,
  demands: Demands,
  notes: Notes,
): Promise<Checked<Finding>> {
  const [user, workspaces] = await Promise.all([probes.user(), probes.tokenWorkspaces()])
  note(notes, '`me`', user, () => 'answered, so the token acts as a person')
  note(notes, '`apiToken`', workspaces, nameAll)
  const enforced = [user, workspaces].find((probe) => probe.kind === 'two-factor')
  if (enforced) return refused([failure('two-factor-required', { workspace: enforced.workspace })])
  if (user.kind === 'answered') return personalToken(probes, workspaces, notes)
  if (workspaces.kind === 'answered' && workspaces.value.length > 0) {
    return tokenOfWorkspaces(user, workspaces.value, demands, notes)
  }
  if (user.kind === 'no-answer') return refused([user.failure])
  return otherToken(probes, workspaces, demands, notes)
}

/** `me` was not answered, `apiToken` was. */
function tokenOfWorkspaces(
  user: Probe<null>,
  workspaces: readonly Named[],
  demands: Demands,
  notes: Notes,
): Checked<Finding> {
  if (user.kind === 'no-answer') {
    if (demands.requireWorkspaceToken) return refused([user.failure])
    notes.doubts.push(
      'Railway did not say whether the token acts as a person, so it may be broader than it looks.',
    )
  }
  if (workspaces.length === 1) return found({ kind: 'workspace', workspaces })
  notes.doubts.push(
    'The token reaches several workspaces without acting as a person: it is taken for an OAuth token with a narrow grant.',
  )
  return found({ kind: 'oauth', workspaces })
}

/** A token that acts as a person: account or OAuth. */
async function personalToken(
  probes: TokenProbes,
  tokenWorkspaces: Probe<readonly Named[]>,
  notes: Notes,
): Promise<Checked<Finding>> {
  const identity = await probes.oauthIdentity()
  note(notes, 'the OAuth user endpoint', identity, () => 'answered, so it is an OAuth token')
  const kind = identity.kind === 'answered' ? 'oauth' : 'account'
  if (tokenWorkspaces.kind === 'answered' && tokenWorkspaces.value.length > 0) {
    return found({ kind, workspaces: tokenWorkspaces.value })
  }
  const ofUser = await probes.userWorkspaces()
  note(notes, '`me.workspaces`', ofUser, nameAll)
  if (ofUser.kind === 'answered' && ofUser.value.length > 0) {
    return found({ kind, workspaces: ofUser.value })
  }
  const shared = await probes.sharedWorkspaces()
  note(notes, '`externalWorkspaces`', shared, nameAll)
  if (shared.kind === 'answered') return found({ kind, workspaces: shared.value })
  return ofUser.kind === 'no-answer' ? refused([ofUser.failure]) : found({ kind, workspaces: [] })
}

/** Neither `me` nor `apiToken` gave a workspace: a project token, a narrow grant, or no token at all. */
async function otherToken(
  probes: TokenProbes,
  tokenWorkspaces: Probe<readonly Named[]>,
  demands: Demands,
  notes: Notes,
): Promise<Checked<Finding>> {
  const project = await probes.projectToken()
  note(notes, '`projectToken`', project, () => 'answered, so it is a project token')
  if (project.kind === 'answered') return found({ kind: 'project', ...project.value })

  const [shared, visible, identity] = await Promise.all([
    probes.sharedWorkspaces(),
    probes.visibleWorkspaces(),
    probes.oauthIdentity(),
  ])
  note(notes, '`externalWorkspaces`', shared, nameAll)
  note(notes, '`projects`', visible, nameAll)
  note(notes, 'the OAuth user endpoint', identity, () => 'answered, so it is an OAuth token')
  if (identity.kind === 'answered') {
    return found({ kind: 'oauth', workspaces: shared.kind === 'answered' ? shared.value : [] })
  }
  if (visible.kind === 'answered' && visible.value.length === 1) {
    notes.doubts.push(
      `The workspace was concluded from the projects in reach, because \`apiToken\` gave no answer to go by.`,
    )
    return found({ kind: 'workspace', workspaces: visible.value })
  }
  if (shared.kind === 'answered' && shared.value.length > 0) {
    return found({ kind: 'oauth', workspaces: shared.value })
  }
  const everything = [tokenWorkspaces, project, shared, visible, identity]
  const unanswered = everything.find((probe) => probe.kind === 'no-answer')
  if (unanswered) return refused([unanswered.failure])
  const refusals = everything.filter((probe) => probe.kind === 'refused')
  if (refusals.length < everything.length) {
    return found({ kind: 'workspace', workspaces: [] })
  }
  return refused([
    failure('token-invalid', { source: demands.token.source, evidence: notes.evidence }),
  ])
}

function note<Value>(
  notes: Notes,
  question: string,
  probe: Probe<Value>,
  read: (value: Value) => string,
): void {
  notes.evidence.push(`${question} ${describe(probe, read)}`)
}

function describe<Value>(probe: Probe<Value>, read: (value: Value) => string): string {
  switch (probe.kind) {
    case 'answered':
      return read(probe.value)
    case 'refused':
      return `was refused (${probe.said})`
    case 'two-factor':
      return 'demands two-factor authentication'
    case 'no-answer':
      return `brought no answer (${probe.failure.code})`
  }
}

const nameAll = (workspaces: readonly Named[]) =>
  workspaces.length === 0
    ? 'named no workspace'
    : `named ${workspaces.length === 1 ? 'the workspace' : `${workspaces.length} workspaces:`} ${workspaces
        .map(({ name }) => `"${name}"`)
        .join(', ')}`

function chooseWorkspace(
  finding: Finding,
  demands: Demands,
  { evidence, doubts }: Notes,
): Checked<TokenScope> {
  if (finding.kind === 'project') return found({ ...finding, evidence, doubts })
  const { kind, workspaces } = finding
  const names = workspaces.map(({ name }) => name)
  if (kind !== 'workspace' && demands.requireWorkspaceToken) {
    return refused([failure('token-account-scoped', { tokenType: kind, workspaces: names })])
  }
  const asked = demands.workspace
  const matching = asked === null ? workspaces : matchNamed(asked, workspaces)
  const [workspace, ...others] = matching
  if (workspace && others.length === 0) {
    return kind === 'workspace'
      ? found({ kind, workspace, evidence, doubts })
      : found({ kind, workspace, workspaces, evidence, doubts })
  }
  if (workspace) {
    const listed = matching.map(({ name, id }) => `${name} (${id})`)
    return refused([failure('workspace-ambiguous', { tokenType: kind, workspaces: listed })])
  }
  return refused([
    failure('workspace-mismatch', {
      tokenType: kind,
      scopedTo: names,
      asked: asked ?? `any ${tokenNames[kind]} can act in`,
      nearest: asked === null ? null : nearest(asked, names),
    }),
  ])
}
