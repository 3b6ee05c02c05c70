import { type Failure, failure } from '../../errors/codes.ts'
import { locationOf, type ServiceTarget } from '../../inventory/inventory.ts'
import { phaseOf } from '../../plan/deployment-status.ts'
import { humanTime } from '../../text.ts'
import type { Emit } from '../events.ts'
import type { DeploymentState, ServedDeployments } from '../ports.ts'
import type { PollResult } from './poll-result.ts'
import { crashGrace, stableAt } from './stability.ts'

/** The facts about a deployment to follow, in addition to its target. */
export interface FollowOptions {
  /**
   * `true` if the run has created the environment. Services may crash in a new environment until their databases are
   * ready.
   */
  readonly isInNewEnvironment?: boolean
  /**
   * `true` if the deployment is a rollback. A rollback takes less time than other deployments, because it builds
   * nothing.
   */
  readonly isRollback?: boolean
  /** `true` if the deployment counts as finished when it starts to wait for a person or a check. */
  readonly endsIfBlocked?: boolean
  /**
   * The time at which Railway accepted the deployment, in milliseconds since the epoch; by default the current time.
   */
  readonly acceptedAt?: number | undefined
}

/** The maximum age of a deployment in progress, in milliseconds. An earlier start counts as a wrong time. */
const maxAge = 3_600_000

/** The milliseconds of rejections after which a deployment that was never read is reported as unreadable. */
const unreadableAfter = 120_000

/**
 * The same time if Railway also rejects the request for the deployments of its service, and accepted the token in a
 * probe after the rejection. A new deployment that Railway shows late does not explain such rejections.
 */
const forbiddenAfter = 30_000

/** The milliseconds of rejections after which a deployment that was read before counts as deleted. */
const deletedAfter = 10_000

/** A deployment that is polled, with the results of the polls. Times are milliseconds since the epoch. */
export class FollowedDeployment {
  readonly target: ServiceTarget
  readonly id: string
  readonly startedAt: number
  /** The duration of the service's previous deployment in milliseconds; `null` if that is not known. */
  readonly expected: number | null
  readonly #emit: Emit
  readonly #crashGrace: number
  readonly #endsIfBlocked: boolean
  /** The status that was read last; `null` if none was read. */
  #status: string | null = null
  /** The last time at which the deployment was certainly not live. */
  #notLiveAt: number
  /** The time of the last read of the state; before the first read, the time from which the deployment is followed. */
  #lastReadAt: number
  /** The time of the first rejected request since the last read of the state; `null` if there was none. */
  #refusedSince: number | null = null
  #refusedAt: number | null = null
  /**
   * The time of the first read with a crash, and the state at the last read; `null` if the deployment is not crashed.
   */
  #crash: { readonly since: number; readonly state: DeploymentState } | null = null
  #served: { readonly served: ServedDeployments | null; readonly at: number }

  constructor(target: ServiceTarget, id: string, options: FollowOptions, now: number, emit: Emit) {
    const { isInNewEnvironment = false, acceptedAt = now } = options
    this.target = target
    this.id = id
    this.startedAt = startOf(id, target, acceptedAt, now)
    this.expected = options.isRollback ? null : usualDuration(id, target)
    this.#emit = emit
    this.#crashGrace = crashGrace(target, isInNewEnvironment)
    this.#endsIfBlocked = options.endsIfBlocked ?? false
    this.#notLiveAt = acceptedAt
    this.#lastReadAt = now
    this.#served = { served: null, at: now }
  }

  get status(): string | null {
    return this.#status
  }

  get lastReadAt(): number {
    return this.#lastReadAt
  }

  /**
   * The time of the last rejected request for the state; `null` if the state was read after it, or if there was none.
   */
  get refusedAt(): number | null {
    return this.#refusedAt
  }

  /** The end of the time to recover from a crash; `null` if the deployment is not crashed. */
  get recoversUntil(): number | null {
    return this.#crash && this.#crash.since + this.#crashGrace
  }

  /**
   * The newest and the active deployments of the service, and the time of that read; `null` if the last poll did not
   * read them.
   */
  get served(): { readonly served: ServedDeployments; readonly at: number } | null {
    const { served, at } = this.#served
    return served && { served, at }
  }

  /** Records the newest and the active deployments of the service. `at`: the time of the request. */
  recordServed(served: ServedDeployments | null, at: number): void {
    this.#served = { served, at }
  }

  /** Records a state and emits its changes. Returns the result if the deployment is finished, or else `null`. */
  recordState(state: DeploymentState, now: number): PollResult | null {
    this.#lastReadAt = now
    this.#refusedSince = null
    this.#refusedAt = null
    if (state.status !== this.#status) {
      const { target, id: deploymentId } = this
      this.#emit({ kind: 'state', target, deploymentId, from: this.#status, to: state.status })
      this.#status = state.status
    }
    const phase = phaseOf(state.status)
    if (phase === 'crashed') return this.#recordCrash(state, now)
    this.#crash = null
    const isUnderWay = phase === 'in-progress' || phase === 'blocked' || phase === 'unknown'
    if (!isUnderWay || (phase === 'blocked' && this.#endsIfBlocked)) {
      return this.#finished(state, now)
    }
    this.#notLiveAt = now
    return null
  }

  /**
   * Records a crash. Returns the result if the time to recover is over, or else `null`. Railway restarts a crashed
   * service.
   */
  #recordCrash(state: DeploymentState, now: number): PollResult | null {
    if (this.#crash === null) {
      const note = `it crashed; it has ${humanTime(this.#crashGrace)} to recover`
      this.#emit({ kind: 'note', target: this.target, note })
    }
    const { since } = this.#crash ?? { since: now }
    this.#crash = { since, state }
    this.#notLiveAt = now
    return now - since >= this.#crashGrace ? this.#finished(state, now) : null
  }

  /** Records that Railway rejected the request for the state. */
  recordRefusal(refusal: Failure, now: number): PollResult | null {
    this.#refusedAt = now
    return this.presumeRefused(refusal, now)
  }

  /**
   * Counts a rejected read at the time `now`. Returns the result if rejections have lasted too long, or else `null`. The
   * limit is shorter for a deployment that was read before. Railway may show a new deployment late.
   */
  presumeRefused(refusal: Failure, now: number): PollResult | null {
    this.#refusedSince ??= now
    const refusedFor = now - this.#refusedSince
    if (this.#status !== null && refusedFor >= deletedAfter) {
      return { kind: 'unreadable', failure: asDeleted(refusal, this.target) }
    }
    const isForbidden = this.#served.served === null && isTokenChecked(refusal)
    const limit = isForbidden ? forbiddenAfter : unreadableAfter
    return refusedFor > limit ? { kind: 'unreadable', failure: refusal } : null
  }

  /**
   * Returns whether the service may be deleted, because neither the deployment nor the service could be read for some
   * time.
   */
  mayBeDeleted(now: number): boolean {
    const since = this.#refusedSince
    return this.#served.served === null && since !== null && now - since >= deletedAfter
  }

  /**
   * Returns the result for a deployment that is not finished at `timeout`. A crashed deployment has failed then, even
   * if its time to recover is not over.
   */
  timedOut(now: number): PollResult {
    if (this.#crash) return this.#finished(this.#crash.state, now)
    return { kind: 'timed-out', status: this.#status, withoutResponseFor: now - this.#lastReadAt }
  }

  #finished(state: DeploymentState, now: number): PollResult {
    const times = { startedAt: this.startedAt, notLiveAt: this.#notLiveAt, seenAt: now }
    const { served } = this.#served
    return {
      kind: 'finished',
      state,
      at: now,
      stableAt: stableAt(this.target, state, times),
      served,
    }
  }
}

/**
 * Returns the time at which a deployment started. For a deployment of the inventory, it is the time of its creation.
 */
function startOf(id: string, target: ServiceTarget, acceptedAt: number, now: number): number {
  const adopted = knownDeployments(target).find((one) => one.id === id)
  const startedAt = adopted ? Date.parse(adopted.createdAt) : acceptedAt
  return startedAt <= now && startedAt > now - maxAge ? startedAt : now
}

function usualDuration(id: string, target: ServiceTarget): number | null {
  const others = knownDeployments(target).filter((one) => one.id !== id)
  const previous = others.find(({ took }) => took !== undefined)
  return previous?.took ?? target.instance.usualDuration ?? null
}

const knownDeployments = ({ instance }: ServiceTarget) =>
  [instance.latest, ...instance.active].flatMap((one) => one ?? [])

/** Returns whether the token was probed after a rejection and is valid. */
const isTokenChecked = (refusal: Failure) =>
  refusal.code === 'operation-not-permitted' && refusal.facts.tokenChecked === true

/** Adds to the failure of a rejected request that the deployment is deleted. It was read before, so it existed. */
function asDeleted(refusal: Failure, target: ServiceTarget): Failure {
  if (refusal.code !== 'operation-not-permitted') return refusal
  const presence = { kind: 'deleted', what: 'deployment', at: locationOf(target) } as const
  return failure('operation-not-permitted', { ...refusal.facts, presence })
}
