import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import { type Failure, failure } from '../errors/codes.ts'
import { locationOf, type ServiceTarget, type Target } from '../inventory/inventory.ts'
import { phaseOf } from '../plan/deployment-status.ts'
import { humanTime } from '../text.ts'
import type { PollLoad } from './context.ts'
import type { Emit } from './events.ts'
import { type ExpectedEnd, pollDelay } from './poll-schedule.ts'
import type { DeploymentState, Deployments, ServedDeployments } from './ports.ts'
import { type FollowedState, readStates } from './read-states.ts'
import { crashGrace, settledAt } from './settle.ts'

/** The result of following a deployment. */
export type PollResult =
  /** It is no longer under way. `at` is when that was read, `settledAt` when it counts. */
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

interface Followed extends ExpectedEnd {
  readonly target: ServiceTarget
  readonly id: string
  readonly crashGrace: number
  notLiveAt: number
  served: ServedDeployments | null
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
  /** Returns the failure of a token that is not valid any more; `null` as far as is known. */
  readonly invalidToken: () => Failure | null
}

/** The shortest time between two polls for the end of a grace, in milliseconds. */
const shortestGrace = 3_000

/** The greatest assumed age of a deployment under way, in milliseconds. */
const longestStart = 3_600_000

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
  /** Ids of deployments whose state Railway refuses to tell, also of those that are given up. */
  readonly #refused = new Set<string>()
  /** Polls in a row that told states of deployments and not what their services serve. */
  #servedMissing = 0
  #running = false
  #polls = 0

  constructor(ports: PollerDeps) {
    this.#ports = ports
  }

  /**
   * Resolves when the deployment is finished, or when waiting for it has ended. In a new environment (`isFresh`),
   * services may crash until their databases are up.
   */
  follow(target: ServiceTarget, id: string, isFresh = false): Promise<PollResult> {
    const now = this.#ports.clock.now()
    const result = new Promise<PollResult>((resolve, reject) => {
      this.#followed.set(id, {
        target,
        id,
        ...expectedEnd(target, id, now),
        crashGrace: crashGrace(target, isFresh),
        notLiveAt: now,
        served: null,
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
    const followed = [...this.#followed.values()]
    const decides = this.#ports.decides()
    const usual = pollDelay({ now: since, polls: this.#polls, decides, followed })
    // A grace that is over ended without an answer. It is no reason to poll more often.
    const graceEnds = followed
      .flatMap(({ crash, crashGrace: grace }) => (crash ? crash.since + grace - since : []))
      .filter((left) => left > 0)
    return Math.max(shortestGrace, Math.min(usual, ...graceEnds))
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
    const states = await readStates(
      followed.map(({ target, id, status, refusedAt }) => {
        return { target, id, seen: status !== null, refusedAt }
      }),
      this.#reader(),
    )
    const now = clock.now()
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
   * Ends those whose service was deleted: neither it nor the deployment can be read any more. The first whose service is
   * still there ends the lookups until the next poll: then Railway shows new deployments late.
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

  /** Reads by ids alone once Railway has told single deployments and not what services serve. */
  #reader(): Pick<Deployments, 'served' | 'states'> {
    const { deployments } = this.#ports
    if (this.#servedMissing < believedMissing) return deployments
    return { served: async () => null, states: (ids) => deployments.states(ids) }
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
    else if (phase === 'going' || phase === 'blocked' || phase === 'unknown')
      followed.notLiveAt = now
    else this.#end(followed, finished(followed, state, now))
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
  const { startedAt, notLiveAt, served } = followed
  const settled = settledAt(state, { startedAt, notLiveAt, seenAt })
  return { kind: 'finished', state, at: seenAt, settledAt: settled, served }
}

/** Returns the start and the duration of a deployment, by the clock and the history of its service. */
function expectedEnd({ instance }: ServiceTarget, id: string, now: number): ExpectedEnd {
  const known = [instance.latest, ...instance.active].flatMap((one) => one ?? [])
  const previous = known.find((one) => one.id !== id && one.took !== undefined)
  const adopted = known.find((one) => one.id === id)
  const startedAt = adopted ? Date.parse(adopted.createdAt) : now
  const isPlausible = startedAt <= now && startedAt > now - longestStart
  return { startedAt: isPlausible ? startedAt : now, expected: previous?.took ?? null }
}

/** Adds to a rejection that its object was there before. */
function deletedMeanwhile(refusal: Failure, target: ServiceTarget): Failure {
  if (refusal.code !== 'operation-not-permitted') return refusal
  const presence = { kind: 'deleted', what: 'deployment', at: locationOf(target) } as const
  return failure('operation-not-permitted', { ...refusal.facts, presence })
}
