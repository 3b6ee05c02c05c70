import { isLive, phaseOf } from '../plan/deployment-status.ts'
import { assess } from './assess.ts'
import type { FinishedDeployment } from './finished-deployment.ts'
import { brokenOff, type Outcome } from './outcome.ts'
import type { InstanceState, ReadResult } from './ports.ts'
import { requestedRevision } from './revision-match.ts'
import { isInNewEnvironment, type StepContext } from './step-context.ts'
import { toOutcome } from './to-outcome.ts'

/** Deployments of the same commit or image that may replace each other while they are followed. */
const mostHops = 5

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
    const { clock, signal, deployments } = ports
    if (finished.length === 0) return new Map()
    await this.#settle(Math.max(...finished.map(({ settledAt }) => settledAt)))
    const seen = justSeen(finished, clock.now())
    const read =
      signal.aborted || seen
        ? Promise.resolve(seen)
        : deployments.instances(finished.map(({ step }) => step.target))
    const outcomeOf = async (one: FinishedDeployment, index: number): Promise<Outcome> => {
      try {
        const state = (await read)?.[index]
        const instance = state?.ok ? state.value : null
        return (
          (await this.#ofNext(one, instance)) ?? (await toOutcome(one, instance, options, ports))
        )
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
