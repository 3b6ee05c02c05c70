import type { World } from '../../local/railway/index.ts'
import { groupBy } from '../../src/collections.ts'
import type { Run } from './stage.ts'

/** A row of the output `results`. */
interface Result {
  project: string
  environment: string
  service: string | null
  action: string
  status: string
  deploymentId: string | null
}

/** A step is a rollback only if the rollback was requested. */
const isWell = (status: string, action: string) =>
  ['success', 'unchanged'].includes(status) || (action === 'rollback' && status === 'rolled-back')

/** Deployments that one run started: all except those of a push or of the history. */
const requestedCauses = new Set([
  'api',
  'redeploy',
  'rollback',
  'upload',
  'trigger',
  'variables',
  'patch',
  'clone',
])
const running = new Set([
  'INITIALIZING',
  'QUEUED',
  'BUILDING',
  'DEPLOYING',
  'WAITING',
  'NEEDS_APPROVAL',
  'SUCCESS',
  'SLEEPING',
])

/**
 * Returns the contradictions between the report and the world as sentences; none is good. They must be absent under
 * every fault: no service is deployed twice, nothing that runs or is live is reported as failed, nothing is reported as
 * live that is not, every service of the plan has a result, and the exit code says whether all is well.
 */
export function disagreements(run: Run, world: World, commit?: string): string[] {
  const made = world.newDeployments()
  const results = (run.json('results') ?? []) as Result[]
  const plan = (run.json('plan') ?? []) as unknown[]
  const found: string[] = []
  const byPlace = groupBy(
    made.filter(({ cause }) => requestedCauses.has(cause)),
    ({ project, environment, service }) => `${project}/${environment}/${service}`,
  )
  for (const [place, own] of byPlace) {
    if (own.length > 1) found.push(`${place} was deployed ${own.length} times`)
  }
  for (const result of results) {
    const place = `${result.project}/${result.environment}/${result.service}`
    const own = byPlace.get(place)?.at(-1)
    const claim = `${place} is reported as ${result.status}`
    if (result.deploymentId && !world.deployments.has(result.deploymentId)) {
      found.push(`${claim} with a deployment that does not exist`)
    }
    if (
      result.status === 'failed' ||
      result.status === 'refused' ||
      result.status === 'not-started'
    ) {
      if (own && running.has(own.status)) found.push(`${claim}, but it is ${own.status}`)
    }
    if (result.status === 'success' && result.action === 'deploy') {
      if (!own || (own.status !== 'SUCCESS' && own.status !== 'SLEEPING')) {
        found.push(`${claim}, but it is ${own?.status ?? 'not deployed'}`)
      }
      if (commit && own && own.commit !== commit) found.push(`${claim} at another commit`)
    }
  }
  if (results.length > 0 && results.length !== plan.length)
    found.push('results do not match the plan')
  if (results.length === 0 && byPlace.size > 0)
    found.push('deployments were made and none reported')
  const allWell =
    results.length > 0 && results.every(({ status, action }) => isWell(status, action))
  if (allWell !== (run.exitCode === 0))
    found.push(`exit code ${run.exitCode} with ${results.map(({ status }) => status).join(', ')}`)
  if (run.exitCode !== 0 && run.codes.length === 0) found.push('a red job without an error')
  if (run.codes.includes('internal-error')) found.push(`a defect: ${run.errors.join()}`)
  if (run.leaked.length > 0) found.push(`a token leaked: ${run.leaked.join()}`)
  return found
}
