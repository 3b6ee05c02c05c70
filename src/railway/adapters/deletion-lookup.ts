import type { Location } from '../../errors/codes.ts'
import type { Target } from '../../inventory/inventory.ts'
import { labelOf, type Named } from '../../named.ts'
import {
  environmentExistence,
  instanceExistence,
  projectExistence,
} from '../operations/existence.ts'
import { batchOf, batchVariables } from '../operations/operation.ts'
import { environmentRecord } from '../operations/previews.ts'
import {
  type ApiProblem,
  hasNoCause,
  type ObjectPresence,
  problemOf,
} from '../transport/api-error.ts'
import type { RailwayClient } from '../transport/client.ts'

/** The object of a change: a service in an environment, or an environment itself if `service` is `null`. */
export interface ChangedObject {
  readonly project: Named
  readonly environment: Named
  readonly service: Named | null
}

/** Returns the object of a change of a target: its service, or its environment if the target has no service. */
export const objectOf = ({ project, environment, instance }: Target): ChangedObject => ({
  project,
  environment,
  service: instance?.service ?? null,
})

type Level = 'project' | 'environment' | 'service'

/**
 * The maximum number of requests for lookups in one run. After them, errors do not say whether an object was deleted.
 */
const maxRequests = 10

/** The retry budget of a lookup, in milliseconds. It is short, because a lookup only makes an error more precise. */
const retryBudget = 5_000

/**
 * The time for which the result of a lookup is cached, in milliseconds. An object with a `deletedAt` stays cached for
 * the whole run.
 */
const maxAge = 10_000

interface CachedState {
  readonly isDeleted: boolean
  /** The time at which the state expires, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/**
 * A cached lookup of the objects whose changes Railway rejected. It returns whether they still exist. The lookups of a
 * run share one cache, so many rejections about one object cause one lookup.
 */
export class DeletionLookup {
  readonly #client: RailwayClient
  readonly #cache = new Map<string, CachedState>()
  /**
   * The environments that were looked up by their ids alone. If one is missing, its project may be the deleted object.
   */
  readonly #environments = new Map<string, CachedState>()
  #requests = 0
  /**
   * The last lookup in the queue. Lookups run one after the other, so that each can use the cached results of the
   * earlier ones.
   */
  #lastLookup: Promise<unknown> = Promise.resolve()

  constructor(client: RailwayClient) {
    this.#client = client
  }

  /**
   * Looks up whether an object that existed earlier in the run still exists. Returns `null` if the lookup fails.
   * Returns `null` without a request, too, if `enough` services of the same environment were just found.
   */
  lookUp(object: ChangedObject, enough = Infinity): Promise<ObjectPresence | null> {
    const found = this.#lastLookup.then(() =>
      this.#countFound(object) >= enough ? null : this.#lookUpNow(object),
    )
    this.#lastLookup = found.catch(() => {})
    return found
  }

  /**
   * Returns whether an environment was deleted, or Railway rejects a request for it. Returns `false` if this is not
   * known.
   */
  isMissing(environmentId: string): Promise<boolean> {
    const found = this.#lastLookup.then(() => this.#readEnvironment(environmentId))
    this.#lastLookup = found.catch(() => {})
    return found
  }

  async #readEnvironment(id: string): Promise<boolean> {
    const cached = this.#environments.get(id)
    if (cached && this.#client.now() < cached.expiresAt) return cached.isDeleted
    if (this.#client.invalidToken || this.#requests >= maxRequests) return false
    this.#requests += 1
    const expiresAt = this.#client.now() + maxAge
    try {
      const record = batchOf(environmentRecord, 1)
      const { data } = await this.#client.call(record, batchVariables([{ id }]), { retryBudget })
      const isDeleted = Boolean(data.item0?.deletedAt)
      this.#environments.set(id, { isDeleted, expiresAt: isDeleted ? Infinity : expiresAt })
      return isDeleted
    } catch (error) {
      const isRejected = mayBeDeleted(problemOf(error))
      if (isRejected) this.#environments.set(id, { isDeleted: true, expiresAt })
      return isRejected
    }
  }

  /**
   * Requests the object together with the objects around it. A rejection does not say which of them is missing. The
   * environment is therefore requested next without its service, and then the project without its environment. As soon
   * as Railway returns one of them, the level that was rejected before it is the deleted one. If Railway rejects all of
   * them, the project is the deleted one.
   */
  async #lookUpNow(object: ChangedObject): Promise<ObjectPresence | null> {
    const at = toLocation(object)
    const cached = this.#cachedState(object)
    if (cached === 'there') return { kind: 'there' }
    if (cached) return { kind: 'deleted', what: cached, at }
    let rejected: Level | null = null
    for (const level of levelsOf(object)) {
      const states = await this.#read(level, object)
      if (states === 'unknown') return null
      if (states === 'rejected') {
        rejected = level
        continue
      }
      const deleted = states.deleted ?? rejected
      if (states.deleted === null && states.isRestricted) return { kind: 'restricted', at }
      this.#cacheResult(object, deleted, states.deleted !== null)
      return deleted === null ? { kind: 'there' } : { kind: 'deleted', what: deleted, at }
    }
    if (rejected === null) return null
    this.#cacheResult(object, rejected, false)
    return { kind: 'deleted', what: rejected, at }
  }

  /**
   * Returns the outermost level that is cached as deleted; `there` if the object is cached as existing; `null` if
   * nothing about it is cached.
   */
  #cachedState(object: ChangedObject): Level | 'there' | null {
    const now = this.#client.now()
    const states = levelsOf(object)
      .toReversed()
      .map((level) => {
        const state = this.#cache.get(keyOf(level, object))
        return { level, state: state && now < state.expiresAt ? state : null }
      })
    const deleted = states.find(({ state }) => state?.isDeleted)
    if (deleted) return deleted.level
    return states.at(-1)?.state ? 'there' : null
  }

  /** Returns the number of services in the environment of an object that are cached as existing. */
  #countFound({ environment }: ChangedObject): number {
    const now = this.#client.now()
    const isFound = ([key, state]: [string, CachedState]) =>
      key.startsWith(`${environment.id}/`) && !state.isDeleted && now < state.expiresAt
    return [...this.#cache].filter(isFound).length
  }

  /** Caches the result of a lookup. `isStated`: the deleted level has a `deletedAt`, which never changes again. */
  #cacheResult(object: ChangedObject, deleted: Level | null, isStated: boolean): void {
    const expiresAt = this.#client.now() + maxAge
    const [innermost] = levelsOf(object)
    if (deleted) {
      const state = { isDeleted: true, expiresAt: isStated ? Infinity : expiresAt }
      this.#cache.set(keyOf(deleted, object), state)
    } else if (innermost) {
      this.#cache.set(keyOf(innermost, object), { isDeleted: false, expiresAt })
    }
  }

  /**
   * Requests the object of a level and the objects around it. `deleted`: the outermost level with a `deletedAt`.
   * `isRestricted`: the environment exists, but the token has no access to it.
   */
  async #read(
    level: Level,
    { project, environment, service }: ChangedObject,
  ): Promise<{ deleted: Level | null; isRestricted: boolean } | 'rejected' | 'unknown'> {
    if (this.#client.invalidToken || this.#requests >= maxRequests) return 'unknown'
    this.#requests += 1
    const inProject = { projectId: project.id }
    const inEnvironment = { ...inProject, environmentId: environment.id }
    const options = { retryBudget }
    try {
      if (level === 'project') {
        const { data } = await this.#client.call(projectExistence, inProject, options)
        return { deleted: data.project.deletedAt ? 'project' : null, isRestricted: false }
      }
      if (level === 'environment' || service === null) {
        const { data } = await this.#client.call(environmentExistence, inEnvironment, options)
        return { deleted: outermostDeleted(data), isRestricted: !data.environment.canAccess }
      }
      const ids = { ...inEnvironment, serviceId: service.id }
      const { data } = await this.#client.call(instanceExistence, ids, options)
      return { deleted: outermostDeleted(data), isRestricted: !data.environment.canAccess }
    } catch (error) {
      return isAboutObject(problemOf(error)) ? 'rejected' : 'unknown'
    }
  }
}

type Deletable = { readonly deletedAt?: string | null | undefined }

function outermostDeleted(data: {
  readonly project: Deletable
  readonly environment: Deletable
  readonly serviceInstance?: Deletable
}): Level | null {
  if (data.project.deletedAt) return 'project'
  if (data.environment.deletedAt) return 'environment'
  return data.serviceInstance?.deletedAt ? 'service' : null
}

/** The levels of an object, the innermost first. */
const levelsOf = ({ service }: ChangedObject): readonly Level[] =>
  service === null ? ['environment', 'project'] : ['service', 'environment', 'project']

function keyOf(level: Level, { project, environment, service }: ChangedObject): string {
  if (level === 'project') return project.id
  return level === 'environment' ? environment.id : `${environment.id}/${service?.id}`
}

/** Returns the names of an object's project, environment and service, for messages. */
export const toLocation = ({ project, environment, service }: ChangedObject): Location => ({
  project: labelOf(project),
  environment: labelOf(environment),
  service: service && labelOf(service),
})

/** Returns whether Railway rejected a request as "not found" or "not authorized". It uses both for deleted objects. */
const isAboutObject = (problem: ApiProblem): boolean =>
  problem.kind === 'refused' &&
  (problem.reason === 'not-found' || problem.reason === 'not-authorized')

/** Returns whether Railway may have rejected a change because its object was deleted. */
export const mayBeDeleted = (problem: ApiProblem): boolean =>
  isAboutObject(problem) || hasNoCause(problem)
