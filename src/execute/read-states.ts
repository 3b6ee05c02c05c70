import type { ServiceTarget } from '../inventory/inventory.ts'
import type { DeploymentState, Deployments, ReadResult, ServedDeployments } from './ports.ts'

/** A deployment that is followed. */
export interface FollowedDeployment {
  readonly target: ServiceTarget
  readonly id: string
  /** `true` if it was read before. One that was not may be too new for Railway to show it. */
  readonly seen: boolean
  /**
   * The time of Railway's last refusal to report the state, in milliseconds since the epoch; `null` if there was
   * none.
   */
  readonly refusedAt: number | null
}

/** The state of a followed deployment, with what its service served at the same time if that was read. */
export interface FollowedState {
  readonly answer: Answer
  readonly served: ServedDeployments | null
}

type Answer = ReadResult<DeploymentState>

/**
 * Reads the states of deployments, in their order; `null` for one that was not requested. It takes them from what the
 * services serve, and requests by id only the deployments that are not among that. Of new deployments, it requests the last one
 * by id first, and another one after a refusal: Railway may not know any of them yet, and one unknown id spoils the
 * answer about all others. Resolves with `null` if nothing was answered.
 */
export async function readStates(
  followed: readonly FollowedDeployment[],
  served: readonly ReadResult<ServedDeployments>[] | null,
  deployments: Pick<Deployments, 'states'>,
): Promise<readonly (FollowedState | null)[] | null> {
  const answers = new Map<FollowedDeployment, Answer>()
  followed.forEach((one, index) => {
    const state = findServed(served?.[index], one.id)
    if (state) answers.set(one, { ok: true, value: state })
  })
  const missing = followed.filter((one) => !answers.has(one))
  // Railway shows them in their order, so if it shows the last one, it shows all of them.
  const [probe, ...fresh] = missing
    .filter(({ seen }) => !seen)
    .toReversed()
    .toSorted((a, b) => (a.refusedAt ?? 0) - (b.refusedAt ?? 0))
  const first = missing.filter((one) => one.seen || one === probe)
  if (!(await ask(first, answers, deployments))) return null
  const isKnown = probe !== undefined && answers.get(probe)?.ok === true
  if (isKnown && !(await ask(fresh, answers, deployments))) return null
  return followed.map((one, index) => {
    const answer = answers.get(one)
    const instance = served?.[index]
    return answer ? { answer, served: instance?.ok ? instance.value : null } : null
  })
}

const findServed = (served: ReadResult<ServedDeployments> | undefined, id: string) =>
  served?.ok
    ? [...served.value.active, served.value.latest].find((one) => one?.id === id)
    : undefined

/** Requests deployments by their ids. Resolves with `false` if nothing was answered. */
async function ask(
  followed: readonly FollowedDeployment[],
  answers: Map<FollowedDeployment, Answer>,
  deployments: Pick<Deployments, 'states'>,
): Promise<boolean> {
  if (followed.length === 0) return true
  const states = await deployments.states(
    followed.map(({ id }) => id),
    followed.map(({ target }) => target.environment.id),
  )
  followed.forEach((one, index) => {
    const state = states?.[index]
    if (state) answers.set(one, state)
  })
  return states !== null
}
