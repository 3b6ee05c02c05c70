import type { Named } from '../named.ts'
import type { AdoptStep, StartingStep } from '../plan/plan.ts'
import type { Outcome } from './outcome.ts'
import type { DeploymentState } from './ports.ts'
import type { StepContext } from './step-context.ts'
import { toOutcome } from './to-outcome.ts'

/** A deployment that is no longer under way. Times are milliseconds since the epoch. */
export interface FinishedDeployment {
  readonly step: StartingStep<Named> | AdoptStep<Named>
  readonly id: string
  readonly startedAt: number
  readonly seenAt: number
  readonly state: DeploymentState
}

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
    const looks = signal.aborted
      ? null
      : await deployments.instances(finished.map(({ step }) => step.target))
    const outcomes = finished.map(async (one, index) => {
      const look = looks?.[index]
      const outcome = await toOutcome(one, look?.ok ? look.value : null, options, ports)
      this.#tell(outcome)
      return [one, outcome] as const
    })
    return new Map(await Promise.all(outcomes))
  }
}
