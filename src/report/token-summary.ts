import type { Inventory } from '../inventory/inventory.ts'
import { labelOf } from '../named.ts'
import { detectedToken, type RunReport } from '../run-state.ts'
import type { DetectedToken, TokenScope } from '../scope/token-scope.ts'
import { count } from '../text.ts'
import { sourceNames, tokenNames } from '../token-type.ts'

/** A row of the token summary. The values may contain names from Railway, so they have to be escaped. */
export interface Row {
  readonly label: string
  readonly value: string
  /** The value with names only, without ids, for the job summary. */
  readonly named?: string
}

type TokenFacts = Pick<RunReport, 'tokenSource' | 'detection' | 'scope' | 'inventory' | 'remaining'>

/** Returns all rows about the token: its type, its workspace, its limits, its access, and the requests that are left. */
export function scopeCard(known: TokenFacts): Row[] {
  return [...tokenRows(known), ...reachRows(known)]
}

/** Returns the rows that are known after the token was probed, even if its scope does not fit the inputs. */
export function tokenRows(known: TokenFacts): Row[] {
  const { tokenSource, detection, scope } = known
  const finding = detectedToken(known)
  if (!tokenSource) return []
  if (!finding) {
    const requested = detection ? 'Railway did not report its type' : 'not probed yet'
    return [{ label: 'Token', value: `from ${sourceNames[tokenSource]}; ${requested}` }]
  }
  return [
    { label: 'Token', value: `${tokenNames[finding.kind]}, from ${sourceNames[tokenSource]}` },
    ...describeScope(finding, scope),
    { label: 'Cannot', value: limitsOf[finding.kind] },
  ]
}

/**
 * Returns the rows that are known after the inventory was read. Without an inventory, only the request limit is known.
 */
export function reachRows({ scope, inventory, remaining }: TokenFacts): Row[] {
  return [
    ...(scope?.kind === 'project' && inventory ? [ownEnvironment(scope, inventory)] : []),
    ...(inventory ? [{ label: 'Has access to', value: describeReach(inventory, scope) }] : []),
    ...(remaining === null ? [] : [{ label: 'Requests left', value: `${remaining} this hour` }]),
  ]
}

function describeScope(finding: DetectedToken, scope: TokenScope | null): Row[] {
  if (finding.kind === 'project') return []
  const names = finding.workspaces.map(({ name }) => name)
  if (scope && scope.kind !== 'project') {
    const others = names.filter((name) => name !== scope.workspace.name)
    const also = others.length > 0 ? `; the token also has access to ${others.join(', ')}` : ''
    const { name, id } = scope.workspace
    return [{ label: 'Workspace', value: `${name} (${id})${also}`, named: `${name}${also}` }]
  }
  const label = names.length > 1 ? 'Workspaces' : 'Workspace'
  return [{ label, value: names.length === 0 ? 'none accessible' : names.join(', ') }]
}

function ownEnvironment(
  scope: Extract<TokenScope, { kind: 'project' }>,
  { projects }: Inventory,
): Row {
  const project = projects.find(({ id }) => id === scope.projectId)
  const environment = project?.environments.find(({ id }) => id === scope.environmentId)
  return {
    label: 'Scope',
    value: `environment ${environment?.name ?? scope.environmentId} of project ${project?.name ?? scope.projectId}`,
  }
}

/** The maximum number of restricted environments in the text about the access of a token. */
const maxNamed = 3

/**
 * Describes the projects, environments and services that a token has access to. A project token also reads the
 * other environments of its project, but has access only to its own one.
 */
function describeReach({ projects }: Inventory, scope: TokenScope | null): string {
  const reached = projects
    .flatMap((project) => project.environments.map((environment) => ({ project, environment })))
    .filter(({ environment: { id } }) => scope?.kind !== 'project' || id === scope.environmentId)
  const environments = reached.map(({ environment }) => environment)
  const services = new Set(
    environments.flatMap(({ instances }) => instances.map(({ service }) => service.id)),
  )
  const closed = reached
    .filter(({ environment }) => !environment.accessible)
    .map(({ project, environment }) => `${labelOf(project)}/${environment.name}`)
  const rest = closed.length - maxNamed
  const named = [...closed.slice(0, maxNamed), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
  return [
    count(projects.length, 'project'),
    count(environments.length, 'environment') +
      (closed.length > 0 ? ` (${closed.length} restricted: ${named})` : ''),
    count(services.size, 'service'),
  ].join(', ')
}

const limitsOf: Record<TokenScope['kind'], string> = {
  workspace: 'access other workspaces, or act as a person',
  account: 'do more than its owner may; it is broader than this job needs',
  oauth: 'do more than its user consented to, or more than its user may; it expires after an hour',
  project: 'access another project or environment, or create environments',
}
