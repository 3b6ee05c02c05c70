import type { Inventory } from '../inventory/inventory.ts'
import { type TokenScope, tokenNames } from '../scope/scope.ts'
import { count } from '../text.ts'
import type { Known } from './known.ts'

/** One row of the scope card. Values may hold names from Railway: escape them for where they go. */
export interface CardRow {
  readonly label: string
  readonly value: string
}

/** Who the token is, what it reaches and what it cannot do: shown at the start of every run. */
export function scopeCard(
  known: Pick<Known, 'tokenSource' | 'scope' | 'inventory' | 'remaining'>,
): CardRow[] {
  const { tokenSource, scope, inventory, remaining } = known
  if (!scope) return []
  return [
    { label: 'Token', value: describeToken(scope, tokenSource) },
    {
      label: scope.kind === 'project' ? 'Scope' : 'Workspace',
      value: describeScope(scope, inventory),
    },
    ...(inventory ? [{ label: 'Reaches', value: describeReach(inventory) }] : []),
    { label: 'Cannot', value: limitsOf[scope.kind] },
    ...(remaining === null ? [] : [{ label: 'Requests left', value: `${remaining} this hour` }]),
  ]
}

function describeToken(scope: TokenScope, source: string | null): string {
  return source ? `${tokenNames[scope.kind]}, from ${source}` : tokenNames[scope.kind]
}

function describeScope(scope: TokenScope, inventory: Inventory | null): string {
  if (scope.kind !== 'project') return `${scope.workspace.name} (${scope.workspace.id})`
  const project = inventory?.projects[0]
  const environment = project?.environments.find(({ id }) => id === scope.environmentId)
  return `environment ${environment?.name ?? scope.environmentId} of project ${project?.name ?? scope.projectId}`
}

function describeReach({ projects }: Inventory): string {
  const environments = projects.flatMap((project) => project.environments)
  const services = new Set(
    environments.flatMap(({ instances }) => instances.map(({ service }) => service.id)),
  )
  const closed = environments.filter(({ accessible }) => !accessible).length
  return [
    count(projects.length, 'project'),
    count(environments.length, 'environment') + (closed ? ` (${closed} restricted)` : ''),
    count(services.size, 'service'),
  ].join(', ')
}

const limitsOf: Record<TokenScope['kind'], string> = {
  workspace: 'act outside this workspace, or as a person',
  account: 'do more than its owner may; it is broader than one workspace needs',
  oauth: 'go beyond what was consented to or what its owner may; it expires after an hour',
  project: 'reach another project or environment, or create environments',
}
