import type { ServiceTarget } from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import { reuseDeployment } from '../plan/deploy-commit.ts'
import {
  type DeployStep,
  isPlaced,
  preparesPreview,
  type StartingStep,
  type Step,
  type StepId,
  starts,
} from '../plan/plan.ts'
import { liveOf } from '../plan/rollback.ts'
import { liveRevision } from '../plan/variables/set-variables.ts'
import type { ExecutePorts } from './context.ts'
import type { InstanceState } from './ports.ts'

/** The states of services now, by the step that is about to deploy them. */
export type CurrentStates = ReadonlyMap<StepId, InstanceState>

/** Returns the step with an id. */
export type FindStep = (id: StepId) => Step | undefined

/**
 * Reads the services that these steps are about to deploy once more, in one request, because the inventory may be
 * outdated. Without an answer the plan stays as it is.
 */
export async function refresh(
  steps: readonly Step[],
  find: FindStep,
  { deployments, signal, deadline }: Pick<ExecutePorts, 'deployments' | 'signal' | 'deadline'>,
): Promise<CurrentStates> {
  const starting = steps.filter(starts).flatMap(({ id, after, target }) => {
    // A service of a preview that is not ready yet is decided once it is.
    const isUnready = after.some((earlier) => {
      const step = find(earlier)
      return step !== undefined && preparesPreview(step)
    })
    return isPlaced(target) && !isUnready ? [{ id, target }] : []
  })
  if (starting.length === 0 || signal.aborted || deadline.passed) return new Map()
  const states = await deployments.instances(starting.map(({ target }) => target))
  return new Map(
    starting.flatMap(({ id }, index) => {
      const state = states?.[index]
      return state?.ok ? [[id, state.value] as const] : []
    }),
  )
}

/** The age in milliseconds after which the state of a service is read again before it is deployed. */
const maxAge = 60_000

/** One reading of services, shared by the steps that it was made for. */
interface Reading {
  readonly at: number
  readonly states: Promise<CurrentStates>
}

/**
 * The present states of the services of a wave, read shortly before they are deployed. A late step causes another
 * reading, in one request with the steps that are next.
 */
export class LatestStates {
  readonly #find: FindStep
  readonly #ports: ExecutePorts
  readonly #ahead: number
  readonly #waiting: Set<Step>
  readonly #readings = new Map<StepId, Reading>()
  readonly #first: Reading

  /** `ahead`: the number of steps that are read together later on. `isStale`: the plan is too old already. */
  constructor(
    steps: readonly Step[],
    {
      find,
      ports,
      ahead,
      isStale,
    }: { find: FindStep; ports: ExecutePorts; ahead: number; isStale: boolean },
  ) {
    this.#find = find
    this.#ports = ports
    this.#ahead = ahead
    this.#waiting = new Set(steps.filter(starts))
    const none: Promise<CurrentStates> = Promise.resolve(new Map())
    this.#first = { at: ports.clock.now(), states: isStale ? this.#read(steps) : none }
  }

  /**
   * Returns the present state of a step's service; `null` if the plan is new enough, or if the state could not be read.
   */
  async of(step: Step): Promise<InstanceState | null> {
    const known = this.#readings.get(step.id) ?? this.#first
    const reading = this.#isOld(known) ? this.#readAgain(step) : known
    this.#waiting.delete(step)
    return (await reading.states).get(step.id) ?? (await known.states).get(step.id) ?? null
  }

  #isOld({ at }: Reading): boolean {
    return Number.isFinite(this.#ahead) && this.#ports.clock.now() - at > maxAge
  }

  #readAgain(step: Step): Reading {
    const due = [...this.#waiting].filter(
      (one) => one !== step && this.#isOld(this.#readings.get(one.id) ?? this.#first),
    )
    const chosen = [step, ...due.slice(0, this.#ahead - 1)]
    const reading = { at: this.#ports.clock.now(), states: this.#read(chosen) }
    for (const { id } of chosen) this.#readings.set(id, reading)
    return reading
  }

  #read(steps: readonly Step[]): Promise<CurrentStates> {
    const states = refresh(steps, this.#find, this.#ports)
    // Each step meets the error itself.
    states.catch(() => {})
    return states
  }
}

/** The facts from which a step is planned again. */
export interface ReplanFacts {
  readonly now: InstanceState
  readonly force: boolean
  /** The newer commit that was deployed to the service after planning; `null` if there is none. */
  readonly overtaking: string | null
  readonly find: FindStep
}

/**
 * Plans a step again from the present state of its service. A commit that has gone live in the meantime is left
 * alone. One that is on its way is adopted: a second deployment would only replace the first. A newer commit is not
 * replaced.
 */
export function replan(
  step: Step<Named>,
  { now, force, overtaking, find }: ReplanFacts,
): Step<Named> {
  if (!starts(step)) return step
  const target = withCurrentState(step.target, now)
  const again: StartingStep<Named> = { ...step, target }
  if (again.action !== 'deploy') return again
  if (again.ofLive) return deployLiveRevision(again)
  if (again.revision.kind !== 'commit') return again
  const isChanging = step.after.some((id) => find(id)?.action === 'set-variables')
  const reused = force || isChanging ? null : reuseDeployment(target, again.revision)
  if (reused?.action === 'keep') return { ...reused, ...placeInPlan(step) }
  const { mayGoBack } = again
  if (reused) return { ...reused, ...placeInPlan(step), ...(mayGoBack && { mayGoBack }) }
  if (overtaking === null) return again
  const { sha } = again.revision
  if (isChanging) return { ...again, revision: { kind: 'commit', sha: overtaking } }
  const detail = `${overtaking.slice(0, 7)} is newer than ${sha.slice(0, 7)}, and was deployed meanwhile`
  return { action: 'keep', because: 'superseded', target, detail, ...placeInPlan(step) }
}

/** Returns the step with the revision that is live now, or unchanged if it deploys an image or nothing is live. */
export function deployLiveRevision(step: DeployStep<Named>): DeployStep<Named> {
  const { target, revision } = step
  // What a service from an image has now is its image, whatever was live at planning.
  const isSetting = revision.kind === 'current' && target.instance.source.kind !== 'repository'
  return isSetting || liveOf(target) === null ? step : { ...step, revision: liveRevision(target) }
}

/** Returns the parts of a step that stay the same when it is planned again. */
export const placeInPlan = ({ id, after, wave = 0 }: Step) => ({ id, after, wave })

/** Puts the current deployments and domains into a target: a new deployment that is none of them may be this run's. */
export const withCurrentState = (
  target: ServiceTarget,
  state: InstanceState | null,
): ServiceTarget => ({
  ...target,
  instance: {
    ...target.instance,
    ...(state && { latest: state.latest, active: state.active, domains: state.domains }),
  },
})
