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

/** The current states of services, by the id of the step that will deploy them. */
export type CurrentStates = ReadonlyMap<StepId, InstanceState>

/** Returns the step with an id. */
export type FindStep = (id: StepId) => Step | undefined

/**
 * Reads the current states of the services that the steps will deploy, in one request. The result has no state of a
 * service that could not be read, or whose preview is not prepared yet. It is empty if the run has to stop.
 */
async function readCurrentStates(
  steps: readonly Step[],
  find: FindStep,
  { deployments, signal, deadline }: Pick<ExecutePorts, 'deployments' | 'signal' | 'deadline'>,
): Promise<CurrentStates> {
  const starting = steps.filter(starts).flatMap(({ id, after, target }) => {
    // Its step is planned again when the preview is prepared.
    const isUnprepared = after.some((earlier) => {
      const step = find(earlier)
      return step !== undefined && preparesPreview(step)
    })
    return isPlaced(target) && !isUnprepared ? [{ id, target }] : []
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

/** The age in milliseconds after which a state is read again before the service is deployed. */
const maxAge = 60_000

/** One read of several services. `at`: its time in milliseconds since the epoch. */
interface StatesRead {
  readonly at: number
  readonly states: Promise<CurrentStates>
}

/**
 * The current states of the services of a wave. If the plan is outdated, one request reads all of them when the wave
 * starts. If the number of parallel deployments is limited, a state that is older than a minute is read again before
 * its service is deployed, in one request with those of the next steps.
 */
export class LatestStates {
  readonly #find: FindStep
  readonly #ports: ExecutePorts
  readonly #batchSize: number
  readonly #waiting: Set<Step>
  readonly #reads = new Map<StepId, StatesRead>()
  readonly #first: StatesRead

  /**
   * Creates the states of a wave. `batchSize`: the number of states that one later request reads; infinite if there are
   * no later requests. `isStale`: the plan is outdated.
   */
  constructor(
    steps: readonly Step[],
    {
      find,
      ports,
      batchSize,
      isStale,
    }: { find: FindStep; ports: ExecutePorts; batchSize: number; isStale: boolean },
  ) {
    this.#find = find
    this.#ports = ports
    this.#batchSize = batchSize
    this.#waiting = new Set(steps.filter(starts))
    const none: Promise<CurrentStates> = Promise.resolve(new Map())
    this.#first = { at: ports.clock.now(), states: isStale ? this.#read(steps) : none }
  }

  /**
   * Returns the current state of a step's service; `null` if the plan is not outdated, or if the state could not be
   * read.
   */
  async of(step: Step): Promise<InstanceState | null> {
    const known = this.#reads.get(step.id) ?? this.#first
    const latest = this.#isOld(known) ? this.#readAgain(step) : known
    this.#waiting.delete(step)
    return (await latest.states).get(step.id) ?? (await known.states).get(step.id) ?? null
  }

  #isOld({ at }: StatesRead): boolean {
    return Number.isFinite(this.#batchSize) && this.#ports.clock.now() - at > maxAge
  }

  #readAgain(step: Step): StatesRead {
    const due = [...this.#waiting].filter(
      (one) => one !== step && this.#isOld(this.#reads.get(one.id) ?? this.#first),
    )
    const chosen = [step, ...due.slice(0, this.#batchSize - 1)]
    const read = { at: this.#ports.clock.now(), states: this.#read(chosen) }
    for (const { id } of chosen) this.#reads.set(id, read)
    return read
  }

  #read(steps: readonly Step[]): Promise<CurrentStates> {
    const states = readCurrentStates(steps, this.#find, this.#ports)
    // Each step that awaits the states handles the error.
    states.catch(() => {})
    return states
  }
}

/** The facts from which a step is planned again. `now`: the current state of its service. */
export interface ReplanFacts {
  readonly now: InstanceState
  readonly force: boolean
  /** A newer commit that was deployed to the service after planning; `null` if there is none. */
  readonly newer: string | null
  readonly find: FindStep
}

/**
 * Plans a step again from the current state of its service. A commit that has gone live since is kept. A deployment of
 * the commit that is in progress is adopted, because a second one would only replace it. A newer commit is kept, too,
 * unless the step deploys changed variables: it then deploys them with the newer commit.
 */
export function replan(step: Step<Named>, { now, force, newer, find }: ReplanFacts): Step<Named> {
  if (!starts(step)) return step
  const target = withCurrentState(step.target, now)
  const current: StartingStep<Named> = { ...step, target }
  if (current.action !== 'deploy') return current
  if (current.ofLive) return deployLiveRevision(current)
  if (current.revision.kind !== 'commit') return current
  const isChanging = step.after.some((id) => find(id)?.action === 'set-variables')
  const reused = force || isChanging ? null : reuseDeployment(target, current.revision)
  if (reused?.action === 'keep') return { ...reused, ...placeInPlan(step) }
  const { mayReplaceNewerCommit } = current
  if (reused)
    return {
      ...reused,
      ...placeInPlan(step),
      ...(mayReplaceNewerCommit && { mayReplaceNewerCommit }),
    }
  if (newer === null) return current
  const { sha } = current.revision
  if (isChanging) return { ...current, revision: { kind: 'commit', sha: newer } }
  const detail = `${newer.slice(0, 7)} is newer than ${sha.slice(0, 7)}, and was deployed meanwhile`
  return { action: 'keep', because: 'superseded', target, detail, ...placeInPlan(step) }
}

/**
 * Returns the step with the revision that is live now. Returns it unchanged if nothing is live, or if it deploys the
 * image in the settings of a service.
 */
export function deployLiveRevision(step: DeployStep<Named>): DeployStep<Named> {
  const { target, revision } = step
  // Without a repository, `current` is the image in the settings, which may differ from the live one.
  const isSetting = revision.kind === 'current' && target.instance.source.kind !== 'repository'
  return isSetting || liveOf(target) === null ? step : { ...step, revision: liveRevision(target) }
}

/** Returns the properties of a step that stay the same when it is planned again. */
export const placeInPlan = ({ id, after, wave = 0 }: Step) => ({ id, after, wave })

/**
 * Returns the target with the current deployments and domains of its service. A lookup after a lost response then does
 * not take one of these deployments for the run's own. Without a state, the target stays unchanged.
 */
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
