import type { FinishedDeployment } from './finished-deployment.ts'
import { brokenOff, type Outcome } from './outcome.ts'
import type { StepContext } from './step-context.ts'
import { toOutcome } from './to-outcome.ts'

/** A success counts once it has stood this long: a container that ends at once was never live. */
const settleTime = 10_000

/** Looks once more, at all that seem finished: what counts is what serves then, not what was seen before. */
export class Verification {
  readonly #execution: StepContext
  readonly #tell: (outcome: Outcome) => void

  constructor(execution: StepContext, tell: (outcome: Outcome) => void) {
    this.#execution = execution
    this.#tell = tell
  }

  /** An outcome for each, in one request for all of them. */
  async run(finished: readonly FinishedDeployment[]): Promise<Map<FinishedDeployment, Outcome>> {
    const { options, ports } = this.#execution
    const { clock, signal, deployments, deadline } = ports
    if (finished.length === 0) return new Map()
    const settledAt = Math.max(...finished.map(({ seenAt }) => seenAt)) + settleTime
    await clock.sleep(Math.min(settledAt, deadline.at) - clock.now(), signal)
    const read = signal.aborted
      ? Promise.resolve(null)
      : deployments.instances(finished.map(({ step }) => step.target))
    const outcomeOf = async (one: FinishedDeployment, index: number): Promise<Outcome> => {
      try {
        const state = (await read)?.[index]
        return await toOutcome(one, state?.ok ? state.value : null, options, ports)
      } catch (error) {
        const { step, id: deploymentId, startedAt, seenAt: finishedAt } = one
        return { ...brokenOff(step, error), deploymentId, startedAt, finishedAt }
      }
    }
    const outcomes = finished.map(async (one, index) => {
      const outcome = await outcomeOf(one, index)
      this.#tell(outcome)
      return [one, outcome] as const
    })
    return new Map(await Promise.all(outcomes))
  }
}
