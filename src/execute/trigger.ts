import type { Clock } from '../clock.ts'
import { type Failure, failure } from '../errors.ts'
import type { Deployment, ServiceTarget } from '../inventory/inventory.ts'
import { type Asked, mayBe } from './asked.ts'
import type { Deadline } from './deadline.ts'
import type { Emit } from './events.ts'
import type { Deployments, Started } from './ports.ts'

/** What is to start a deployment. */
export interface StartRequest {
  readonly target: ServiceTarget
  /** What the deployment will consist of: it is told from others by it. */
  readonly asked: Asked
  /** `false`: never sent a second time, however sure it seems that nothing came of the first. */
  readonly mayRepeat: boolean
  /** Asks for it, once. */
  start(): Promise<Started>
}

/** What a request to start a deployment led to. */
export type Triggered =
  | { readonly kind: 'started'; readonly deploymentId: string }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'not-sent' }
  /** It may have started or not, and looking did not settle it. */
  | { readonly kind: 'unknown'; readonly failure: Failure }

/**
 * When to look for a deployment whose answer was lost, in milliseconds after the loss. Railway's lists
 * have been reported to show new objects after 28 s and more, so "not there" counts only after three
 * times that.
 */
const looks = [2_000, 6_000, 14_000, 30_000, 60_000, 90_000]

/** A refusal that may hide a change shows it sooner, or not at all. */
const shortLooks = looks.slice(0, 3)

/** What starting a deployment needs. */
export interface TriggerEdges {
  readonly deployments: Deployments
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Nothing is looked for, or asked for again, after it. */
  readonly deadline: Pick<Deadline, 'at' | 'passed'>
  readonly emit: Emit
}

/**
 * Starts one deployment, at most once. When the answer is lost, it looks whether the service has a
 * deployment that was not there before; only when there is none for well longer than Railway's lists
 * lag, it is asked for a second and last time. A second loss that looking does not settle is `unknown`.
 */
export async function trigger(request: StartRequest, edges: TriggerEdges): Promise<Triggered> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await request.start()
    const settled = await settle(request, started, edges)
    if (settled !== 'not-there') return settled
    const isOver = edges.signal.aborted || edges.deadline.passed
    if (attempt === 2 || !request.mayRepeat || isOver) return lost(started)
  }
}

async function settle(
  request: StartRequest,
  started: Started,
  edges: TriggerEdges,
): Promise<Triggered | 'not-there'> {
  switch (started.kind) {
    case 'started':
    case 'not-sent':
      return started
    case 'refused': {
      if (started.certain) return started
      const seen = await lookFor(request, edges, shortLooks, 'the refusal may have come too late')
      return seen.kind === 'found' ? toStarted(seen.deployment) : started
    }
    case 'accepted': {
      const seen = await lookFor(request, edges, looks, 'the answer has no deployment id')
      return seen.kind === 'found' ? toStarted(seen.deployment) : lost(started)
    }
    case 'lost': {
      const seen = await lookFor(request, edges, looks, 'the answer was lost')
      if (seen.kind === 'found') return toStarted(seen.deployment)
      return seen.kind === 'absent' ? 'not-there' : lost(started)
    }
  }
}

const toStarted = ({ id }: Deployment): Triggered => ({ kind: 'started', deploymentId: id })

function lost(started: Started): Triggered {
  const because =
    started.kind === 'lost' || started.kind === 'refused'
      ? started.failure
      : failure('api-unavailable', {
          doing: 'looking up the deployment it accepted',
          detail: 'no new deployment in its lists',
          consequence: 'The deployment may or may not have started.',
        })
  return { kind: 'unknown', failure: because }
}

type Sight =
  | { kind: 'found'; deployment: Deployment }
  | { kind: 'absent' }
  /** At least the last look had no answer, so absence is not proven. */
  | { kind: 'unclear' }

async function lookFor(
  { target, asked }: StartRequest,
  { deployments, clock, signal, deadline, emit }: TriggerEdges,
  schedule: readonly number[],
  because: string,
): Promise<Sight> {
  emit({ kind: 'looking', target, because })
  const since = clock.now()
  let answered = false
  for (const delay of schedule) {
    await clock.sleep(Math.min(since + delay, deadline.at) - clock.now(), signal)
    if (signal.aborted) return { kind: 'unclear' }
    const recent = await deployments.recent(target)
    answered = recent !== null
    const deployment = newestUnknown(recent ?? [], target, asked)
    if (deployment) return { kind: 'found', deployment }
    if (deadline.passed) return { kind: 'unclear' }
  }
  return { kind: answered ? 'absent' : 'unclear' }
}

/** The newest deployment that was not there when the inventory was taken and that may be ours. */
export function newestUnknown(
  recent: readonly Deployment[],
  { instance }: ServiceTarget,
  asked: Asked,
): Deployment | null {
  const known = new Set([instance.latest, ...instance.active].map((deployment) => deployment?.id))
  const since = instance.latest?.createdAt
  const candidates = recent
    .filter(({ id, createdAt }) => !known.has(id) && (!since || createdAt >= since))
    .filter((deployment) => mayBe(asked, deployment))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  return candidates[0] ?? null
}
