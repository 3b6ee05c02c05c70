import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import { type Failure, failure } from '../errors/codes.ts'
import { type Deployment, locationOf, type ServiceTarget } from '../inventory/inventory.ts'
import type { Emit } from './events.ts'
import { done, type Lost, type MutationResult } from './mutation-result.ts'
import type { Deployments, StartResult } from './ports.ts'
import { couldMatch, type RequestedRevision } from './revision-match.ts'

/** What is to start a deployment. */
export interface StartRequest {
  readonly target: ServiceTarget
  /** What the deployment will consist of: it is told from others by it. */
  readonly asked: RequestedRevision
  /** `false`: never sent a second time, however sure it seems that nothing came of the first. */
  readonly mayRepeat: boolean
  /** Asks for it, once. */
  start(): Promise<StartResult>
}

/**
 * When to look for a deployment whose answer was lost, in milliseconds after the loss. Railway's lists
 * have been reported to show new objects after 28 s and more, so "not there" counts only after three
 * times that.
 */
const looks = [2_000, 6_000, 14_000, 30_000, 60_000, 90_000]

/** What starting a deployment needs. */
export interface StartDeps {
  readonly deployments: Deployments
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Nothing is looked for, or asked for again, after it. */
  readonly deadline: Pick<Deadline, 'at' | 'passed'>
  readonly emit: Emit
  /** The failure that the token is not valid any more; `null` as far as is known. */
  readonly invalidToken: () => Failure | null
}

/**
 * Starts one deployment, at most once. When the answer is lost, it looks whether the service has a
 * deployment that was not there before; only when there is none for well longer than Railway's lists
 * lag, it is asked for a second and last time. A second loss that looking does not settle is `unknown`.
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
    if (attempt === 2 || !request.mayRepeat || isOver) return lost(request, started)
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
      const seen = await lookFor(request, ports, 'the refusal may have come too late')
      if (seen.kind === 'found') return toStarted(seen.deployment)
      return seen.kind === 'absent' ? started : lost(request, started)
    }
    case 'done': {
      if (started.value !== null) return done(started.value)
      const seen = await lookFor(request, ports, 'the answer has no deployment id')
      return seen.kind === 'found' ? toStarted(seen.deployment) : lost(request, started)
    }
    case 'lost': {
      const seen = await lookFor(request, ports, 'the answer was lost')
      if (seen.kind === 'found') return toStarted(seen.deployment)
      return seen.kind === 'absent' ? 'not-there' : lost(request, started)
    }
  }
}

const toStarted = ({ id }: Deployment) => done(id)

function lost({ target }: StartRequest, started: StartResult): Lost {
  if (started.kind === 'lost') return started
  const accepted = started.kind === 'done'
  const unclear = failure('api-unavailable', {
    activity: 'start-deployment',
    object: locationOf(target),
    detail: accepted
      ? 'an answer that has no id, and no new deployment is listed'
      : 'a refusal that names no cause, and looking did not settle what came of it',
    effect: 'start-unknown',
  })
  return { kind: 'lost', failure: unclear }
}

type LookupResult =
  | { kind: 'found'; deployment: Deployment }
  | { kind: 'absent' }
  /** At least the last look had no answer, so absence is not proven. */
  | { kind: 'unclear' }

async function lookFor(
  { target, asked }: StartRequest,
  { deployments, clock, signal, deadline, emit, invalidToken }: StartDeps,
  because: string,
): Promise<LookupResult> {
  emit({ kind: 'looking', target, because })
  const since = clock.now()
  let answered = false
  for (const delay of looks) {
    await clock.sleep(Math.min(since + delay, deadline.at) - clock.now(), signal)
    if (signal.aborted || invalidToken()) return { kind: 'unclear' }
    const recent = await deployments.recent(target)
    answered = recent !== null
    const deployment = findNewDeployment(recent ?? [], target, asked)
    if (deployment) return { kind: 'found', deployment }
    if (deadline.passed) return { kind: 'unclear' }
  }
  return { kind: answered ? 'absent' : 'unclear' }
}

/** The newest deployment that was not there when the inventory was taken and that may be ours. */
export function findNewDeployment(
  recent: readonly Deployment[],
  { instance }: ServiceTarget,
  asked: RequestedRevision,
): Deployment | null {
  const known = new Set([instance.latest, ...instance.active].map((deployment) => deployment?.id))
  const since = instance.latest?.createdAt
  const candidates = recent
    .filter(({ id, createdAt }) => !known.has(id) && (!since || createdAt >= since))
    .filter((deployment) => couldMatch(asked, deployment))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  return candidates[0] ?? null
}
