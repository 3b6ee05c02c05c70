import type { Clock } from '../../clock.ts'
import type { Deadline } from '../../deadline.ts'
import type { ServiceTarget } from '../../inventory/inventory.ts'
import type { PollLoad } from '../context.ts'
import type { FollowedDeployment } from './followed-deployment.ts'
import { type ExpectedEnd, pollDelay } from './poll-schedule.ts'
import { stabilizationTime } from './stability.ts'

/** The ports that the timer needs. */
export interface PollTimerPorts {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadline: Pick<Deadline, 'at'>
  /** Returns the number of changes that are still to be made. */
  readonly pending: () => number
  /** Returns whether the result of a followed deployment may start or stop further steps. */
  readonly affectsFurtherSteps: () => boolean
  /** Returns the shortest poll interval, in milliseconds, that the remaining request budget allows. */
  readonly minPollInterval: (load: PollLoad) => number
}

/** The deployments on which the times of the polls depend. */
export interface PolledDeployments {
  /** Returns the deployments that are followed now. */
  readonly followed: () => readonly FollowedDeployment[]
  /** Returns the longest duration of a deployment that went live, in milliseconds; `null` if none is known. */
  readonly longestDuration: () => number | null
}

/** The minimum interval before a poll at the end of the time to recover from a crash, in milliseconds. */
const minRecoveryInterval = 3_000

/** A timer that waits for the time of the next poll, according to {@link pollDelay} and the request budget. */
export class PollTimer {
  readonly #ports: PollTimerPorts
  readonly #deployments: PolledDeployments
  /** The number of polls since the last {@link restart}. */
  #polls = 0

  constructor(ports: PollTimerPorts, deployments: PolledDeployments) {
    this.#ports = ports
    this.#deployments = deployments
  }

  /** Starts the schedule again. Its first intervals are the shortest. */
  restart(): void {
    this.#polls = 0
  }

  /**
   * Waits for the time of the next poll, at most until the deadline or until the run stops. The time is computed again
   * when it is reached, because deployments that were started in the meantime may delay it.
   */
  async wait(): Promise<void> {
    const { clock, signal, deadline } = this.#ports
    const since = clock.now()
    const permittedAt = since + this.#minInterval(since)
    for (;;) {
      const due = Math.max(permittedAt, since + this.#interval(since))
      const left = Math.min(due, deadline.at) - clock.now()
      if (left <= 0 || signal.aborted) break
      await clock.sleep(left, signal)
    }
    this.#polls += 1
  }

  /** Returns the milliseconds from the last poll, at `since`, to the next one. */
  #interval(since: number): number {
    const followed = this.#deployments.followed()
    const expected = followed.map((one) => this.#expectedEnd(one))
    const affectsFurtherSteps = this.#ports.affectsFurtherSteps()
    const times = { now: since, polls: this.#polls, affectsFurtherSteps, followed: expected }
    const usual = pollDelay(times)
    // After the time to recover, a deployment is still followed only if it could not be read: no reason to poll sooner.
    const recoveries = followed
      .flatMap(({ recoversUntil }) => (recoversUntil === null ? [] : recoversUntil - since))
      .filter((left) => left > 0)
    return Math.max(minRecoveryInterval, Math.min(usual, ...recoveries))
  }

  #expectedEnd({ target, startedAt, expected }: FollowedDeployment): ExpectedEnd {
    const took = expected ?? this.#deployments.longestDuration()
    const stabilization = took === null ? null : expectedStabilization(target, took)
    return { startedAt, expected, stabilization }
  }

  #minInterval(now: number): number {
    const { deadline, pending, minPollInterval } = this.#ports
    const followed = this.#deployments.followed()
    const since = Math.min(now, ...followed.map(({ startedAt }) => startedAt))
    const load = { pending: pending(), deployments: followed.length, since, until: deadline.at }
    return minPollInterval(load)
  }
}

const expectedStabilization = (target: ServiceTarget, took: number) => ({
  from: took,
  to: took + stabilizationTime(target, took),
})
