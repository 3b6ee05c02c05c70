import { isLive, phaseOf } from '../plan/deployment-status.ts'
import { assess } from './assess.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import { withHealthCheck } from './health-check.ts'
import { interrupted, type Outcome } from './outcome.ts'
import type { Deployments, InstanceState, ReadResult } from './ports.ts'
import { requestedRevision } from './revision-match.ts'
import { isInNewEnvironment, type StepContext } from './step-context.ts'
import { toOutcome } from './to-outcome.ts'

/**
 * The maximum number of deployments that are followed in place of one. Following one again after a crash counts, too.
 */
const maxReplacements = 5

/** The current states of services, in the order of the deployments; `null` if there was no response. */
type InstanceReadings = Awaited<ReturnType<Deployments['instances']>>

/** A group of deployments that one request verifies. */
interface VerificationGroup {
  readonly members: FinishedDeployment[]
  readonly read: Promise<InstanceReadings>
}

/**
 * The verification of finished deployments. It waits until they are stable and reads their services again. That read
 * decides about the outcomes, not the status that was read before.
 */
export class Verification {
  readonly #context: StepContext
  readonly #onOutcome: (outcome: Outcome) => void
  /** The groups that are not verified yet, by the time at which their deployments were read as finished. */
  readonly #groups = new Map<number, VerificationGroup>()

  constructor(context: StepContext, onOutcome: (outcome: Outcome) => void) {
    this.#context = context
    this.#onOutcome = onOutcome
  }

  /** Verifies all deployments with one request, and returns their outcomes. */
  async run(finished: readonly FinishedDeployment[]): Promise<Map<FinishedDeployment, Outcome>> {
    if (finished.length === 0) return new Map()
    await this.#waitUntilStable(finished)
    const read = this.#read(finished)
    const outcomes = finished.map(
      async (one, index) => [one, await this.#conclude(one, read, index)] as const,
    )
    return new Map(await Promise.all(outcomes))
  }

  /**
   * Verifies a deployment and returns its outcome. Deployments that were read as finished at the same time are verified
   * with one request.
   */
  verify(one: FinishedDeployment): Promise<Outcome> {
    const { seenAt } = one
    const group = this.#groups.get(seenAt) ?? this.#startGroup(seenAt)
    const index = group.members.push(one) - 1
    return this.#conclude(one, group.read, index)
  }

  #startGroup(seenAt: number): VerificationGroup {
    const members: FinishedDeployment[] = []
    const read = this.#waitUntilStable(members).then(() => {
      this.#groups.delete(seenAt)
      return this.#read(members)
    })
    const group = { members, read }
    this.#groups.set(seenAt, group)
    return group
  }

  async #read(finished: readonly FinishedDeployment[]): Promise<InstanceReadings> {
    const { ports, poller } = this.#context
    const { clock, signal, deployments } = ports
    if (signal.aborted) return null
    const seen = this.#statesOfLastPoll(finished, clock.now())
    for (const { id } of finished) poller.release(id)
    if (seen) return seen
    return deployments.instances(finished.map(({ step }) => step.target))
  }

  /**
   * Returns the states of the services that the last poll read; `null` if they have to be read again. They suffice if
   * all deployments are live and were stable at that poll, and if it is at most {@link maxPollAge} ago.
   */
  #statesOfLastPoll(
    finished: readonly FinishedDeployment[],
    now: number,
  ): ReadResult<InstanceState>[] | null {
    const states = finished.flatMap(({ id, step, stableAt, state }) => {
      const reading = this.#context.poller.lastReading(id)
      if (!reading || !isLive(state.status)) return []
      if (stableAt > reading.at || now - reading.at > maxPollAge) return []
      const { domains } = step.target.instance
      return [{ ok: true, value: { ...reading.served, domains } } as const]
    })
    return states.length === finished.length ? states : null
  }

  /** Returns the outcome of a deployment and reports it. `index` is the place of its service in `read`. */
  async #conclude(
    one: FinishedDeployment,
    read: Promise<InstanceReadings>,
    index: number,
  ): Promise<Outcome> {
    const outcome = await this.#outcomeOf(one, read, index)
    this.#onOutcome(outcome)
    return outcome
  }

  async #outcomeOf(
    one: FinishedDeployment,
    read: Promise<InstanceReadings>,
    index: number,
  ): Promise<Outcome> {
    const { options, ports } = this.#context
    try {
      const state = (await read)?.[index]
      const instance = state?.ok ? state.value : null
      const outcome =
        (await this.#outcomeOfReplacement(one, instance)) ??
        (await toOutcome(one, instance, options, ports))
      return await withHealthCheck(outcome, this.#context)
    } catch (error) {
      const { step, id: deploymentId, startedAt, seenAt: finishedAt } = one
      return { ...interrupted(step, error), deploymentId, startedAt, finishedAt }
    }
  }

  /**
   * Follows the newer deployment of the same commit or image that replaced this one, and returns its outcome. If the
   * deployment has crashed since, it is followed again. Both may happen several times. Returns `null` if neither has
   * happened, or if the followed deployment is not live in the end.
   */
  async #outcomeOfReplacement(
    replaced: FinishedDeployment,
    seen: InstanceState | null,
  ): Promise<Outcome | null> {
    const { options, ports, poller } = this.#context
    const { step } = replaced
    let current = replaced
    let instance = seen
    for (let replacements = 0; replacements < maxReplacements; replacements += 1) {
      const observed = { requested: requestedRevision(step), state: current.state, instance }
      const assessment = assess({ target: step.target, ...observed })
      const hasCrashed = assessment.kind === 'failed' && assessment.how === 'crashed'
      if (assessment.kind !== 'superseded' && !hasCrashed) {
        if (current === replaced || assessment.kind !== 'live') return null
        return toOutcome(current, instance, options, ports)
      }
      if (assessment.kind === 'superseded') {
        if (!assessment.isSame) return null
        ports.emit({ kind: 'note', target: step.target, note: assessment.message })
      }
      const id = assessment.kind === 'superseded' ? assessment.by.id : current.id
      const isNew = isInNewEnvironment(step, this.#context)
      const end = await poller.follow(step.target, id, { isInNewEnvironment: isNew })
      if (end.kind !== 'finished' || phaseOf(end.state.status) === 'crashed') return null
      const { at: seenAt, stableAt, state, served } = end
      current = { ...replaced, id, seenAt, stableAt, state, served }
      await this.#waitUntilStable([current])
      poller.release(id)
      const read = ports.signal.aborted ? null : await ports.deployments.instances([step.target])
      instance = read?.[0]?.ok ? read[0].value : null
    }
    return null
  }

  /**
   * Waits until all deployments are stable, or until the run has to stop. The caller may add deployments to the array
   * during the wait.
   */
  async #waitUntilStable(finished: readonly FinishedDeployment[]): Promise<void> {
    const { clock, signal, deadline } = this.#context.ports
    // The deployments that were read at the same time are added one after the other.
    await clock.sleep(0, signal)
    for (;;) {
      const stable = Math.max(...finished.map(({ stableAt }) => stableAt))
      const until = Math.min(stable, deadline.at)
      if (until <= clock.now() || signal.aborted) return
      await clock.sleep(until - clock.now(), signal)
    }
  }
}

/** The maximum age in milliseconds of a poll that replaces the request of the verification. */
const maxPollAge = 1_000
