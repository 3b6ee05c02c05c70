import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import { failure } from '../errors/codes.ts'
import { locationOf } from '../inventory/inventory.ts'
import type { Step } from '../plan/plan.ts'
import { humanTime } from '../text.ts'
import { notStarted, type Outcome } from './outcome.ts'

/** Changes that are made at once without a limit of the workflow's own. */
const mostChanges = 8

/** Lets as many changes be made at once as `max-parallel` says, and none once the run has to stop. */
export class ChangeQueue {
  readonly #limit: ReturnType<typeof pLimit>
  readonly #failFast: boolean
  readonly #ports: { clock: Clock; signal: AbortSignal; deadline: Deadline }
  #anyFailed = false

  constructor(
    options: { maxParallel: number | null; failFast: boolean },
    ports: { clock: Clock; signal: AbortSignal; deadline: Deadline },
  ) {
    this.#limit = pLimit(options.maxParallel ?? mostChanges)
    this.#failFast = options.failFast
    this.#ports = ports
  }

  /** Changes that are being made or have yet to be. */
  get pending(): number {
    return this.#limit.pendingCount + this.#limit.activeCount
  }

  /** Something has failed: with `fail-fast`, nothing new is started from now on. */
  reportFailure(): void {
    this.#anyFailed = true
  }

  /** Makes a change when its turn comes, or answers why it is not made. */
  run<Result>(step: Step, change: () => Promise<Result>): Promise<Result | NotStarted> {
    return this.#limit(async () => {
      const reason = this.#reasonNotTo(step)
      if (reason) return { notStarted: reason }
      this.#ports.deadline.begin()
      return change()
    })
  }

  #reasonNotTo(step: Step): Outcome | null {
    const { signal, deadline } = this.#ports
    if (signal.aborted) return cancelledBefore(step)
    if (this.#anyFailed && this.#failFast) {
      return notStarted(step, 'an earlier failure stopped the run (`fail-fast`)')
    }
    if (!deadline.passed) return null
    const waited = humanTime(deadline.timeout)
    const facts = { ...locationOf(step.target), status: null, waited }
    const late = failure('deployment-timeout', facts)
    return notStarted(step, `\`timeout\` (${waited}) ran out before its turn came`, late)
  }
}

/** A change that was not made, as the outcome of its step. */
export interface NotStarted {
  readonly notStarted: Outcome
}

export const cancelledBefore = (step: Step) =>
  notStarted(step, 'the job was cancelled before its turn came')

/** Tells {@link NotStarted} from what a change brought. */
export const isNotStarted = (result: unknown): result is NotStarted =>
  typeof result === 'object' && result !== null && 'notStarted' in result
