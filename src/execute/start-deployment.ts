import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import { type Failure, failure } from '../errors/codes.ts'
import { type Deployment, locationOf, type ServiceTarget } from '../inventory/inventory.ts'
import { delaysUntilTimes, pollUntil } from '../poll-until.ts'
import type { Emit } from './events.ts'
import { done, type MutationResult, type ResponseLost } from './mutation-result.ts'
import type { Deployments, StartResult } from './ports.ts'
import { couldMatch, type RequestedRevision } from './revision-match.ts'

/** A request for a deployment. */
export interface StartRequest {
  readonly target: ServiceTarget
  /** The requested revision. A lookup ignores deployments that certainly have another one. */
  readonly requested: RequestedRevision
  /** Sends one request for the deployment. */
  start(): Promise<StartResult>
}

/**
 * The times of lookups for a deployment, in milliseconds after a response that does not show whether it was started.
 * Users report that Railway's lists show new objects after 28 s and more. A deployment counts as missing only after
 * more than three times that.
 */
const lookupDelays = [2_000, 6_000, 14_000, 30_000, 60_000, 90_000]

/** The ports that starting a deployment needs. */
export interface StartDeps {
  readonly deployments: Deployments
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The deadline, after which no lookup and no second request is made. */
  readonly deadline: Pick<Deadline, 'at' | 'passed'>
  readonly emit: Emit
  /** Returns the failure if the token is known to be no longer valid, or else `null`. */
  readonly invalidToken: () => Failure | null
}

/**
 * Starts a deployment at most once, and resolves with its id. If the response is lost, the run looks for a new
 * deployment of the service. Only if the last lookup still shows none, the deployment is requested a second and last
 * time. Resolves with `lost` if it is not known whether the deployment was started.
 */
export async function startDeploymentOnce(
  request: StartRequest,
  ports: StartDeps,
): Promise<MutationResult<string>> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await request.start()
    const confirmed = await confirmStart(request, started, ports)
    if (confirmed !== 'absent') return confirmed
    const mustStop = ports.signal.aborted || ports.deadline.passed
    if (attempt === 2 || mustStop) return lost(request, started, ports)
  }
}

/**
 * Looks for the deployment if the response is unclear. Resolves with `absent` if the response was lost and there is
 * none.
 */
async function confirmStart(
  request: StartRequest,
  started: StartResult,
  ports: StartDeps,
): Promise<MutationResult<string> | 'absent'> {
  switch (started.kind) {
    case 'not-sent':
      return started
    case 'rejected': {
      if (started.certain) return started
      const lookup = await lookUp(request, ports, 'the rejection may have come after the start')
      if (lookup.kind === 'found') return toStarted(lookup.deployment)
      if (lookup.kind === 'deleted') return { ...started, certain: true, failure: lookup.failure }
      return lookup.kind === 'absent' ? started : lost(request, started, ports, lookup)
    }
    case 'done': {
      if (started.value !== null) return done(started.value)
      const lookup = await lookUp(request, ports, 'the response has no deployment id')
      return lookup.kind === 'found'
        ? toStarted(lookup.deployment)
        : lost(request, started, ports, lookup)
    }
    case 'lost': {
      const lookup = await lookUp(request, ports, 'the response was lost')
      if (lookup.kind === 'found') return toStarted(lookup.deployment)
      return lookup.kind === 'absent' ? 'absent' : lost(request, started, ports, lookup)
    }
  }
}

const toStarted = ({ id }: Deployment) => done(id)

/**
 * Returns the result if it is not known whether the deployment was started. It has the most precise failure that is
 * known.
 */
function lost(
  { target }: StartRequest,
  started: StartResult,
  { invalidToken }: StartDeps,
  lookup?: LookupResult,
): ResponseLost {
  const known = lookup?.kind === 'deleted' ? lookup.failure : invalidToken()
  if (known) return { kind: 'lost', failure: known }
  if (started.kind === 'lost') return started
  const accepted = started.kind === 'done'
  const unclear = failure('api-unavailable', {
    activity: 'start-deployment',
    object: locationOf(target),
    detail: accepted
      ? 'a response that has no id, and no new deployment is listed'
      : 'a rejection that names no cause, and no lookup showed whether the deployment was started',
    effect: 'start-unknown',
  })
  return { kind: 'lost', failure: unclear }
}

/** The result of looking for a deployment. */
type LookupResult =
  | { kind: 'found'; deployment: Deployment }
  | { kind: 'absent' }
  /** The result is not known: the last lookup had no response, or the run had to stop before it. */
  | { kind: 'unclear' }
  /** The service was deleted meanwhile. */
  | { kind: 'deleted'; failure: Failure }

/** The number of rejected lookups in a row after which the run looks up whether the service still exists. */
const maxRejections = 2

async function lookUp(
  { target, requested }: StartRequest,
  { deployments, clock, signal, deadline, emit, invalidToken }: StartDeps,
  because: string,
): Promise<LookupResult> {
  emit({ kind: 'lookup', target, because })
  const unclear = { kind: 'unclear' } as const
  let hasResponse = false
  let rejected = 0
  const wait = (milliseconds: number) =>
    clock.sleep(Math.min(milliseconds, deadline.at - clock.now()), signal)
  const found = await pollUntil<LookupResult>(
    delaysUntilTimes(clock, lookupDelays),
    wait,
    async () => {
      if (signal.aborted || invalidToken()) return unclear
      const recent = await deployments.recent(target)
      hasResponse = recent?.ok === true
      rejected = recent?.ok === false ? rejected + 1 : 0
      const listed = recent?.ok ? recent.value : []
      const deployment = findNewDeployment(listed, target, requested)
      if (deployment) return { kind: 'found', deployment }
      const isRejected = rejected >= maxRejections
      const deleted = isRejected ? await deployments.deleted(target, 'start-deployment') : null
      if (deleted) return { kind: 'deleted', failure: deleted }
      return deadline.passed ? unclear : null
    },
  )
  return found ?? (hasResponse ? { kind: 'absent' } : unclear)
}

/**
 * Returns the newest deployment that the target does not have and that may have the requested revision; `null` if there
 * is none.
 */
export function findNewDeployment(
  recent: readonly Deployment[],
  { instance }: ServiceTarget,
  requested: RequestedRevision,
): Deployment | null {
  const known = new Set([instance.latest, ...instance.active].map((deployment) => deployment?.id))
  const since = instance.latest?.createdAt
  const candidates = recent
    .filter(({ id, createdAt }) => !known.has(id) && (!since || createdAt >= since))
    .filter((deployment) => couldMatch(requested, deployment))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  return candidates[0] ?? null
}
