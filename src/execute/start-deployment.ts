import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import { type Failure, failure } from '../errors/codes.ts'
import { type Deployment, locationOf, type ServiceTarget } from '../inventory/inventory.ts'
import { pausesAt, pollUntil } from '../poll-until.ts'
import type { Emit } from './events.ts'
import { done, type Lost, type MutationResult } from './mutation-result.ts'
import type { Deployments, StartResult } from './ports.ts'
import { couldMatch, type RequestedRevision } from './revision-match.ts'

/** A request for a deployment. */
export interface StartRequest {
  readonly target: ServiceTarget
  /** The requested revision, by which the deployment is recognized. */
  readonly requested: RequestedRevision
  /** `false`: never requested a second time, even if the first request seems to have had no effect. */
  readonly mayRepeat: boolean
  /** Requests it, once. */
  start(): Promise<StartResult>
}

/**
 * The delays of lookups for a deployment whose answer was lost, in milliseconds after the loss. Railway's lists have
 * been reported to show new objects after 28 s and more. A deployment therefore counts as missing only after three
 * times that.
 */
const lookupDelays = [2_000, 6_000, 14_000, 30_000, 60_000, 90_000]

/** The part of the run that starting a deployment needs. */
export interface StartDeps {
  readonly deployments: Deployments
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The time after which nothing is looked up or requested again. */
  readonly deadline: Pick<Deadline, 'at' | 'passed'>
  readonly emit: Emit
  /** Returns the failure of a token that is not valid any more; `null` as far as is known. */
  readonly invalidToken: () => Failure | null
}

/**
 * Starts one deployment, at most once. If the answer is lost, it looks up whether the service has a new deployment.
 * Only if there is none for well longer than Railway's lists lag is the deployment requested a second and last time. A
 * second loss that no lookup settles is `unknown`.
 */
export async function startDeploymentOnce(
  request: StartRequest,
  ports: StartDeps,
): Promise<MutationResult<string>> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await request.start()
    const settled = await settle(request, started, ports)
    if (settled !== 'not-there') return settled
    const isOver = ports.signal.aborted || ports.deadline.passed
    if (attempt === 2 || !request.mayRepeat || isOver) return lost(request, started, ports)
  }
}

async function settle(
  request: StartRequest,
  started: StartResult,
  ports: StartDeps,
): Promise<MutationResult<string> | 'not-there'> {
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
      const lookup = await lookUp(request, ports, 'the answer has no deployment id')
      return lookup.kind === 'found'
        ? toStarted(lookup.deployment)
        : lost(request, started, ports, lookup)
    }
    case 'lost': {
      const lookup = await lookUp(request, ports, 'the answer was lost')
      if (lookup.kind === 'found') return toStarted(lookup.deployment)
      return lookup.kind === 'absent' ? 'not-there' : lost(request, started, ports, lookup)
    }
  }
}

const toStarted = ({ id }: Deployment) => done(id)

/** Returns the result of a start that no lookup settled, with the reason for that if it is known. */
function lost(
  { target }: StartRequest,
  started: StartResult,
  { invalidToken }: StartDeps,
  lookup?: LookupResult,
): Lost {
  const known = lookup?.kind === 'deleted' ? lookup.failure : invalidToken()
  if (known) return { kind: 'lost', failure: known }
  if (started.kind === 'lost') return started
  const accepted = started.kind === 'done'
  const unclear = failure('api-unavailable', {
    activity: 'start-deployment',
    object: locationOf(target),
    detail: accepted
      ? 'an answer that has no id, and no new deployment is listed'
      : 'a rejection that names no cause, and no lookup settled whether the deployment was started',
    effect: 'start-unknown',
  })
  return { kind: 'lost', failure: unclear }
}

type LookupResult =
  | { kind: 'found'; deployment: Deployment }
  | { kind: 'absent' }
  /** The last lookup had no answer, so it is not proven that there is no deployment. */
  | { kind: 'unclear' }
  /** The service was deleted meanwhile, so nothing more can be known. */
  | { kind: 'deleted'; failure: Failure }

/** The number of rejected lookups in a row after which it is looked up whether the service still exists. */
const believedRejections = 2

async function lookUp(
  { target, requested }: StartRequest,
  { deployments, clock, signal, deadline, emit, invalidToken }: StartDeps,
  because: string,
): Promise<LookupResult> {
  emit({ kind: 'lookup', target, because })
  const unclear = { kind: 'unclear' } as const
  let answered = false
  let rejected = 0
  const wait = (milliseconds: number) =>
    clock.sleep(Math.min(milliseconds, deadline.at - clock.now()), signal)
  const found = await pollUntil<LookupResult>(pausesAt(clock, lookupDelays), wait, async () => {
    if (signal.aborted || invalidToken()) return unclear
    const recent = await deployments.recent(target)
    answered = recent?.ok === true
    rejected = recent?.ok === false ? rejected + 1 : 0
    const listed = recent?.ok ? recent.value : []
    const deployment = findNewDeployment(listed, target, requested)
    if (deployment) return { kind: 'found', deployment }
    const isRejected = rejected >= believedRejections
    const gone = isRejected ? await deployments.deleted(target, 'start-deployment') : null
    if (gone) return { kind: 'deleted', failure: gone }
    return deadline.passed ? unclear : null
  })
  return found ?? (answered ? { kind: 'absent' } : unclear)
}

/** Returns the newest deployment that was not in the inventory and that may be this run's. */
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
