import type { ServiceTarget } from '../../inventory/inventory.ts'
import { instanceExistence } from '../operations/deployments.ts'
import { problemOf } from '../transport/api-error.ts'
import { type ApiContext, isAboutObject } from './api-context.ts'

/** The maximum number of lookups in one run. Further errors say less. */
const maxLookups = 5

/** The retry budget of a lookup in milliseconds: it serves only the wording of an error. */
const retryBudget = 5_000

/** A lookup of services that Railway refuses to change: do they still exist? A deleted environment is reported once. */
export class Existence {
  readonly #api: ApiContext
  readonly #gone = new Set<string>()
  #lookups = 0
  /** The queue of lookups, so that the first may answer for all. */
  #tail: Promise<unknown> = Promise.resolve()

  constructor(api: ApiContext) {
    this.#api = api
  }

  /** Returns whether a service of the inventory still exists; `null` if that is not known. */
  of(target: ServiceTarget): Promise<boolean | null> {
    const found = this.#tail.then(() => this.#lookUp(target))
    this.#tail = found.catch(() => {})
    return found
  }

  async #lookUp({ environment, instance }: ServiceTarget): Promise<boolean | null> {
    const { client } = this.#api
    if (this.#gone.has(environment.id)) return false
    if (client.invalidToken || this.#lookups >= maxLookups) return null
    this.#lookups += 1
    const ids = { environmentId: environment.id, serviceId: instance.service.id }
    try {
      const { data } = await client.call(instanceExistence, ids, { retryBudget })
      if (data.environment.deletedAt) this.#gone.add(environment.id)
      return !data.environment.deletedAt && !data.serviceInstance.deletedAt
    } catch (error) {
      const problem = problemOf(error)
      if (!isAboutObject(problem)) return null
      if (problem.kind === 'refused' && problem.path[0] === 'environment') {
        this.#gone.add(environment.id)
      }
      return false
    }
  }
}
