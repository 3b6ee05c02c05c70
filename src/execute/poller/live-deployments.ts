import type { ServiceTarget } from '../../inventory/inventory.ts'
import type { ReadResult, ServedDeployments } from '../ports.ts'
import type { FollowedDeployment } from './followed-deployment.ts'

/**
 * The newest and the active deployments of a service. `at`: the time of the request, in milliseconds since the epoch.
 */
export interface ServedReading {
  readonly served: ServedDeployments
  readonly at: number
}

/** A deployment that went live and is not verified yet. */
export interface LiveDeployment {
  readonly id: string
  readonly target: ServiceTarget
  /** The last read of its service; `null` if there was none. */
  reading: ServedReading | null
}

/**
 * The deployments that went live and are not verified yet. Polls for other deployments also read the services of these.
 * The last poll can then replace the request of the verification.
 */
export class LiveDeployments {
  readonly #byId = new Map<string, LiveDeployment>()
  #longestDuration: number | null = null

  /** The longest duration of a deployment that went live, in milliseconds; `null` if none is known. */
  get longestDuration(): number | null {
    return this.#longestDuration
  }

  /** Adds a deployment that went live. `took`: its duration in milliseconds. */
  add({ id, target, served }: FollowedDeployment, took: number | undefined): void {
    this.#byId.set(id, { id, target, reading: served })
    if (took !== undefined) this.#longestDuration = Math.max(took, this.#longestDuration ?? 0)
  }

  remove(id: string): void {
    this.#byId.delete(id)
  }

  readingOf(id: string): ServedReading | null {
    return this.#byId.get(id)?.reading ?? null
  }

  /**
   * Returns the deployments that the next poll can read without a further request: all, or none. `followed`: the number
   * of deployments that the poll reads anyway. `batchSize`: the number that one request reads.
   */
  readableWith(followed: number, batchSize: number): LiveDeployment[] {
    const all = [...this.#byId.values()]
    const isFree =
      Math.ceil((followed + all.length) / batchSize) === Math.ceil(followed / batchSize)
    return isFree ? all : []
  }

  /** Records the result of reading the service of a deployment; `undefined` if it was not read. */
  record(live: LiveDeployment, read: ReadResult<ServedDeployments> | undefined, at: number): void {
    if (read?.ok) live.reading = { served: read.value, at }
    // A service that cannot be read would cost every poll a further request.
    else if (read) this.remove(live.id)
  }
}
