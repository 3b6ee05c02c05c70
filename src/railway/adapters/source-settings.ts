import type { ServiceTarget } from '../../inventory/inventory.ts'
import type { SourceSettings, SourceSettingsReader } from '../../plan/ports.ts'
import { sourceSettings } from '../operations/deployments.ts'
import type { ApiContext } from './api-context.ts'
import { plainPath } from './root-directory.ts'

/** The maximum number of requests for the settings of a run's services. */
const maxRequests = 3

/** An adapter that reads settings of services, for the port of `plan/`. It throws the errors of the client. */
export class RailwaySourceSettings implements SourceSettingsReader {
  readonly #api: ApiContext

  constructor(api: ApiContext) {
    this.#api = api
  }

  async read(targets: readonly ServiceTarget[]): Promise<readonly (SourceSettings | null)[]> {
    const { batcher } = this.#api
    const items = targets.slice(0, maxRequests * batcher.size).map(idsOf)
    const answers = await batcher.ask(sourceSettings, items)
    return targets.map((_, index) => {
      const answer = answers[index]
      if (!answer?.ok) return null
      const { rootDirectory, watchPatterns } = answer.data
      return { rootDirectory: plainPath(rootDirectory ?? ''), watchPatterns }
    })
  }
}

const idsOf = ({ environment, instance }: ServiceTarget) => ({
  environmentId: environment.id,
  serviceId: instance.service.id,
})
