import type { ServiceTarget } from '../../inventory/inventory.ts'
import type { DeploymentState, Deployments, ReadResult, ServedDeployments } from '../ports.ts'

/** A deployment whose state is to be read. */
export interface StateRequest {
  readonly target: ServiceTarget
  readonly id: string
  /** The status that was read last; `null` if none was read. Railway may not show such a deployment yet. */
  readonly status: string | null
  /** The time of the last rejected request for its state, in milliseconds since the epoch; `null` if there was none. */
  readonly refusedAt: number | null
}

/** The result of reading the state of a deployment. */
export interface StateReading {
  readonly state: ReadResult<DeploymentState>
  /** The newest and the active deployments of its service, read in the same poll; `null` if they were not read. */
  readonly served: ServedDeployments | null
}

/**
 * Reads the states of deployments and returns them in their order, with `null` for one that was not requested. Resolves
 * with `null` if there was no response.
 *
 * `served` has the newest and the active deployments of their services, in the same order. Only a deployment that is
 * not among them is requested by its id. An unknown id makes Railway reject the whole request, which then has to be
 * divided. Railway may not know new deployments yet. Of the deployments that were never read, only one is therefore
 * requested first: the newest one, or the next one after a rejection. The rest is requested only if Railway returned
 * that one.
 */
export async function readStates(
  requests: readonly StateRequest[],
  served: readonly ReadResult<ServedDeployments>[] | null,
  deployments: Pick<Deployments, 'states'>,
): Promise<readonly (StateReading | null)[] | null> {
  const states = new Map<StateRequest, ReadResult<DeploymentState>>()
  requests.forEach((one, index) => {
    const value = findServed(served?.[index], one.id)
    if (value) states.set(one, { ok: true, value })
  })
  const missing = requests.filter((one) => !states.has(one))
  // Railway shows new deployments in their order, so if it shows the last one, it shows all of them.
  const [newest, ...otherNew] = missing
    .filter(({ status }) => status === null)
    .toReversed()
    .toSorted((a, b) => (a.refusedAt ?? 0) - (b.refusedAt ?? 0))
  const first = missing.filter((one) => one.status !== null || one === newest)
  if (!(await readById(first, states, deployments))) return null
  const isShown = newest !== undefined && states.get(newest)?.ok === true
  if (isShown && !(await readById(otherNew, states, deployments))) return null
  return requests.map((one, index) => {
    const state = states.get(one)
    const instance = served?.[index]
    return state ? { state, served: instance?.ok ? instance.value : null } : null
  })
}

const findServed = (served: ReadResult<ServedDeployments> | undefined, id: string) =>
  served?.ok
    ? [...served.value.active, served.value.latest].find((one) => one?.id === id)
    : undefined

/** Reads deployments by their ids and adds their states. Resolves with `false` if there was no response. */
async function readById(
  requests: readonly StateRequest[],
  states: Map<StateRequest, ReadResult<DeploymentState>>,
  deployments: Pick<Deployments, 'states'>,
): Promise<boolean> {
  if (requests.length === 0) return true
  const read = await deployments.states(
    requests.map(({ id }) => id),
    requests.map(({ target }) => target.environment.id),
  )
  requests.forEach((one, index) => {
    const state = read?.[index]
    if (state) states.set(one, state)
  })
  return read !== null
}
