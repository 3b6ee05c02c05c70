import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import { type Failure, failure } from '../errors/codes.ts'
import { locationOf, type ServiceTarget, type Target } from '../inventory/inventory.ts'
import { phaseOf } from '../plan/deployment-status.ts'
import { humanTime } from '../text.ts'
import type { PollLoad } from './context.ts'
import type { Emit } from './events.ts'
import { type ExpectedEnd, pollDelay, type Settling } from './poll-schedule.ts'
import type { DeploymentState, Deployments, ReadResult, ServedDeployments } from './ports.ts'
import { type FollowedState, readStates } from './read-states.ts'
import { crashGrace, settledAt, settleTime } from './stability.ts'

/** The result of following a deployment. */
export type PollResult =
  /** It is no longer under way, or is blocked with `endsIfBlocked`. `at` is when that was read, `settledAt` when it counts. */
  | {
      readonly kind: 'finished'
      readonly state: DeploymentState
      readonly at: number
      readonly settledAt: number
      /** The deployments that its service served then; `null` if they were not read. */
      readonly served: ServedDeployments | null
    }
  /** `timeout` passed. `silentFor` is the number of milliseconds without an answer about it. */
  | {
      readonly kind: 'timed-out'
      readonly status: string | null
      readonly withoutAnswerFor: number
    }
  /** The token may start the deployment but not read it. */
  | { readonly kind: 'unreadable'; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly status: string | null }

interface Followed {
  readonly target: ServiceTarget
  readonly id: string
  readonly startedAt: number
  readonly expected: number | null
  readonly crashGrace: number
  readonly endsIfBlocked: boolean
  notLiveAt: number
  served: ServedDeployments | null
  /** When what its service serves was last requested, in milliseconds since the epoch. */
  servedAt: number
  /** The time at which it was first read as crashed, and its state then, until it recovers. */
  crash: { readonly since: number; readonly state: DeploymentState } | null
  status: string | null
  answeredAt: number
  rejectedSince: number | null
  /** When Railway last refused to tell its own state. */
  refusedAt: number | null
  resolve(result: PollResult): void
  reject(error: unknown): void
}

/** A deployment that went live and is not verified yet. */
interface Settled {
  readonly id: string
  readonly target: ServiceTarget
  /** The last reading of what its service serves. */
  reading: ServedReading | null
}

/** The deployments that served a service, and when they were requested, in milliseconds since the epoch. */
export interface ServedReading {
  readonly served: ServedDeployments
  readonly at: number
}

/** The facts about a deployment that are not in its target. */
export interface FollowOptions {
  /** Whether its environment is new: services may crash there until their databases are up. */
  readonly isFresh?: boolean
  /** Whether it deploys what was built before. It takes less time than the service's other deployments. */
  readonly isRollback?: boolean
  /** Whether the wait also ends if the deployment waits for a person or a check; by default `false`. */
  readonly endsIfBlocked?: boolean
  /** When Railway accepted it, in milliseconds since the epoch; by default now. */
  readonly acceptedAt?: number | undefined
}

/** The part of the run that following deployments needs. */
export interface PollerDeps {
  readonly deployments: Pick<Deployments, 'served' | 'states' | 'deleted'>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadline: Deadline
  readonly emit: Emit
  /** Returns the number of changes that are still to be made. */
  readonly pending: () => number
  /** Returns whether the end of a deployment decides about what is still to be started. */
  readonly decides: () => boolean
  /** Returns the least milliseconds between polls that the budget allows. */
  readonly minPollInterval: (load: PollLoad) => number
  /** Returns the number of deployments that one request reads. */
  readonly batchSize: () => number
  /** Returns the failure of a token that is not valid any more; `null` as far as is known. */
  readonly invalidToken: () => Failure | null
}

/** The minimum interval between two polls for the end of a grace period, in milliseconds. */
const minGrace = 3_000

/** The maximum age in milliseconds that a deployment under way is assumed to have. An earlier start is not believed. */
const maxAssumedAge = 3_600_000

/** The milliseconds in which a new deployment may be unreadable. One that is unreadable for longer will stay so. */
const unreadableAfter = 120_000

/** The number of deployments that are refused one by one before others count as refused as well. */
const believedRefusals = 3

/** The number of polls without what services serve, after which it is not requested any more. */
const believedMissing = 2

/** The milliseconds after which a deployment that was readable before counts as gone. */
const goneAfter = 10_000

/**
 * A poller that follows all deployments that the run started with one request at a time, at the times of {@link
 * pollDelay}. Errors of reading decide nothing: the next poll tries again, until `timeout`.
 */
export class DeploymentPoller {
  readonly #ports: PollerDeps
  readonly #followed = new Map<string, Followed>()
  readonly #settled = new Map<string, Settled>()
  /** The longest duration of a deployment that has gone live, in milliseconds. */
  #longestTook: number | null = null
  /** Ids of deployments whose state Railway refuses to tell, also of those that are given up. */
  readonly #refused = new Set<string>()
  /** Polls in a row that told states of deployments and not what their services serve. */
  #servedMissing = 0
  #running = false
  #polls = 0

  constructor(ports: PollerDeps) {
    this.#ports = ports
  }

  /** Resolves when the deployment is finished, or when waiting for it has ended. */
  follow(
    target: ServiceTarget,
    id: string,
    { isFresh = false, isRollback = false, endsIfBlocked = false, acceptedAt }: FollowOptions = {},
  ): Promise<PollResult> {
    const now = this.#ports.clock.now()
    const times = knownTimes(target, id, now, { isRollback, acceptedAt })
    const result = new Promise<PollResult>((resolve, reject) => {
      this.#followed.set(id, {
        target,
        id,
        ...times,
        crashGrace: crashGrace(target, isFresh),
        endsIfBlocked,
        notLiveAt: acceptedAt ?? now,
        served: null,
        servedAt: now,
        crash: null,
        status: null,
        answeredAt: now,
        rejectedSince: null,
        refusedAt: null,
        resolve,
        reject,
      })
    })
    if (!this.#running) void this.#run().catch((error) => this.#rejectAll(error))
    return result
  }

  /**
   * Returns what the service of a deployment that went live was last seen to serve; `null` if that was not read. It is
   * read with the polls for other deployments, until {@link release}.
   */
  lastReading(id: string): ServedReading | null {
    return this.#settled.get(id)?.reading ?? null
  }

  /** Ends the reading of what the service of a deployment serves. */
  release(id: string): void {
    this.#settled.delete(id)
  }

  /** Lists the deployments that are waited for, for the heartbeat. */
  waiting(): { target: Target; status: string }[] {
    return [...this.#followed.values()].map(({ target, status }) => ({
      target,
      status: status ?? 'started',
    }))
  }

  async #run(): Promise<void> {
    const { signal, deadline } = this.#ports
    this.#running = true
    this.#polls = 0
    while (this.#followed.size > 0) {
      await this.#waitForTurn()
      if (!signal.aborted) await this.#poll()
      if (!signal.aborted) await this.#endDeleted()
      if (signal.aborted) this.#giveUp(({ status }) => ({ kind: 'cancelled', status }))
      else if (deadline.passed) this.#giveUp((followed) => this.#late(followed))
    }
    this.#running = false
  }

  /** Rejects all waits after a defect: nobody would poll for them any more. */
  #rejectAll(error: unknown): void {
    this.#running = false
    const followed = [...this.#followed.values()]
    this.#followed.clear()
    for (const one of followed) one.reject(error)
  }

  /** Waits for the time of the next poll. Deployments that are started meanwhile may put it off. */
  async #waitForTurn(): Promise<void> {
    const { clock, signal, deadline } = this.#ports
    const since = clock.now()
    const permittedAt = since + this.#leastInterval(since)
    for (;;) {
      const due = Math.max(permittedAt, since + this.#interval(since))
      const left = Math.min(due, deadline.at) - clock.now()
      if (left <= 0 || signal.aborted) break
      await clock.sleep(left, signal)
    }
    this.#polls += 1
  }

  /** Returns the milliseconds from the last poll to the next, as far as is known by now. */
  #interval(since: number): number {
    const followed = [...this.#followed.values()].map((one) => this.#expectedEnd(one))
    const decides = this.#ports.decides()
    const usual = pollDelay({ now: since, polls: this.#polls, decides, followed })
    // A grace that is over ended without an answer. It is no reason to poll more often.
    const graceEnds = [...this.#followed.values()]
      .flatMap(({ crash, crashGrace: grace }) => (crash ? crash.since + grace - since : []))
      .filter((left) => left > 0)
    return Math.max(minGrace, Math.min(usual, ...graceEnds))
  }

  #expectedEnd({ target, startedAt, expected }: Followed): ExpectedEnd {
    const took = expected ?? this.#longestTook
    const settling: Settling | null = took === null ? null : settlingOf(target, took)
    return { startedAt, expected, settling }
  }

  #leastInterval(now: number): number {
    const { deadline, pending, minPollInterval } = this.#ports
    const followed = [...this.#followed.values()]
    const since = Math.min(now, ...followed.map(({ startedAt }) => startedAt))
    const load = { pending: pending(), deployments: followed.length, since, until: deadline.at }
    return minPollInterval(load)
  }

  async #poll(): Promise<void> {
    const { clock, emit } = this.#ports
    const followed = [...this.#followed.values()]
    const settled = this.#readAlong(followed.length)
    // An answer may be slow, and the states of single deployments may take several requests.
    const readAt = clock.now()
    const served = await this.#readServed([...followed, ...settled])
    const states = await readStates(
      followed.map(({ target, id, status, refusedAt }) => {
        return { target, id, seen: status !== null, refusedAt }
      }),
      served,
      this.#ports.deployments,
    )
    const now = clock.now()
    settled.forEach((one, index) => {
      const reading = served?.[followed.length + index]
      if (reading?.ok) one.reading = { served: reading.value, at: readAt }
      // A service that cannot be read would cost every poll a further request.
      else if (reading) this.release(one.id)
    })
    const invalid = this.#ports.invalidToken()
    if (invalid) return this.#giveUp(() => ({ kind: 'unreadable', failure: invalid }))
    if (states === null) {
      const oldest = Math.min(...followed.map(({ answeredAt }) => answeredAt))
      return emit({ kind: 'silence', milliseconds: now - oldest })
    }
    this.#judgeServed(states)
    followed.forEach((one, index) => {
      const reading = states[index]
      if (!reading) return
      one.served = reading.served
      one.servedAt = readAt
      one.refusedAt = reading.answer.ok ? null : now
      if (reading.answer.ok) this.#refused.delete(one.id)
      else this.#refused.add(one.id)
      if (reading.answer.ok) this.#update(one, reading.answer.value, now)
      else this.#miss(one, reading.answer.failure, now)
    })
    this.#missOthers(
      followed.filter((_, index) => !states[index]),
      states.flatMap((look) => (look && !look.answer.ok ? look.answer.failure : []))[0],
      now,
    )
  }

  /**
   * Ends the deployments whose service was deleted. Neither the service nor the deployment can be read any more. A service
   * that is still there ends the lookups until the next poll, because Railway then shows new deployments late.
   */
  async #endDeleted(): Promise<void> {
    const { clock, deployments } = this.#ports
    for (const one of [...this.#followed.values()]) {
      const { rejectedSince, served, target } = one
      const isSuspect = served === null && rejectedSince !== null
      if (!isSuspect || clock.now() - rejectedSince < goneAfter) continue
      const failure = await deployments.deleted(target, 'follow-deployment')
      if (!failure) return
      this.#end(one, { kind: 'unreadable', failure })
    }
  }

  /** Returns the deployments that went live and that the next poll reads, too, without a further request. */
  #readAlong(followed: number): Settled[] {
    const settled = [...this.#settled.values()]
    const size = this.#ports.batchSize()
    const isFree = Math.ceil((followed + settled.length) / size) === Math.ceil(followed / size)
    return isFree ? settled : []
  }

  /**
   * Reads the deployments that services serve. Returns `null` without a request once Railway has refused to report
   * them and still reported single deployments.
   */
  async #readServed(
    of: readonly { readonly target: ServiceTarget }[],
  ): Promise<readonly ReadResult<ServedDeployments>[] | null> {
    if (this.#servedMissing >= believedMissing) return null
    return this.#ports.deployments.served(of.map(({ target }) => target))
  }

  #judgeServed(states: readonly (FollowedState | null)[]): void {
    const isServed = states.some((look) => look?.served)
    const isTold = states.some((look) => look?.answer.ok)
    if (isServed) this.#servedMissing = 0
    else if (isTold) this.#servedMissing += 1
  }

  /** Takes the refusals of several as those of others that were not asked for, once there are enough of them. */
  #missOthers(others: readonly Followed[], failure: Failure | undefined, now: number): void {
    if (!failure || this.#refused.size < believedRefusals) return
    for (const one of others) this.#miss(one, failure, now)
  }

  #miss(followed: Followed, failure: Failure, now: number): void {
    followed.rejectedSince ??= now
    const rejectedFor = now - followed.rejectedSince
    if (followed.status !== null && rejectedFor >= goneAfter) {
      this.#end(followed, {
        kind: 'unreadable',
        failure: deletedMeanwhile(failure, followed.target),
      })
    } else if (rejectedFor > unreadableAfter) {
      this.#end(followed, { kind: 'unreadable', failure })
    }
  }

  #update(followed: Followed, state: DeploymentState, now: number): void {
    followed.answeredAt = now
    followed.rejectedSince = null
    if (state.status !== followed.status) {
      const { target, id: deploymentId, status: from } = followed
      this.#ports.emit({ kind: 'state', target, deploymentId, from, to: state.status })
      followed.status = state.status
    }
    const phase = phaseOf(state.status)
    if (phase !== 'crashed') followed.crash = null
    if (phase === 'crashed') this.#crashed(followed, state, now)
    else if (phase === 'blocked' && followed.endsIfBlocked)
      this.#end(followed, finished(followed, state, now))
    else if (phase === 'going' || phase === 'blocked' || phase === 'unknown')
      followed.notLiveAt = now
    else {
      if (phase === 'live') this.#keepReading(followed, state)
      this.#end(followed, finished(followed, state, now))
    }
  }

  #keepReading({ id, target, served, servedAt }: Followed, { took }: DeploymentState): void {
    this.#settled.set(id, { id, target, reading: served && { served, at: servedAt } })
    if (took !== undefined) this.#longestTook = Math.max(took, this.#longestTook ?? 0)
  }

  /** Handles a crash, which counts once its grace period is over: Railway restarts the service. */
  #crashed(followed: Followed, state: DeploymentState, now: number): void {
    const { target } = followed
    if (followed.crash === null) {
      const note = `it crashed; it has ${humanTime(followed.crashGrace)} to recover`
      this.#ports.emit({ kind: 'note', target, note })
    }
    const { since } = followed.crash ?? { since: now }
    followed.crash = { since, state }
    followed.notLiveAt = now
    if (now - since >= followed.crashGrace) this.#end(followed, finished(followed, state, now))
  }

  #late(followed: Followed): PollResult {
    const { status, answeredAt, crash } = followed
    if (crash) return finished(followed, crash.state, this.#ports.clock.now())
    return { kind: 'timed-out', status, withoutAnswerFor: this.#ports.clock.now() - answeredAt }
  }

  #giveUp(how: (followed: Followed) => PollResult): void {
    for (const followed of [...this.#followed.values()]) this.#end(followed, how(followed))
  }

  #end(followed: Followed, result: PollResult): void {
    this.#followed.delete(followed.id)
    followed.resolve(result)
  }
}

function finished(followed: Followed, state: DeploymentState, seenAt: number): PollResult {
  const { target, startedAt, notLiveAt, served } = followed
  const settled = settledAt(target, state, { startedAt, notLiveAt, seenAt })
  return { kind: 'finished', state, at: seenAt, settledAt: settled, served }
}

/** Returns the start and the duration of a deployment, by the clock and the history of its service. */
function knownTimes(
  { instance }: ServiceTarget,
  id: string,
  now: number,
  { isRollback = false, acceptedAt = now }: FollowOptions,
): Pick<Followed, 'startedAt' | 'expected'> {
  const known = [instance.latest, ...instance.active].flatMap((one) => one ?? [])
  const previous = known.find((one) => one.id !== id && one.took !== undefined)
  const adopted = known.find((one) => one.id === id)
  const startedAt = adopted ? Date.parse(adopted.createdAt) : acceptedAt
  const isPlausible = startedAt <= now && startedAt > now - maxAssumedAge
  const expected = isRollback ? null : (previous?.took ?? instance.usualDuration ?? null)
  return { startedAt: isPlausible ? startedAt : now, expected }
}

function settlingOf(target: ServiceTarget, took: number): Settling {
  return { from: took, to: took + settleTime(target, took) }
}

/** Adds to a rejection that its object was there before. */
function deletedMeanwhile(refusal: Failure, target: ServiceTarget): Failure {
  if (refusal.code !== 'operation-not-permitted') return refusal
  const presence = { kind: 'deleted', what: 'deployment', at: locationOf(target) } as const
  return failure('operation-not-permitted', { ...refusal.facts, presence })
}
