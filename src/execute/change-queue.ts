import { failure } from '../errors/codes.ts'
import { locationOf } from '../inventory/inventory.ts'
import type { Step } from '../plan/plan.ts'
import { humanTime } from '../text.ts'
import type { ExecutePorts } from './context.ts'
import { notStarted, type Outcome } from './outcome.ts'

/**
 * The pause after the start of a change, in milliseconds. By its end, the request of that change is in the queue of the
 * rate limiter. The next change then waits behind it.
 */
const pauseAfterStart = 1

/** The ports that the queue needs. */
type ChangeQueuePorts = Pick<ExecutePorts, 'clock' | 'signal' | 'deadline' | 'whenFree'>

/**
 * A queue that starts changes in the order of the calls, as fast as the rate limit allows. A change does not wait for
 * the results of earlier ones. Only the first change of the queue waits for the rate limit. A failure, a cancelled job
 * or a passed deadline therefore stops all others before they send a request.
 */
export class ChangeQueue {
  readonly #failFast: boolean
  readonly #ports: ChangeQueuePorts
  #anyFailed = false
  #pending = 0
  readonly #running = new Set<Step>()
  #tail: Promise<unknown> = Promise.resolve()

  constructor({ failFast }: { failFast: boolean }, ports: ChangeQueuePorts) {
    this.#failFast = failFast
    this.#ports = ports
  }

  /** The number of changes that are in progress or queued. */
  get pending(): number {
    return this.#pending
  }

  /** The steps whose change was started and has no result yet. */
  get running(): readonly Step[] {
    return [...this.#running]
  }

  /** Whether a failure may stop changes that are queued now. */
  get isStoppable(): boolean {
    return this.#failFast && this.#pending > 0
  }

  /** Records a failure. With `fail-fast`, no further change is started. */
  reportFailure(): void {
    this.#anyFailed = true
  }

  /**
   * Runs a change when the queue reaches it, and resolves with its result. Resolves with {@link NotStarted} if the run
   * has to stop before that.
   */
  async run<Result>(step: Step, change: () => Promise<Result>): Promise<Result | NotStarted> {
    this.#pending += 1
    try {
      const { running } = await this.#start(step, change)
      return await running
    } finally {
      this.#pending -= 1
    }
  }

  /** Waits for the changes before it and for the rate limit, and starts a change. */
  #start<Result>(step: Step, change: () => Promise<Result>): Promise<Started<Result>> {
    const { clock, deadline, whenFree } = this.#ports
    const started = this.#tail.then(async (): Promise<Started<Result>> => {
      await whenFree()
      const reason = this.reasonNotToStart(step)
      if (reason) return { running: Promise.resolve({ notStarted: reason }) }
      deadline.startChange()
      return { running: this.#track(step, change) }
    })
    this.#tail = started.then(
      () => clock.sleep(pauseAfterStart),
      () => {},
    )
    return started
  }

  async #track<Result>(step: Step, change: () => Promise<Result>): Promise<Result> {
    this.#running.add(step)
    try {
      return await change()
    } finally {
      this.#running.delete(step)
    }
  }

  /**
   * Returns the outcome of a step that must not be started because the run has to stop; `null` if it may be started.
   */
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

/** A change that was started. A promise of `running` itself would also wait for the result, so it is in an object. */
interface Started<Result> {
  readonly running: Promise<Result | NotStarted>
}

/** The outcome of a step whose change was not started. */
export interface NotStarted {
  readonly notStarted: Outcome
}

/** Returns the outcome of a step that was not started because the job was cancelled. */
export const cancelledBefore = (step: Step) =>
  notStarted(step, 'the job was cancelled before it was started')

/** Returns whether the result of {@link ChangeQueue.run} is the outcome of a step whose change was not started. */
export const isNotStarted = (result: unknown): result is NotStarted =>
  typeof result === 'object' && result !== null && 'notStarted' in result
