import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import type { Failure } from '../errors/codes.ts'
import type { ServiceTarget, Target } from '../inventory/inventory.ts'
import { isLive } from '../plan/deployment-status.ts'
import type { Emit } from './events.ts'
import { FollowedDeployment, type FollowOptions } from './poller/followed-deployment.ts'
import { LiveDeployments, type ServedReading } from './poller/live-deployments.ts'
import type { PollResult } from './poller/poll-result.ts'
import { PollTimer, type PollTimerPorts } from './poller/poll-timer.ts'
import { readStates, type StateReading } from './poller/read-states.ts'
import type { Deployments, ReadResult, ServedDeployments } from './ports.ts'

/** A wait for the result of a deployment. */
interface Wait {
  readonly deployment: FollowedDeployment
  resolve(result: PollResult): void
  reject(error: unknown): void
}

/** The ports that the poller needs. */
export interface PollerPorts extends PollTimerPorts {
  readonly deployments: Pick<Deployments, 'served' | 'states' | 'deleted'>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadline: Deadline
  readonly emit: Emit
  /** Returns the number of deployments that one request reads. */
  readonly batchSize: () => number
  /** Returns the failure if the token is known to be no longer valid, or else `null`. */
  readonly invalidToken: () => Failure | null
  /** Returns the failure if the rate limit permits no further request before the deadline, or else `null`. */
  readonly spentLimit: () => Failure | null
}

/** The number of rejected deployments with which the deployments that were not requested count as rejected, too. */
const enoughRefusals = 3

/**
 * The pause in milliseconds between a lookup that found a service and the next lookup of a service whose deployment is
 * rejected.
 */
const trustedAfterLookup = 30_000

/**
 * The number of polls in a row without the newest and active deployments of services, after which the poller does not
 * request them any more.
 */
const maxPollsWithoutServed = 2

/**
 * A poller that follows all deployments of the run together, with one poll at a time. If a poll gets no response, the
 * next poll tries again, until `timeout`.
 */
export class DeploymentPoller {
  readonly #ports: PollerPorts
  readonly #timer: PollTimer
  readonly #waits = new Map<string, Wait>()
  readonly #live = new LiveDeployments()
  /** The ids of deployments for which Railway rejected the last request. They may have ended. */
  readonly #refused = new Set<string>()
  /**
   * The number of successive polls that read the state of at least one deployment, but the newest and active deployments
   * of no service.
   */
  #pollsWithoutServed = 0
  /** The time of the last lookup that found a service, in milliseconds since the epoch. */
  #existedAt = -Infinity
  #isRunning = false

  constructor(ports: PollerPorts) {
    this.#ports = ports
    this.#timer = new PollTimer(ports, {
      followed: () => this.#followed(),
      longestDuration: () => this.#live.longestDuration,
    })
  }

  /** Resolves when the deployment is finished, or when the wait for it has ended. */
  follow(target: ServiceTarget, id: string, options: FollowOptions = {}): Promise<PollResult> {
    const { clock, emit } = this.#ports
    const deployment = new FollowedDeployment(target, id, options, clock.now(), emit)
    const result = new Promise<PollResult>((resolve, reject) => {
      this.#waits.set(id, { deployment, resolve, reject })
    })
    if (!this.#isRunning) void this.#run().catch((error) => this.#rejectAll(error))
    return result
  }

  /**
   * Returns the result of the last read of a service whose deployment went live; `null` if there is none. Polls for
   * other deployments also read this service, until {@link release} is called.
   */
  lastReading(id: string): ServedReading | null {
    return this.#live.readingOf(id)
  }

  /** Stops the reads of the service of a deployment that went live. */
  release(id: string): void {
    this.#live.remove(id)
  }

  /** Returns the deployments that are not finished, with the status that was read last. */
  waiting(): { target: Target; status: string }[] {
    return this.#followed().map(({ target, status }) => ({ target, status: status ?? 'started' }))
  }

  #followed(): FollowedDeployment[] {
    return [...this.#waits.values()].map(({ deployment }) => deployment)
  }

  async #run(): Promise<void> {
    const { clock, signal, deadline } = this.#ports
    this.#isRunning = true
    this.#timer.restart()
    while (this.#waits.size > 0) {
      await this.#timer.wait()
      if (!signal.aborted) await this.#poll()
      if (!signal.aborted) await this.#endDeleted()
      if (signal.aborted) this.#endAll(({ status }) => ({ kind: 'cancelled', status }))
      else if (deadline.passed) this.#endAll((one) => one.timedOut(clock.now()))
    }
    this.#isRunning = false
  }

  /** Rejects all waits with the unexpected error that has ended the polling. */
  #rejectAll(error: unknown): void {
    this.#isRunning = false
    const waits = [...this.#waits.values()]
    this.#waits.clear()
    for (const { reject } of waits) reject(error)
  }

  async #poll(): Promise<void> {
    const { clock, emit, batchSize, deployments, invalidToken, spentLimit } = this.#ports
    const followed = this.#followed()
    const live = this.#live.readableWith(followed.length, batchSize())
    // The time before the requests: a response may be slow, and the states may take several requests.
    const requestedAt = clock.now()
    const served = await this.#readServed([...followed, ...live])
    const readings = await readStates(followed, served, deployments)
    for (const [index, one] of live.entries()) {
      this.#live.record(one, served?.[followed.length + index], requestedAt)
    }
    const invalid = invalidToken()
    if (invalid) return this.#endAll(() => ({ kind: 'unreadable', failure: invalid }))
    if (readings === null) {
      const spent = spentLimit()
      if (spent) return this.#endAll(() => ({ kind: 'unreadable', failure: spent }))
      const oldest = Math.min(...followed.map(({ lastReadAt }) => lastReadAt))
      return emit({ kind: 'no-response', milliseconds: clock.now() - oldest })
    }
    this.#countServed(readings)
    const isServedRefused = (index: number) => served?.[index]?.ok === false
    this.#record(followed, readings, { requestedAt, isServedRefused })
  }

  /**
   * Reads the newest and active deployments of services. Resolves with `null` if there was no response. Sends no
   * request and resolves with `null` if {@link maxPollsWithoutServed} polls read deployments but no service.
   */
  async #readServed(
    of: readonly { readonly target: ServiceTarget }[],
  ): Promise<readonly ReadResult<ServedDeployments>[] | null> {
    if (this.#pollsWithoutServed >= maxPollsWithoutServed) return null
    return this.#ports.deployments.served(of.map(({ target }) => target))
  }

  #countServed(readings: readonly (StateReading | null)[]): void {
    if (readings.some((one) => one?.served)) this.#pollsWithoutServed = 0
    else if (readings.some((one) => one?.state.ok)) this.#pollsWithoutServed += 1
  }

  /**
   * Records the results of a poll. `isServedRefused` returns whether Railway rejected the request for the deployments
   * of the service of the followed deployment at this index.
   */
  #record(
    followed: readonly FollowedDeployment[],
    readings: readonly (StateReading | null)[],
    {
      requestedAt,
      isServedRefused,
    }: { requestedAt: number; isServedRefused: (index: number) => boolean },
  ): void {
    const now = this.#ports.clock.now()
    for (const [index, one] of followed.entries()) {
      const reading = readings[index]
      if (!reading) continue
      const { state, served } = reading
      one.recordServed(served, requestedAt)
      if (state.ok) {
        this.#refused.delete(one.id)
        const result = one.recordState(state.value, now)
        if (result && isLive(state.value.status)) this.#live.add(one, state.value.took)
        this.#end(one, result)
      } else {
        this.#refused.add(one.id)
        this.#end(one, one.recordRefusal(state.failure, now))
      }
    }
    const refusal = readings.flatMap((one) => (one && !one.state.ok ? one.state.failure : []))[0]
    if (!refusal) return
    const isEnough = this.#refused.size >= enoughRefusals
    for (const [index, one] of followed.entries()) {
      if (readings[index] || !(isEnough || isServedRefused(index))) continue
      this.#end(one, one.presumeRefused(refusal, now))
    }
  }

  /**
   * Ends the waits for deployments whose service was deleted. The lookups end with the first service that still exists.
   * In that case Railway only shows new deployments late, and the next poll tries again.
   */
  async #endDeleted(): Promise<void> {
    const { clock, deployments } = this.#ports
    if (clock.now() - this.#existedAt < trustedAfterLookup) return
    for (const one of this.#followed()) {
      if (!one.mayBeDeleted(clock.now())) continue
      const failure = await deployments.deleted(one.target, 'follow-deployment')
      if (!failure) {
        this.#existedAt = clock.now()
        return
      }
      this.#end(one, { kind: 'unreadable', failure })
    }
  }

  #endAll(resultOf: (one: FollowedDeployment) => PollResult): void {
    for (const one of this.#followed()) this.#end(one, resultOf(one))
  }

  /** Ends the wait for a deployment if there is a result. */
  #end({ id }: FollowedDeployment, result: PollResult | null): void {
    if (result === null) return
    const wait = this.#waits.get(id)
    this.#waits.delete(id)
    wait?.resolve(result)
  }
}
