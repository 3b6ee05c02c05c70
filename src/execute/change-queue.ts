import { failure } from '../errors/codes.ts'
import { locationOf } from '../inventory/inventory.ts'
import type { Step } from '../plan/plan.ts'
import { humanTime } from '../text.ts'
import type { ExecutePorts } from './context.ts'
import { notStarted, type Outcome } from './outcome.ts'

/** The time that a started change needs to reach the rate limiter, in milliseconds. */
const headStart = 1

/** The parts of the run that the queue needs. */
type ChangeQueuePorts = Pick<ExecutePorts, 'clock' | 'signal' | 'deadline' | 'whenFree'>

/**
 * A queue that begins changes in order, as fast as the rate limit allows. It begins none once the run has to stop. A
 * change does not wait for the answers to earlier ones. Only one change at a time waits for the rate limiter, so that a
 * failure stops all others.
 */
export class ChangeQueue {
  readonly #failFast: boolean
  readonly #ports: ChangeQueuePorts
  #anyFailed = false
  #pending = 0
  #tail: Promise<unknown> = Promise.resolve()

  constructor({ failFast }: { failFast: boolean }, ports: ChangeQueuePorts) {
    this.#failFast = failFast
    this.#ports = ports
  }

  /** The number of changes that are in progress or queued. */
  get pending(): number {
    return this.#pending
  }

  /** Whether a failure would stop queued changes. */
  get isStoppable(): boolean {
    return this.#failFast && this.#pending > 0
  }

  /** Records that something has failed: with `fail-fast`, nothing new is started from now on. */
  reportFailure(): void {
    this.#anyFailed = true
  }

  /** Runs a change when the queue reaches it, or returns why the change was not started. */
  async run<Result>(step: Step, change: () => Promise<Result>): Promise<Result | NotStarted> {
    this.#pending += 1
    try {
      const { begun } = await this.#begin(step, change)
      return await begun
    } finally {
      this.#pending -= 1
    }
  }

  #begin<Result>(step: Step, change: () => Promise<Result>): Promise<Begun<Result>> {
    const { clock, deadline, whenFree } = this.#ports
    const turn = this.#tail.then(async (): Promise<Begun<Result>> => {
      await whenFree()
      const reason = this.reasonNotToStart(step)
      if (reason) return { begun: Promise.resolve({ notStarted: reason }) }
      deadline.begin()
      return { begun: change() }
    })
    this.#tail = turn.then(
      () => clock.sleep(headStart),
      () => {},
    )
    return turn
  }

  /** Returns the outcome of a step that must not begin any more; `null` if it may. */
  reasonNotToStart(step: Step): Outcome | null {
    const { signal, deadline } = this.#ports
    if (signal.aborted) return cancelledBefore(step)
    if (this.#anyFailed && this.#failFast) {
      return notStarted(step, 'an earlier failure stopped the run (`fail-fast`)')
    }
    if (!deadline.passed) return null
    const waited = humanTime(deadline.timeout)
    const facts = { ...locationOf(step.target), status: null, waited }
    const late = failure('deployment-timeout', facts)
    return notStarted(step, `\`timeout\` (${waited}) passed before it could be started`, late)
  }
}

/** A change that has begun, in an object because a promise of a promise is one promise. */
interface Begun<Result> {
  readonly begun: Promise<Result | NotStarted>
}

/** A change that was not made, as the outcome of its step. */
export interface NotStarted {
  readonly notStarted: Outcome
}

export const cancelledBefore = (step: Step) =>
  notStarted(step, 'the job was cancelled before it was started')

/** Distinguishes {@link NotStarted} from the result of a change. */
export const isNotStarted = (result: unknown): result is NotStarted =>
  typeof result === 'object' && result !== null && 'notStarted' in result
