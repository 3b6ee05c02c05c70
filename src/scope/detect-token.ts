import { failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import { DetectionLog } from './detection-log.ts'
import type { Probe, TokenProbes } from './ports.ts'
import type { DetectedToken, DetectionResult, ScopeRequirements } from './token-scope.ts'

/**
 * Detects what the token is from Railway's answers, never from its name or shape. A workspace token takes two
 * requests; others follow only if those leave it open. A token is called invalid only if every probe was answered
 * and refused.
 */
export async function detectToken(
  probes: TokenProbes,
  requirements: ScopeRequirements,
): Promise<DetectionResult> {
  const log = new DetectionLog()
  const token = await probeToken(probes, requirements, log)
  const workspace = token.ok ? await projectWorkspace(probes, requirements, token.value, log) : null
  const { probeResults, uncertainties } = log
  return { token, projectWorkspace: workspace, probeResults, uncertainties }
}

async function probeToken(
  probes: TokenProbes,
  requirements: ScopeRequirements,
  log: DetectionLog,
): Promise<Result<DetectedToken>> {
  const [user, workspaces] = await Promise.all([probes.user(), probes.tokenWorkspaces()])
  log.add('`me`, which answers only persons,', user, () => 'answered')
  log.addWorkspaces('`apiToken`', workspaces)
  const named = workspacesOf(workspaces)
  // Two-factor authentication is demanded of persons only.
  const isPerson = user.kind === 'answered' || (user.kind === 'two-factor' && named.length > 0)
  if (isPerson) return personalToken(probes, { user, workspaces, requirements }, log)
  if (named.length > 0) return tokenOfWorkspaces(user, named, requirements, log)
  if (user.kind === 'inconclusive' && workspaces.kind === 'inconclusive') return err([user.failure])
  return otherToken(probes, { user, workspaces, requirements }, log)
}

/** Concludes from workspaces that `apiToken` named while `me` was refused or inconclusive. */
function tokenOfWorkspaces(
  user: Probe<null>,
  workspaces: readonly Named[],
  requirements: ScopeRequirements,
  log: DetectionLog,
): Result<DetectedToken> {
  if (user.kind === 'inconclusive') {
    if (requirements.requireWorkspaceToken) return err([user.failure])
    log.addUncertainty(
      'Railway did not say whether the token acts as a person, so it may reach more than it seems.',
    )
  }
  if (workspaces.length === 1) return ok({ kind: 'workspace', workspaces })
  log.addUncertainty(
    'The token reaches several workspaces without acting as a person; it is taken for an OAuth token with a narrow grant.',
  )
  return ok({ kind: 'oauth', workspaces })
}

interface FirstAnswers {
  readonly user: Probe<null>
  readonly workspaces: Probe<readonly Named[]>
  readonly requirements: ScopeRequirements
}

/** Detects an account or OAuth token, which acts as a person. Probes on until the requested workspace is found. */
async function personalToken(
  probes: TokenProbes,
  { user, workspaces, requirements }: FirstAnswers,
  log: DetectionLog,
): Promise<Result<DetectedToken>> {
  const identity = await probes.oauthIdentity()
  log.add('the OAuth user endpoint', identity, () => 'answered, so it is an OAuth token')
  const kind = identity.kind === 'answered' ? 'oauth' : 'account'
  if (user.kind === 'two-factor') {
    log.addUncertainty(
      'Railway requires two-factor authentication of the person behind this token, so it may not reach everything. A workspace token would not be subject to it.',
    )
  }
  const known: Named[] = []
  const requested: Probe<readonly Named[]>[] = []
  const take = (probe: Probe<readonly Named[]>) => {
    requested.push(probe)
    const ids = new Set(known.map(({ id }) => id))
    known.push(...workspacesOf(probe).filter(({ id }) => !ids.has(id)))
    return requirements.workspace === null
      ? known.length > 0
      : matchNamed(requirements.workspace, known).length > 0
  }
  if (take(workspaces)) return ok({ kind, workspaces: known })
  const ofUser = await probes.userWorkspaces()
  log.addWorkspaces('`me.workspaces`', ofUser)
  if (take(ofUser)) return ok({ kind, workspaces: known })
  const shared = await probes.sharedWorkspaces()
  log.addWorkspaces('`externalWorkspaces`', shared)
  if (take(shared)) return ok({ kind, workspaces: known })
  if (take(await requestedWorkspace(probes, requirements, log))) {
    return ok({ kind, workspaces: known })
  }
  return firstInconclusive(requested) ?? ok({ kind, workspaces: known })
}

/** Detects a token of which neither `me` nor `apiToken` says anything: of a project, of a narrow grant, or invalid. */
async function otherToken(
  probes: TokenProbes,
  { user, workspaces, requirements }: FirstAnswers,
  log: DetectionLog,
): Promise<Result<DetectedToken>> {
  const project = await probes.projectToken()
  log.add('`projectToken`', project, () => 'answered, so it is a project token')
  if (project.kind === 'answered') return ok({ kind: 'project', ...project.value })

  const [shared, visible, identity] = await Promise.all([
    probes.sharedWorkspaces(),
    probes.visibleWorkspaces(),
    probes.oauthIdentity(),
  ])
  log.addWorkspaces('`externalWorkspaces`', shared)
  log.addWorkspaces('`projects`', visible)
  log.add('the OAuth user endpoint', identity, () => 'answered, so it is an OAuth token')
  const inSight = workspacesOf(visible)
  const given = workspacesOf(shared)
  if (identity.kind === 'answered' || given.length > 0) {
    const known = given.length > 0 ? given : inSight
    if (matchNamed(requirements.workspace ?? '', known).length > 0) {
      return ok({ kind: 'oauth', workspaces: known })
    }
    const named = workspacesOf(await requestedWorkspace(probes, requirements, log))
    return ok({ kind: 'oauth', workspaces: [...known, ...named] })
  }
  if (inSight.length > 0) {
    log.addUncertainty(
      'The workspace was concluded from the projects in reach, because `apiToken` gave no answer to go by; whether the token reaches more is not known.',
    )
    return ok({ kind: 'workspace', workspaces: inSight })
  }
  const everything = [user, workspaces, project, shared, visible, identity]
  const open = firstInconclusive(everything)
  if (open) return open
  if (everything.some(({ kind }) => kind === 'answered')) {
    return ok({ kind: 'workspace', workspaces: [] })
  }
  return err([
    failure('token-invalid', { source: requirements.token.source, questions: log.questions }),
  ])
}

/** Returns the first reason why the case is open: a second factor that is missing, or a probe without a conclusion. */
function firstInconclusive(probes: readonly Probe<unknown>[]): Result<never> | null {
  for (const probe of probes) {
    if (probe.kind === 'two-factor') {
      return err([failure('two-factor-required', { workspace: probe.workspace })])
    }
  }
  for (const probe of probes) {
    if (probe.kind === 'inconclusive') return err([probe.failure])
  }
  return null
}

const workspacesOf = (probe: Probe<readonly Named[]>): readonly Named[] =>
  probe.kind === 'answered' ? probe.value : []

/**
 * Probes the workspace that the workflow names, after no list has it: lists may be hidden from a token with a narrow
 * grant. It works if the workspace is named by its id.
 */
async function requestedWorkspace(
  probes: TokenProbes,
  { workspace }: ScopeRequirements,
  log: DetectionLog,
): Promise<Probe<readonly Named[]>> {
  if (workspace === null) return { kind: 'answered', value: [] }
  const probe = await probes.workspace(workspace)
  log.add('`workspace`, requested by that id,', probe, ({ name }) => `answered: "${name}"`)
  // Most names are no ids, so a refusal is what is expected and says nothing.
  return { kind: 'answered', value: probe.kind === 'answered' ? [probe.value] : [] }
}

/** Probes the workspace of a project token, if the workflow asserts one. */
async function projectWorkspace(
  probes: TokenProbes,
  { workspace }: ScopeRequirements,
  detected: DetectedToken,
  log: DetectionLog,
): Promise<Named | null> {
  if (detected.kind !== 'project' || workspace === null) return null
  const probe = await probes.projectWorkspace(detected.projectId)
  log.add('the workspace of its project', probe, (own) =>
    own ? `is "${own.name || own.id}"` : 'was not named',
  )
  return probe.kind === 'answered' ? probe.value : null
}
