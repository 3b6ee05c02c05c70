import { isLive, phaseOf } from '../plan/deployment-status.ts'
import { assess } from './assess.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import { withHealthCheck } from './health-check.ts'
import { brokenOff, type Outcome } from './outcome.ts'
import type { InstanceState, ReadResult } from './ports.ts'
import { requestedRevision } from './revision-match.ts'
import { isInNewEnvironment, type StepContext } from './step-context.ts'
import { toOutcome } from './to-outcome.ts'

/** Deployments of the same commit or image that may replace each other while they are followed. */
const mostHops = 5

/** What services serve now, in their order; `null` if nothing was answered. */
type InstanceReadings = readonly ReadResult<InstanceState>[] | null

/** Deployments that are looked at in one request. */
interface VerifiedTogether {
  readonly members: FinishedDeployment[]
  readonly read: Promise<InstanceReadings>
}

/** Looks once more, at all that seem finished: what counts is what serves then, not what was seen before. */
export class Verification {
  readonly #execution: StepContext
  readonly #tell: (outcome: Outcome) => void
  /** Those that wait to be looked at, by when they have settled. */
  readonly #groups = new Map<number, VerifiedTogether>()

  constructor(execution: StepContext, tell: (outcome: Outcome) => void) {
    this.#execution = execution
    this.#tell = tell
  }

  /** Returns an outcome for each, after one request for all of them. */
  async run(finished: readonly FinishedDeployment[]): Promise<Map<FinishedDeployment, Outcome>> {
    if (finished.length === 0) return new Map()
    await this.#settle(Math.max(...finished.map(({ settledAt }) => settledAt)))
    const read = this.#read(finished)
    const outcomes = finished.map(
      async (one, index) => [one, await this.#judge(one, read, index)] as const,
    )
    return new Map(await Promise.all(outcomes))
  }

  /** Returns the outcome of one that others wait for, after one request with those that settle at the same time. */
  soon(one: FinishedDeployment): Promise<Outcome> {
    const { settledAt } = one
    const group = this.#groups.get(settledAt) ?? this.#startGroup(settledAt)
    const index = group.members.push(one) - 1
    return this.#judge(one, group.read, index)
  }

  #startGroup(settledAt: number): VerifiedTogether {
    const members: FinishedDeployment[] = []
    const read = this.#settle(settledAt).then(() => {
      this.#groups.delete(settledAt)
      return this.#read(members)
    })
    const group = { members, read }
    this.#groups.set(settledAt, group)
    return group
  }

  async #read(finished: readonly FinishedDeployment[]): Promise<InstanceReadings> {
    const { clock, signal, deployments } = this.#execution.ports
    const seen = justSeen(finished, clock.now())
    if (signal.aborted || seen) return seen
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
        (await this.#ofNext(one, instance)) ?? (await toOutcome(one, instance, options, ports))
      return await withHealthCheck(outcome, this.#execution)
    } catch (error) {
      const { step, id: deploymentId, startedAt, seenAt: finishedAt } = one
      return { ...brokenOff(step, error), deploymentId, startedAt, finishedAt }
    }
  }

  /**
   * Returns the outcome of a newer deployment of the same commit or image that replaced this one, or of this one if it
   * has crashed since, provided that it ends well. Both may happen a few times.
   */
  async #ofNext(replaced: FinishedDeployment, seen: InstanceState | null): Promise<Outcome | null> {
    const { options, ports, watch } = this.#execution
    const { step } = replaced
    let current = replaced
    let instance = seen
    for (let hops = 0; hops < mostHops; hops += 1) {
      const asked = requestedRevision(step)
      const observed = { asked, state: current.state, instance }
      const verdict = assess({ target: step.target, ...observed })
      const hasCrashed = verdict.kind === 'failed' && verdict.how === 'crashed'
      if (verdict.kind !== 'superseded' && !hasCrashed) {
        if (current === replaced || verdict.kind !== 'live') return null
        return toOutcome(current, instance, options, ports)
      }
      if (verdict.kind === 'superseded') {
        if (!verdict.isSame) return null
        ports.emit({ kind: 'note', target: step.target, note: verdict.message })
      }
      const id = verdict.kind === 'superseded' ? verdict.by.id : current.id
      const isFresh = isInNewEnvironment(step, this.#execution)
      const end = await watch.follow(step.target, id, isFresh)
      if (end.kind !== 'finished' || phaseOf(end.state.status) === 'crashed') return null
      const { at: seenAt, settledAt, state, served } = end
      current = { ...replaced, id, seenAt, settledAt, state, served }
      await this.#settle(settledAt)
      const read = ports.signal.aborted ? null : await ports.deployments.instances([step.target])
      instance = read?.[0]?.ok ? read[0].value : null
    }
    return null
  }

  #settle(settledAt: number): Promise<void> {
    const { clock, signal, deadline } = this.#execution.ports
    return clock.sleep(Math.min(settledAt, deadline.at) - clock.now(), signal)
  }
}

/** The time that may pass between a poll and the look that it takes the place of. */
const sameMoment = 1_000

/** Returns what the last poll saw, if it saw all of them when they had settled; `null` if it has to be read again. */
function justSeen(
  finished: readonly FinishedDeployment[],
  now: number,
): ReadResult<InstanceState>[] | null {
  const states = finished.flatMap(({ step, seenAt, settledAt, served, state }) => {
    const isEnough =
      served && isLive(state.status) && settledAt <= seenAt && now - seenAt <= sameMoment
    if (!isEnough) return []
    const { domains } = step.target.instance
    return [{ ok: true, value: { ...served, domains } } as const]
  })
  return states.length === finished.length ? states : null
}
