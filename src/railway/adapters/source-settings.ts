import type { ServiceTarget } from '../../inventory/inventory.ts'
import type { SourceSettings, SourceSettingsReader } from '../../plan/ports.ts'
import { sourceSettings } from '../operations/deployments.ts'
import type { ApiContext } from './api-context.ts'
import { serviceIds } from './object-ids.ts'
import { normalizePath } from './root-directory.ts'

/** The maximum number of requests of one read. The settings of further services are `null`. */
const maxRequests = 3

/**
 * The adapter of the port {@link SourceSettingsReader} of `plan/` to Railway's API. Throws `ApiError` if a request
 * fails.
 */
export class RailwaySourceSettings implements SourceSettingsReader {
  readonly #api: ApiContext

  constructor(api: ApiContext) {
    this.#api = api
  }

  async read(targets: readonly ServiceTarget[]): Promise<readonly (SourceSettings | null)[]> {
    const { batcher } = this.#api
    const items = targets.slice(0, maxRequests * batcher.size).map(serviceIds)
    const responses = await batcher.call(sourceSettings, items)
    return targets.map((_, index) => {
      const response = responses[index]
      if (!response?.ok) return null
      const { rootDirectory, watchPatterns } = response.data
      return { rootDirectory: normalizePath(rootDirectory ?? ''), watchPatterns }
    })
  }
}
