import { failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { matchNamed, type Named } from '../named.ts'
import { DetectionLog } from './detection-log.ts'
import type { Probe, TokenProbes } from './ports.ts'
import type { DetectedToken, DetectionResult, ScopeRequirements } from './token-scope.ts'

/**
 * Detects the type of a token and its workspaces. Both follow from Railway's responses, never from the source or the
 * format of the token. A workspace token needs two requests, and other tokens need more. A token counts as invalid only
 * if Railway rejected every probe.
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
  log.add('`me`, which only tokens of a person can read,', user, () => 'was accepted')
  log.addWorkspaces('`apiToken`', workspaces)
  const named = workspacesOf(workspaces)
  // Railway requires two-factor authentication of persons only.
  const isPerson = user.kind === 'accepted' || (user.kind === 'two-factor' && named.length > 0)
  if (isPerson) return personalToken(probes, { user, workspaces, requirements }, log)
  if (named.length > 0) return tokenOfWorkspaces(user, named, requirements, log)
  if (user.kind === 'inconclusive' && workspaces.kind === 'inconclusive') return err([user.failure])
  return otherToken(probes, { user, workspaces, requirements }, log)
}

/** Detects a token whose workspaces `apiToken` has returned. The probe `me` was rejected or inconclusive. */
function tokenOfWorkspaces(
  user: Probe<null>,
  workspaces: readonly Named[],
  requirements: ScopeRequirements,
  log: DetectionLog,
): Result<DetectedToken> {
  if (user.kind === 'inconclusive') {
    if (requirements.requireWorkspaceToken) return err([user.failure])
    log.addUncertainty(
      'Railway did not report whether the token belongs to a person. A token of a person may have access to more than this workspace. Run the job again, or use a workspace token.',
    )
  }
  if (workspaces.length === 1) return ok({ kind: 'workspace', workspaces })
  log.addUncertainty(
    'The token has access to several workspaces, but Railway reports no owner of the token. This run treats the token as an OAuth token with limited consent. To use a token of a known type, create a workspace token.',
  )
  return ok({ kind: 'oauth', workspaces })
}

/** The results of the first two probes. */
interface FirstProbes {
  readonly user: Probe<null>
  readonly workspaces: Probe<readonly Named[]>
  readonly requirements: ScopeRequirements
}

/**
 * Detects an account or OAuth token, which acts as a person. No more probes are sent after the requested workspace is
 * found.
 */
async function personalToken(
  probes: TokenProbes,
  { user, workspaces, requirements }: FirstProbes,
  log: DetectionLog,
): Promise<Result<DetectedToken>> {
  const identity = await probes.oauthIdentity()
  log.add('the OAuth user endpoint', identity, () => 'was accepted, so it is an OAuth token')
  const kind = identity.kind === 'accepted' ? 'oauth' : 'account'
  if (user.kind === 'two-factor') {
    log.addUncertainty(
      'The owner of this token has not turned on two-factor authentication, which Railway requires of persons. The token may therefore have no access to some projects. Turn on two-factor authentication in Railway, or use a workspace token, which needs none.',
    )
  }
  const known: Named[] = []
  const used: Probe<readonly Named[]>[] = []
  /** Adds the workspaces of a probe, and returns whether the requested one is known now. */
  const addFrom = (probe: Probe<readonly Named[]>) => {
    used.push(probe)
    const ids = new Set(known.map(({ id }) => id))
    known.push(...workspacesOf(probe).filter(({ id }) => !ids.has(id)))
    return requirements.workspace === null
      ? known.length > 0
      : matchNamed(requirements.workspace, known).length > 0
  }
  if (addFrom(workspaces)) return ok({ kind, workspaces: known })
  const ofUser = await probes.userWorkspaces()
  log.addWorkspaces('`me.workspaces`', ofUser)
  if (addFrom(ofUser)) return ok({ kind, workspaces: known })
  const shared = await probes.sharedWorkspaces()
  log.addWorkspaces('`externalWorkspaces`', shared)
  if (addFrom(shared)) return ok({ kind, workspaces: known })
  if (addFrom(await requestedWorkspace(probes, requirements, log))) {
    return ok({ kind, workspaces: known })
  }
  return firstInconclusive(used) ?? ok({ kind, workspaces: known })
}

/**
 * Detects a token that neither `me` nor `apiToken` has identified: a project token, a limited OAuth token, or an
 * invalid one.
 */
async function otherToken(
  probes: TokenProbes,
  { user, workspaces, requirements }: FirstProbes,
  log: DetectionLog,
): Promise<Result<DetectedToken>> {
  const project = await probes.projectToken()
  log.add('`projectToken`', project, () => 'was accepted, so it is a project token')
  if (project.kind === 'accepted') return ok({ kind: 'project', ...project.value })

  const [shared, visible, identity] = await Promise.all([
    probes.sharedWorkspaces(),
    probes.visibleWorkspaces(),
    probes.oauthIdentity(),
  ])
  log.addWorkspaces('`externalWorkspaces`', shared)
  log.addWorkspaces('`projects`', visible)
  log.add('the OAuth user endpoint', identity, () => 'was accepted, so it is an OAuth token')
  const visibleOnes = workspacesOf(visible)
  const sharedOnes = workspacesOf(shared)
  if (identity.kind === 'accepted' || sharedOnes.length > 0) {
    const known = sharedOnes.length > 0 ? sharedOnes : visibleOnes
    if (matchNamed(requirements.workspace ?? '', known).length > 0) {
      return ok({ kind: 'oauth', workspaces: known })
    }
    const named = workspacesOf(await requestedWorkspace(probes, requirements, log))
    return ok({ kind: 'oauth', workspaces: [...known, ...named] })
  }
  if (visibleOnes.length > 0) {
    log.addUncertainty(
      'The action determined the workspace of the token from the projects that the token has access to, because Railway gave no clear response to the query `apiToken`. The token may have access to more workspaces. To be certain, run the job again.',
    )
    return ok({ kind: 'workspace', workspaces: visibleOnes })
  }
  const all = [user, workspaces, project, shared, visible, identity]
  const inconclusive = firstInconclusive(all)
  if (inconclusive) return inconclusive
  if (all.some(({ kind }) => kind === 'accepted')) {
    return ok({ kind: 'workspace', workspaces: [] })
  }
  return err([
    failure('token-invalid', { source: requirements.token.source, questions: log.probeNames }),
  ])
}

/**
 * Returns the error of the first probe that requires two-factor authentication, or else of the first inconclusive
 * probe; `null` if there is neither.
 */
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
  probe.kind === 'accepted' ? probe.value : []

/**
 * Probes the requested workspace by its id if no list contains it: a limited OAuth token may read a workspace, but no
 * list of workspaces. A workspace that is requested by its name cannot be probed.
 */
async function requestedWorkspace(
  probes: TokenProbes,
  { workspace }: ScopeRequirements,
  log: DetectionLog,
): Promise<Probe<readonly Named[]>> {
  if (workspace === null) return { kind: 'accepted', value: [] }
  const probe = await probes.workspace(workspace)
  log.add('`workspace`, requested by that id,', probe, ({ name }) => `was accepted: "${name}"`)
  // Railway rejects a name that is not an id, so a rejection proves nothing.
  return { kind: 'accepted', value: probe.kind === 'accepted' ? [probe.value] : [] }
}

/**
 * Probes the workspace of a project token if the workflow requests a workspace. Returns `null` if Railway does not
 * report it.
 */
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
  return probe.kind === 'accepted' ? probe.value : null
}
