import { failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import { DetectionLog } from './detection-log.ts'
import type { Probe, TokenProbes } from './ports.ts'
import { resolveScope } from './resolve-scope.ts'
import type { DetectedToken, DetectionResult, ScopeRequirements } from './token-scope.ts'

/**
 * Finds out what the token is by asking, never by its name or shape. Two requests where it is a
 * workspace token; further questions only where those leave it open. A token is called invalid only when
 * every question was answered and refused.
 */
export async function detectToken(
  probes: TokenProbes,
  demands: ScopeRequirements,
): Promise<DetectionResult> {
  const notes = new DetectionLog()
  const finding = await investigate(probes, demands, notes)
  return {
    scope: finding.ok
      ? resolveScope(
          finding.value,
          demands,
          notes,
          await projectWorkspace(probes, demands, finding.value, notes),
        )
      : finding,
    detected: finding.ok ? finding.value : null,
    evidence: notes.evidence,
  }
}

async function investigate(
  probes: TokenProbes,
  demands: ScopeRequirements,
  notes: DetectionLog,
): Promise<Result<DetectedToken>> {
  const [user, workspaces] = await Promise.all([probes.user(), probes.tokenWorkspaces()])
  notes.add('`me`, which answers only persons,', user, () => 'answered')
  notes.addWorkspaces('`apiToken`', workspaces)
  const named = workspacesOf(workspaces)
  // Two-factor authentication is demanded of persons only.
  const isPerson = user.kind === 'answered' || (user.kind === 'two-factor' && named.length > 0)
  if (isPerson) return personalToken(probes, { user, workspaces, demands }, notes)
  if (named.length > 0) return tokenOfWorkspaces(user, named, demands, notes)
  if (user.kind === 'no-answer' && workspaces.kind === 'no-answer') return err([user.failure])
  return otherToken(probes, { user, workspaces, demands }, notes)
}

/** `apiToken` named workspaces, and `me` brought a refusal or nothing. */
function tokenOfWorkspaces(
  user: Probe<null>,
  workspaces: readonly Named[],
  demands: ScopeRequirements,
  notes: DetectionLog,
): Result<DetectedToken> {
  if (user.kind === 'no-answer') {
    if (demands.requireWorkspaceToken) return err([user.failure])
    notes.doubt(
      'Railway did not say whether the token acts as a person, so it may reach more than it seems.',
    )
  }
  if (workspaces.length === 1) return ok({ kind: 'workspace', workspaces })
  notes.doubt(
    'The token reaches several workspaces without acting as a person; it is taken for an OAuth token with a narrow grant.',
  )
  return ok({ kind: 'oauth', workspaces })
}

interface FirstAnswers {
  readonly user: Probe<null>
  readonly workspaces: Probe<readonly Named[]>
  readonly demands: ScopeRequirements
}

/** A token that acts as a person: account or OAuth. Asks on until the workspace that is asked for is found. */
async function personalToken(
  probes: TokenProbes,
  { user, workspaces, demands }: FirstAnswers,
  notes: DetectionLog,
): Promise<Result<DetectedToken>> {
  const identity = await probes.oauthIdentity()
  notes.add('the OAuth user endpoint', identity, () => 'answered, so it is an OAuth token')
  const kind = identity.kind === 'answered' ? 'oauth' : 'account'
  if (user.kind === 'two-factor') {
    notes.doubt(
      'Railway demands two-factor authentication of the person behind this token, so it may not reach everything. A workspace token would not be subject to it.',
    )
  }
  const known: Named[] = []
  const asked: Probe<readonly Named[]>[] = []
  const take = (probe: Probe<readonly Named[]>) => {
    asked.push(probe)
    const ids = new Set(known.map(({ id }) => id))
    known.push(...workspacesOf(probe).filter(({ id }) => !ids.has(id)))
    return demands.workspace === null
      ? known.length > 0
      : matchNamed(demands.workspace, known).length > 0
  }
  if (take(workspaces)) return ok({ kind, workspaces: known })
  const ofUser = await probes.userWorkspaces()
  notes.addWorkspaces('`me.workspaces`', ofUser)
  if (take(ofUser)) return ok({ kind, workspaces: known })
  const shared = await probes.sharedWorkspaces()
  notes.addWorkspaces('`externalWorkspaces`', shared)
  if (take(shared)) return ok({ kind, workspaces: known })
  if (take(await workspaceAskedFor(probes, demands, notes))) {
    return ok({ kind, workspaces: known })
  }
  return stillOpen(asked) ?? ok({ kind, workspaces: known })
}

/** Neither `me` nor `apiToken` gave anything to go by: a project token, a narrow grant, or no token at all. */
async function otherToken(
  probes: TokenProbes,
  { user, workspaces, demands }: FirstAnswers,
  notes: DetectionLog,
): Promise<Result<DetectedToken>> {
  const project = await probes.projectToken()
  notes.add('`projectToken`', project, () => 'answered, so it is a project token')
  if (project.kind === 'answered') return ok({ kind: 'project', ...project.value })

  const [shared, visible, identity] = await Promise.all([
    probes.sharedWorkspaces(),
    probes.visibleWorkspaces(),
    probes.oauthIdentity(),
  ])
  notes.addWorkspaces('`externalWorkspaces`', shared)
  notes.addWorkspaces('`projects`', visible)
  notes.add('the OAuth user endpoint', identity, () => 'answered, so it is an OAuth token')
  const inSight = workspacesOf(visible)
  const given = workspacesOf(shared)
  if (identity.kind === 'answered' || given.length > 0) {
    const known = given.length > 0 ? given : inSight
    if (matchNamed(demands.workspace ?? '', known).length > 0) {
      return ok({ kind: 'oauth', workspaces: known })
    }
    const named = workspacesOf(await workspaceAskedFor(probes, demands, notes))
    return ok({ kind: 'oauth', workspaces: [...known, ...named] })
  }
  if (inSight.length > 0) {
    notes.doubt(
      'The workspace was concluded from the projects in reach, because `apiToken` gave no answer to go by; whether the token reaches more is not known.',
    )
    return ok({ kind: 'workspace', workspaces: inSight })
  }
  const everything = [user, workspaces, project, shared, visible, identity]
  const open = stillOpen(everything)
  if (open) return open
  if (everything.some(({ kind }) => kind === 'answered')) {
    return ok({ kind: 'workspace', workspaces: [] })
  }
  return err([
    failure('token-invalid', { source: demands.token.source, questions: notes.questions }),
  ])
}

/** What keeps the case from being closed: a second factor that is missing, or a question without answer. */
function stillOpen(probes: readonly Probe<unknown>[]): Result<never> | null {
  for (const probe of probes) {
    if (probe.kind === 'two-factor') {
      return err([failure('two-factor-required', { workspace: probe.workspace })])
    }
  }
  for (const probe of probes) {
    if (probe.kind === 'no-answer') return err([probe.failure])
  }
  return null
}

const workspacesOf = (probe: Probe<readonly Named[]>): readonly Named[] =>
  probe.kind === 'answered' ? probe.value : []

/**
 * No list has the workspace that the workflow asks for: lists may be hidden from a token with a narrow grant. If
 * it is asked for by its id, Railway can be asked straight.
 */
async function workspaceAskedFor(
  probes: TokenProbes,
  { workspace }: ScopeRequirements,
  notes: DetectionLog,
): Promise<Probe<readonly Named[]>> {
  if (workspace === null) return { kind: 'answered', value: [] }
  const probe = await probes.workspace(workspace)
  notes.add('`workspace`, asked for by that id,', probe, ({ name }) => `answered: "${name}"`)
  // Most names are no ids, so a refusal is what is expected and says nothing.
  return { kind: 'answered', value: probe.kind === 'answered' ? [probe.value] : [] }
}

/** A project token's workspace, asked only where the workflow asserts one. */
async function projectWorkspace(
  probes: TokenProbes,
  { workspace }: ScopeRequirements,
  finding: DetectedToken,
  notes: DetectionLog,
): Promise<Named | null> {
  if (finding.kind !== 'project' || workspace === null) return null
  const probe = await probes.projectWorkspace(finding.projectId)
  notes.add('the workspace of its project', probe, (own) =>
    own ? `is "${own.name || own.id}"` : 'was not named',
  )
  return probe.kind === 'answered' ? probe.value : null
}
