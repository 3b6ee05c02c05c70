import { assess } from './assess.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import { withHealthCheck } from './health-check.ts'
import { brokenOff, type Outcome } from './outcome.ts'
import type { Deployments, InstanceState } from './ports.ts'
import { requestedRevision } from './revision-match.ts'
import type { StepContext } from './step-context.ts'
import { toOutcome } from './to-outcome.ts'

/** A success counts once it has stood this long: a container that ends at once was never live. */
const settleTime = 10_000

/** Deployments of the same commit or image that may replace each other while they are followed. */
const mostHops = 5

/** What services serve now, in their order; `null` if nothing was answered. */
type InstanceReadings = Awaited<ReturnType<Deployments['instances']>>

/** Deployments that are looked at in one request. */
interface VerifiedTogether {
  readonly members: FinishedDeployment[]
  readonly read: Promise<InstanceReadings>
}

/** Looks once more, at all that seem finished: what counts is what serves then, not what was seen before. */
export class Verification {
  readonly #execution: StepContext
  readonly #tell: (outcome: Outcome) => void
  /** Those that wait to be looked at, by when they were seen to be finished. */
  readonly #groups = new Map<number, VerifiedTogether>()

  constructor(execution: StepContext, tell: (outcome: Outcome) => void) {
    this.#execution = execution
    this.#tell = tell
  }

  /** Returns an outcome for each, after one request for all of them. */
  async run(finished: readonly FinishedDeployment[]): Promise<Map<FinishedDeployment, Outcome>> {
    if (finished.length === 0) return new Map()
    await this.#settle(Math.max(...finished.map(({ seenAt }) => seenAt)))
    const read = this.#read(finished)
    const outcomes = finished.map(
      async (one, index) => [one, await this.#judge(one, read, index)] as const,
    )
    return new Map(await Promise.all(outcomes))
  }

  /** Returns the outcome of one that others wait for, after one request with those that were seen at the same time. */
  soon(one: FinishedDeployment): Promise<Outcome> {
    const { seenAt } = one
    const group = this.#groups.get(seenAt) ?? this.#startGroup(seenAt)
    const index = group.members.push(one) - 1
    return this.#judge(one, group.read, index)
  }

  #startGroup(seenAt: number): VerifiedTogether {
    const members: FinishedDeployment[] = []
    const read = this.#settle(seenAt).then(() => {
      this.#groups.delete(seenAt)
      return this.#read(members)
    })
    const group = { members, read }
    this.#groups.set(seenAt, group)
    return group
  }

  async #read(finished: readonly FinishedDeployment[]): Promise<InstanceReadings> {
    const { signal, deployments } = this.#execution.ports
    if (signal.aborted) return null
    return deployments.instances(finished.map(({ step }) => step.target))
  }

  /** Judges a deployment by what its service serves by the answer at an index of the reading, and tells the outcome. */
  async #judge(
    one: FinishedDeployment,
    read: Promise<InstanceReadings>,
    index: number,
  ): Promise<Outcome> {
    const outcome = await this.#outcomeOf(one, read, index)
    this.#tell(outcome)
    return outcome
  }

  async #outcomeOf(
    one: FinishedDeployment,
    read: Promise<InstanceReadings>,
    index: number,
  ): Promise<Outcome> {
    const { options, ports } = this.#execution
    try {
      const state = (await read)?.[index]
      const instance = state?.ok ? state.value : null
      const outcome =
        (await this.#ofNewer(one, instance)) ?? (await toOutcome(one, instance, options, ports))
      return await withHealthCheck(outcome, this.#execution)
    } catch (error) {
      const { step, id: deploymentId, startedAt, seenAt: finishedAt } = one
      return { ...brokenOff(step, error), deploymentId, startedAt, finishedAt }
    }
  }

  /**
   * Returns the outcome of a newer deployment of the same commit or image that replaced this one, if it ends well. A
   * newer one may itself be replaced a few times.
   */
  async #ofNewer(
    replaced: FinishedDeployment,
    seen: InstanceState | null,
  ): Promise<Outcome | null> {
    const { options, ports, watch } = this.#execution
    const { step } = replaced
    let current = replaced
    let instance = seen
    for (let hops = 0; hops < mostHops; hops += 1) {
      const { state } = current
      const asked = requestedRevision(step)
      const verdict = assess({ target: step.target, asked, state, instance })
      if (verdict.kind !== 'superseded') {
        if (current === replaced || verdict.kind !== 'live') return null
        return toOutcome(current, instance, options, ports)
      }
      if (!verdict.isSame) return null
      const { id } = verdict.by
      ports.emit({ kind: 'note', target: step.target, note: verdict.message })
      const end = await watch.follow(step.target, id)
      if (end.kind !== 'finished') return null
      current = { ...replaced, id, seenAt: end.at, state: end.state }
      await this.#settle(end.at)
      const read = ports.signal.aborted ? null : await ports.deployments.instances([step.target])
      instance = read?.[0]?.ok ? read[0].value : null
    }
    return null
  }

  /** Waits until a deployment that was seen at this time has stood long enough. */
  #settle(seenAt: number): Promise<void> {
    const { clock, signal, deadline } = this.#execution.ports
    return clock.sleep(Math.min(seenAt + settleTime, deadline.at) - clock.now(), signal)
  }
}
