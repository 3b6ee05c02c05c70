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

/** The object of a change: an environment, or a service in it. */
export interface ChangedObject {
  readonly project: Named
  readonly environment: Named
  readonly service: Named | null
}

/** Returns the object that a target is. */
export const objectOf = ({ project, environment, instance }: Target): ChangedObject => ({
  project,
  environment,
  service: instance?.service ?? null,
})

type Level = 'project' | 'environment' | 'service'

/** The maximum number of requests for lookups in one run. Further errors say less. */
const maxRequests = 10

/** The retry budget of a lookup in milliseconds: it serves only the wording of an error. */
const retryBudget = 5_000

/** The milliseconds in which the result of a lookup is valid. A deletion that Railway states is valid for good. */
const validFor = 10_000

/** The state of an object, with the end of the time in which that is valid. */
interface KnownState {
  readonly isDeleted: boolean
  readonly until: number
}

/**
 * A lookup of the objects that Railway refuses to change: do they still exist? There is one for the whole run, so that
 * many refusals about one object cause one lookup. A refused lookup does not say which of its objects is missing, so
 * the outer ones are then looked up without the inner one.
 */
export class Existence {
  readonly #client: RailwayClient
  readonly #known = new Map<string, KnownState>()
  /** The environments that were looked up by their ids alone. It is not known there which outer object is missing. */
  readonly #missing = new Map<string, KnownState>()
  #requests = 0
  /** The queue of lookups, so that the first may answer for all. */
  #tail: Promise<unknown> = Promise.resolve()

  constructor(client: RailwayClient) {
    this.#client = client
  }

  /** Returns whether an object that was there earlier still exists; `null` if that is not known. */
  of(object: ChangedObject): Promise<ObjectPresence | null> {
    const found = this.#tail.then(() => this.#lookUp(object))
    this.#tail = found.catch(() => {})
    return found
  }

  /**
   * Returns whether an environment is deleted, or is rejected by itself although the token is valid; `false` if that is
   * not known.
   */
  isMissing(environmentId: string): Promise<boolean> {
    const found = this.#tail.then(() => this.#readRecord(environmentId))
    this.#tail = found.catch(() => {})
    return found
  }

  async #readRecord(id: string): Promise<boolean> {
    const known = this.#missing.get(id)
    if (known && this.#client.now() < known.until) return known.isDeleted
    if (this.#client.invalidToken || this.#requests >= maxRequests) return false
    this.#requests += 1
    const until = this.#client.now() + validFor
    try {
      const record = batchOf(environmentRecord, 1)
      const { data } = await this.#client.call(record, batchVariables([{ id }]), { retryBudget })
      const isDeleted = Boolean(data.item0?.deletedAt)
      this.#missing.set(id, { isDeleted, until: isDeleted ? Infinity : until })
      return isDeleted
    } catch (error) {
      const isRejected = mayBeDeleted(problemOf(error))
      if (isRejected) this.#missing.set(id, { isDeleted: true, until })
      return isRejected
    }
  }

  async #lookUp(object: ChangedObject): Promise<ObjectPresence | null> {
    const at = toLocation(object)
    const known = this.#recall(object)
    if (known === 'there') return { kind: 'there' }
    if (known) return { kind: 'deleted', what: known, at }
    let refused: Level | null = null
    for (const level of levelsOf(object)) {
      const states = await this.#read(level, object)
      if (states === 'unknown') return null
      if (states === 'refused') {
        refused = level
        continue
      }
      const deleted = states.deleted ?? refused
      if (states.deleted === null && states.isRestricted) return { kind: 'restricted', at }
      this.#note(object, deleted, states.deleted !== null)
      return deleted === null ? { kind: 'there' } : { kind: 'deleted', what: deleted, at }
    }
    if (refused === null) return null
    this.#note(object, refused, false)
    return { kind: 'deleted', what: refused, at }
  }

  /** Returns the outermost object that is known to be deleted; `there` if the object is known to be there. */
  #recall(object: ChangedObject): Level | 'there' | null {
    const now = this.#client.now()
    const states = levelsOf(object)
      .toReversed()
      .map((level) => {
        const state = this.#known.get(keyOf(level, object))
        return { level, state: state && now < state.until ? state : null }
      })
    const deleted = states.find(({ state }) => state?.isDeleted)
    if (deleted) return deleted.level
    return states.at(-1)?.state ? 'there' : null
  }

  /** Keeps the result of a lookup. `isStated`: Railway says since when the object is deleted. */
  #note(object: ChangedObject, deleted: Level | null, isStated: boolean): void {
    const until = this.#client.now() + validFor
    const [innermost] = levelsOf(object)
    if (deleted) {
      const state = { isDeleted: true, until: isStated ? Infinity : until }
      this.#known.set(keyOf(deleted, object), state)
    } else if (innermost) {
      this.#known.set(keyOf(innermost, object), { isDeleted: false, until })
    }
  }

  /** Reads an object and those around it. `deleted`: the outermost one that Railway shows as deleted. */
  async #read(
    level: Level,
    { project, environment, service }: ChangedObject,
  ): Promise<{ deleted: Level | null; isRestricted: boolean } | 'refused' | 'unknown'> {
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
      return isAboutObject(problemOf(error)) ? 'refused' : 'unknown'
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

/** Names an object. */
export const toLocation = ({ project, environment, service }: ChangedObject): Location => ({
  project: labelOf(project),
  environment: labelOf(environment),
  service: service && labelOf(service),
})

/** Returns whether a rejection may mean that its object no longer exists. */
const isAboutObject = (problem: ApiProblem): boolean =>
  problem.kind === 'refused' &&
  (problem.reason === 'not-found' || problem.reason === 'not-authorized')

/** Returns whether a change may have been rejected because its object no longer exists. */
export const mayBeDeleted = (problem: ApiProblem): boolean =>
  isAboutObject(problem) || hasNoCause(problem)
