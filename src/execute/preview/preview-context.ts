import { failure } from '../../errors/codes.ts'
import { locationOf, type Target } from '../../inventory/inventory.ts'
import type { Step, StepEnvironment } from '../../plan/plan.ts'
import type { ServiceChange } from '../../plan/preview/spec.ts'
import type { SecretValues } from '../../plan/secret-values.ts'
import { humanTime } from '../../text.ts'
import { type ChangeQueue, isNotStarted } from '../change-queue.ts'
import type { ExecutePorts } from '../context.ts'
import type { MutationResult } from '../mutation-result.ts'
import { secretsOf } from '../secrets.ts'
import type { EnvironmentPlace, PreviewState, Previews, ServiceChangeValues } from './ports.ts'
import { cancelled, PreviewStepError, StepNotStarted } from './step-error.ts'

/** The context of one preview step: its ports, its changes, and its waits. */
export class PreviewContext {
  readonly step: Step
  readonly ports: ExecutePorts
  readonly #queue: ChangeQueue
  readonly #secrets: SecretValues
  #notedAt: number
  #changing = false
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

  /** Adds the values to a change that names variables. */
  withValues({ variables, ...change }: ServiceChange): ServiceChangeValues {
    if (!variables) return change
    return { ...change, variables: secretsOf(this.step.id, variables, this.#secrets) }
  }

  /**
   * Makes a {@link change} that the step cannot do without. `ends`: its failure ends the step, which is reported to the
   * queue at once.
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

  /** Makes a change when the queue reaches it. Throws {@link StepNotStarted} if the run has to stop. */
  async change<Result>(make: () => Promise<Result>): Promise<Result> {
    const result = await this.#queue.run(this.step, make)
    if (isNotStarted(result)) throw new StepNotStarted(result.notStarted)
    this.#changing = true
    return result
  }

  /**
   * Reads the present state of the preview; `null` if it was not answered. Errors of reading are retried until Railway
   * has rejected it for so long that it always will, or until it is known that the preview was deleted.
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
    // What is new may not be found for a while; what was read before is.
    if (this.#wasRead && now - this.#rejectedSince >= goneAfter) {
      const gone = await this.previews.deleted(place)
      if (gone) throw new PreviewStepError('failed', 'somebody deleted the preview meanwhile', gone)
    }
    if (now - this.#rejectedSince <= unreadableAfter) return null
    const status = this.#changing ? 'unknown' : 'refused'
    throw new PreviewStepError(status, 'Railway does not let this token read it', reading.failure)
  }

  /** Waits. Throws if the job was cancelled or `timeout` has passed, with what was waited for. */
  async wait(milliseconds: number, waitingFor: string): Promise<void> {
    const { clock, signal, deadline } = this.ports
    // The read before this wait may have found the token invalid.
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
    const status = this.#changing ? 'unknown' : 'refused'
    throw new PreviewStepError(status, 'the token is no longer valid', invalid)
  }

  /** Writes a line to the log. */
  note(note: string): void {
    this.#notedAt = this.ports.clock.now()
    this.ports.emit({ kind: 'note', target: this.target, note })
  }
}

const heartbeat = 55_000

/** The milliseconds of rejections after which it is looked up whether a preview that was read before is gone. */
const goneAfter = 10_000

/** The milliseconds in which a new preview may be unreadable. One that is unreadable for longer will stay so. */
const unreadableAfter = 120_000

const isFailed = ({ kind }: MutationResult<unknown>) => kind === 'rejected' || kind === 'lost'
