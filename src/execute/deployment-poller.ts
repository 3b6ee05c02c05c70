import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import { type Failure, failure } from '../errors/codes.ts'
import type { ServiceTarget, Target } from '../inventory/inventory.ts'
import { phaseOf } from '../plan/deployment-status.ts'
import type { Emit } from './events.ts'
import type { DeploymentState, Deployments } from './ports.ts'
import { readStates } from './read-states.ts'

/** How following a deployment ended. */
export type PollResult =
  /** It is no longer under way; `at` is when that was seen. */
  | { readonly kind: 'finished'; readonly state: DeploymentState; readonly at: number }
  /** `timeout` ran out; `silentFor` milliseconds had passed without an answer about it. */
  | { readonly kind: 'timed-out'; readonly status: string | null; readonly silentFor: number }
  /** Railway lets us start it but not look at it. */
  | { readonly kind: 'unreadable'; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly status: string | null }

interface Followed {
  readonly target: ServiceTarget
  readonly id: string
  status: string | null
  answeredAt: number
  refusedSince: number | null
  resolve(seen: PollResult): void
  reject(error: unknown): void
}

/** What following needs. */
export interface PollerDeps {
  readonly deployments: Deployments
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadline: Deadline
  readonly emit: Emit
  /** The least milliseconds between polls of so many deployments that the budget allows. */
  readonly minPollInterval: (deployments: number) => number
  /** The failure that the token is not valid any more; `null` as far as is known. */
  readonly invalidToken: () => Failure | null
}

const firstInterval = 5_000
const longestInterval = 30_000
const growth = 1.3

/** A new deployment may not be readable at once; one that is not after this long never will be. */
const unreadableAfter = 120_000

/** One that was readable before is gone after this long. */
const goneAfter = 10_000

/**
 * Follows the deployments that the run started, all of them with one poll at a time and at intervals
 * that grow. Trouble with reading never decides anything: the next poll tries again, until `timeout`.
 */
export class DeploymentPoller {
  readonly #ports: PollerDeps
  readonly #followed = new Map<string, Followed>()
  #running = false
  #polls = 0

  constructor(ports: PollerDeps) {
    this.#ports = ports
  }

  /** Resolves when the deployment is finished, or waiting for it is over. */
  follow(target: ServiceTarget, id: string): Promise<PollResult> {
    const now = this.#ports.clock.now()
    const seen = new Promise<PollResult>((resolve, reject) => {
      this.#followed.set(id, {
        target,
        id,
        status: null,
        answeredAt: now,
        refusedSince: null,
        resolve,
        reject,
      })
    })
    if (!this.#running) void this.#run().catch((error) => this.#rejectAll(error))
    return seen
  }

  /** What is being waited for, for the heartbeat. */
  waiting(): { target: Target; status: string }[] {
    return [...this.#followed.values()].map(({ target, status }) => ({
      target,
      status: status ?? 'started',
    }))
  }

  async #run(): Promise<void> {
    const { clock, signal, deadline } = this.#ports
    this.#running = true
    while (this.#followed.size > 0) {
      const left = Math.max(0, deadline.at - clock.now())
      await clock.sleep(Math.min(this.#interval(), left), signal)
      if (!signal.aborted) await this.#poll()
      if (signal.aborted) this.#giveUp(({ status }) => ({ kind: 'cancelled', status }))
      else if (deadline.passed) this.#giveUp((followed) => this.#late(followed))
    }
    this.#running = false
  }

  /** Ends all waiting after a defect: nobody would poll for them any more. */
  #rejectAll(error: unknown): void {
    this.#running = false
    const followed = [...this.#followed.values()]
    this.#followed.clear()
    for (const one of followed) one.reject(error)
  }

  #interval(): number {
    const usual = Math.min(longestInterval, firstInterval * growth ** this.#polls)
    this.#polls += 1
    return Math.max(usual, this.#ports.minPollInterval(this.#followed.size))
  }

  async #poll(): Promise<void> {
    const { deployments, clock, emit } = this.#ports
    const followed = [...this.#followed.values()]
    const states = await readStates(
      followed.map(({ target, id, status }) => ({ target, id, seen: status !== null })),
      deployments,
    )
    const now = clock.now()
    const invalid = this.#ports.invalidToken()
    if (invalid) return this.#giveUp(() => ({ kind: 'unreadable', failure: invalid }))
    if (states === null) {
      const oldest = Math.min(...followed.map(({ answeredAt }) => answeredAt))
      return emit({ kind: 'silence', milliseconds: now - oldest })
    }
    followed.forEach((one, index) => {
      const look = states[index]
      if (look?.ok) this.#take(one, look.value, now)
      else if (look) this.#miss(one, look.failure, now)
    })
  }

  #miss(followed: Followed, failure: Failure, now: number): void {
    followed.refusedSince ??= now
    const refusedFor = now - followed.refusedSince
    if (followed.status !== null && refusedFor >= goneAfter) {
      this.#end(followed, { kind: 'unreadable', failure: deletedMeanwhile(failure) })
    } else if (refusedFor > unreadableAfter) {
      this.#end(followed, { kind: 'unreadable', failure })
    }
  }

  #take(followed: Followed, state: DeploymentState, now: number): void {
    followed.answeredAt = now
    followed.refusedSince = null
    if (state.status !== followed.status) {
      const { target, id: deploymentId, status: from } = followed
      this.#ports.emit({ kind: 'state', target, deploymentId, from, to: state.status })
      followed.status = state.status
    }
    const phase = phaseOf(state.status)
    if (phase !== 'going' && phase !== 'blocked' && phase !== 'unknown') {
      this.#end(followed, { kind: 'finished', state, at: now })
    }
  }

  #late({ status, answeredAt }: Followed): PollResult {
    return { kind: 'timed-out', status, silentFor: this.#ports.clock.now() - answeredAt }
  }

  #giveUp(how: (followed: Followed) => PollResult): void {
    for (const followed of [...this.#followed.values()]) this.#end(followed, how(followed))
  }

  #end(followed: Followed, seen: PollResult): void {
    this.#followed.delete(followed.id)
    followed.resolve(seen)
  }
}

/** Adds to a refusal that its object was there before. */
const deletedMeanwhile = (refusal: Failure): Failure =>
  refusal.code === 'operation-not-permitted'
    ? failure('operation-not-permitted', { ...refusal.facts, exists: false })
    : refusal
