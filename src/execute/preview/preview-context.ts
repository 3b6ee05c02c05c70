import { failure } from '../../errors/codes.ts'
import { locationOf, type Target } from '../../inventory/inventory.ts'
import type { Step, StepEnvironment } from '../../plan/plan.ts'
import type { ServiceChange } from '../../plan/preview/spec.ts'
import type { SecretValues } from '../../plan/secret-values.ts'
import { humanTime } from '../../text.ts'
import { type ChangeQueue, isNotStarted } from '../change-queue.ts'
import type { ExecutePorts } from '../context.ts'
import type { MutationResult } from '../mutation-result.ts'
import { secretsOf } from '../step-secrets.ts'
import type { EnvironmentPlace, PreviewState, Previews, ServiceChangeValues } from './ports.ts'
import { cancelled, PreviewStepError, StepNotStarted } from './step-error.ts'

/** The context of one preview step. It makes the step's changes, reads the preview and waits. */
export class PreviewContext {
  readonly step: Step
  readonly ports: ExecutePorts
  readonly #queue: ChangeQueue
  readonly #secrets: SecretValues
  #notedAt: number
  #hasChanged = false
  #rejectedSince: number | null = null
  #wasRead = false

  constructor(step: Step, ports: ExecutePorts, queue: ChangeQueue, secrets: SecretValues) {
    this.step = step
    this.ports = ports
    this.#queue = queue
    this.#secrets = secrets
    this.#notedAt = ports.clock.now()
  }

  get previews(): Previews {
    return this.ports.previews
  }

  get target(): Target<StepEnvironment> {
    return this.step.target
  }

  /** Returns a change with the values of the variables that it names. */
  withValues({ variables, ...change }: ServiceChange): ServiceChangeValues {
    if (!variables) return change
    return { ...change, variables: secretsOf(this.step.id, variables, this.#secrets) }
  }

  /**
   * Makes a {@link change} whose failure ends the step. A result for which `isFatal` holds is reported to the queue at
   * once, so that the next change is not started.
   */
  changeOrFail<Value>(
    make: () => Promise<MutationResult<Value>>,
    isFatal: (result: MutationResult<Value>) => boolean = isFailed,
  ): Promise<MutationResult<Value>> {
    return this.change(async () => {
      const result = await make()
      if (isFatal(result)) this.#queue.reportFailure()
      return result
    })
  }

  /**
   * Makes a change when the queue reaches the step. Throws {@link StepNotStarted} if the run has to stop before that.
   */
  async change<Result>(make: () => Promise<Result>): Promise<Result> {
    const result = await this.#queue.run(this.step, make)
    if (isNotStarted(result)) throw new StepNotStarted(result.notStarted)
    this.#hasChanged = true
    return result
  }

  /**
   * Reads the current state of the preview; `null` if there was no response or a rejection, and the caller may try
   * again. Throws {@link PreviewStepError} if Railway has rejected the reads for too long, or if the preview was
   * deleted.
   */
  async readState(place: EnvironmentPlace): Promise<PreviewState | null> {
    const reading = await this.previews.state(place)
    if (reading === null) return null
    if (reading.ok) {
      this.#rejectedSince = null
      this.#wasRead = true
      return reading.value
    }
    const now = this.ports.clock.now()
    this.#rejectedSince ??= now
    // Railway may not find a new preview for a while. One that was read before is found, unless it was deleted.
    if (this.#wasRead && now - this.#rejectedSince >= existenceCheckAfter) {
      const deleted = await this.previews.deleted(place)
      if (deleted) {
        throw new PreviewStepError('failed', 'the preview was deleted meanwhile', deleted)
      }
    }
    if (now - this.#rejectedSince <= unreadableAfter) return null
    const status = this.#hasChanged ? 'unknown' : 'refused'
    throw new PreviewStepError(
      status,
      'Railway does not allow this token to read it',
      reading.failure,
    )
  }

  /**
   * Waits, at most until the deadline. `waitingFor` completes "still waiting for …" in messages. Throws {@link
   * PreviewStepError} if the job was cancelled, the token is no longer valid, or the deadline has passed.
   */
  async wait(milliseconds: number, waitingFor: string): Promise<void> {
    const { clock, signal, deadline } = this.ports
    // The read before this wait may have found that the token is invalid.
    this.#throwIfTokenIsInvalid()
    const left = Math.max(0, deadline.at - clock.now())
    await clock.sleep(Math.min(milliseconds, left), signal)
    if (signal.aborted) throw cancelled()
    this.#throwIfTokenIsInvalid()
    if (clock.now() - this.#notedAt >= heartbeat) this.note(`still waiting for ${waitingFor}`)
    if (!deadline.passed) return
    const waited = humanTime(deadline.timeout)
    const late = failure('deployment-timeout', {
      ...locationOf(this.target),
      status: `waiting for ${waitingFor}`,
      waited,
    })
    throw new PreviewStepError('timed-out', `still waiting for ${waitingFor} after ${waited}`, late)
  }

  #throwIfTokenIsInvalid(): void {
    const invalid = this.ports.invalidToken()
    if (!invalid) return
    const status = this.#hasChanged ? 'unknown' : 'refused'
    throw new PreviewStepError(status, 'the token is no longer valid', invalid)
  }

  /** Emits a note about the step. */
  note(note: string): void {
    this.#notedAt = this.ports.clock.now()
    this.ports.emit({ kind: 'note', target: this.target, note })
  }
}

/** The milliseconds without a note after which a wait emits one. */
const heartbeat = 55_000

/** The milliseconds of rejections after which the run looks up whether a preview that was read before is deleted. */
const existenceCheckAfter = 10_000

/** The milliseconds of rejections after which a preview is reported as unreadable. A new one may need a while. */
const unreadableAfter = 120_000

const isFailed = ({ kind }: MutationResult<unknown>) => kind === 'rejected' || kind === 'lost'
