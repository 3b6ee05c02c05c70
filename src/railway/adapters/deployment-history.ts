import { locationOf, type ServiceTarget } from '../../inventory/inventory.ts'
import type { Histories, History, PastDeployment } from '../../plan/ports.ts'
import { type HistoryResponse, historyPage, serviceHistory } from '../operations/history.ts'
import type { Page } from '../operations/operation.ts'
import { toDeployment } from '../operations/service-instance.ts'
import { ApiError, problemOf } from '../transport/api-error.ts'
import { pagesOf } from '../transport/paginate.ts'
import { type ApiContext, itemMissing } from './api-context.ts'
import { serviceIds } from './object-ids.ts'

/** The maximum number of pages that are read of one service's history. */
const maxPages = 10

/**
 * The adapter of the port {@link Histories} of `plan/` to Railway's API. The first pages of all services are read in
 * batches.
 */
export class RailwayHistories implements Histories {
  readonly #api: ApiContext

  constructor(api: ApiContext) {
    this.#api = api
  }

  /**
   * Reads the deployments of each target, page by page, until `isEnough` returns `true` or ten pages are read. Throws
   * {@link ApiError} if the request for the first pages fails.
   */
  async read(
    targets: readonly ServiceTarget[],
    isEnough: (target: ServiceTarget, deployments: readonly PastDeployment[]) => boolean,
  ): Promise<readonly History[]> {
    const firstPages = await this.#api.batcher.call(serviceHistory, targets.map(idsOf))
    return Promise.all(
      targets.map(async (target, index): Promise<History> => {
        const first = firstPages[index]
        try {
          if (!first?.ok) throw new ApiError(first?.problem ?? itemMissing)
          return { ok: true, deployments: await this.#readPages(target, first.data, isEnough) }
        } catch (error) {
          const interrupted = { activity: 'read-history', object: locationOf(target) } as const
          const failure = this.#api.failure(problemOf(error), interrupted, 'nothing-changed')
          return { ok: false, failure }
        }
      }),
    )
  }

  async #readPages(
    target: ServiceTarget,
    first: Page<HistoryResponse>,
    isEnough: (target: ServiceTarget, deployments: readonly PastDeployment[]) => boolean,
  ): Promise<readonly PastDeployment[]> {
    const list = { operation: historyPage.name, field: 'deployments' }
    const more = async (after: string | null) => {
      const { data } = await this.#api.client.call(historyPage, { input: idsOf(target), after })
      return data.deployments
    }
    const deployments: PastDeployment[] = []
    let pages = 0
    for await (const nodes of pagesOf(list, more, first)) {
      deployments.push(...nodes.map(toPast))
      pages += 1
      if (pages === maxPages || isEnough(target, deployments)) break
    }
    return deployments
  }
}

const idsOf = (target: ServiceTarget) => ({
  projectId: target.project.id,
  ...serviceIds(target),
})

const toPast = (response: HistoryResponse): PastDeployment => ({
  ...toDeployment(response),
  canRollback: response.canRollback,
})
