import { isLive, phaseOf } from '../plan/deployment-status.ts'
import { assess } from './assess.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import { withHealthCheck } from './health-check.ts'
import { interrupted, type Outcome } from './outcome.ts'
import type { Deployments, InstanceState, ReadResult } from './ports.ts'
import { requestedRevision } from './revision-match.ts'
import { isInNewEnvironment, type StepContext } from './step-context.ts'
import { toOutcome } from './to-outcome.ts'

/** The maximum number of times that a followed deployment may be replaced by one of the same commit or image. */
const maxReplacements = 5

/** The present state of services, in their order; `null` if nothing was answered. */
type InstanceReadings = Awaited<ReturnType<Deployments['instances']>>

/** Deployments that are verified by one request. */
interface VerifiedTogether {
  readonly members: FinishedDeployment[]
  readonly read: Promise<InstanceReadings>
}

/**
 * A verification of deployments that seem finished. The deployment that serves then decides, not the status that was
 * read before.
 */
export class Verification {
  readonly #context: StepContext
  readonly #onOutcome: (outcome: Outcome) => void
  /** The deployments that wait for verification, by the time at which they were read as finished. */
  readonly #groups = new Map<number, VerifiedTogether>()

  constructor(context: StepContext, onOutcome: (outcome: Outcome) => void) {
    this.#context = context
    this.#onOutcome = onOutcome
  }

  /** Returns an outcome for each deployment, after one request for all of them. */
  async run(finished: readonly FinishedDeployment[]): Promise<Map<FinishedDeployment, Outcome>> {
    if (finished.length === 0) return new Map()
    await this.#waitUntilStable(finished)
    const read = this.#read(finished)
    const outcomes = finished.map(
      async (one, index) => [one, await this.#assess(one, read, index)] as const,
    )
    return new Map(await Promise.all(outcomes))
  }

  /** Returns the outcome of one deployment, after one request with those that were read at the same time. */
  verify(one: FinishedDeployment): Promise<Outcome> {
    const { seenAt } = one
    const group = this.#groups.get(seenAt) ?? this.#startGroup(seenAt)
    const index = group.members.push(one) - 1
    return this.#assess(one, group.read, index)
  }

  #startGroup(seenAt: number): VerifiedTogether {
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
    const seen = this.#lastPoll(finished, clock.now())
    for (const { id } of finished) poller.release(id)
    if (seen) return seen
    return deployments.instances(finished.map(({ step }) => step.target))
  }

  /**
   * Returns the result of the last poll, if all deployments had settled by then; `null` if they have to be read again.
   */
  #lastPoll(
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

  /** Assesses a deployment by its place in the reading of its service, and reports the outcome. */
  async #assess(
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
   * Returns the outcome of the newer deployment of the same commit or image that replaced this one; `null` if there is
   * none, or if it did not end well. A deployment that has crashed since is followed again itself. Both may happen
   * several times.
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

  /** Waits until all of them have been in their status long enough. More may be added while it waits. */
  async #waitUntilStable(finished: readonly FinishedDeployment[]): Promise<void> {
    const { clock, signal, deadline } = this.#context.ports
    // Those that were seen at the same moment are added one after the other.
    await clock.sleep(0, signal)
    for (;;) {
      const stable = Math.max(...finished.map(({ stableAt }) => stableAt))
      const until = Math.min(stable, deadline.at)
      if (until <= clock.now() || signal.aborted) return
      await clock.sleep(until - clock.now(), signal)
    }
  }
}

/** The time in milliseconds in which a poll counts as the verification. */
const maxPollAge = 1_000
