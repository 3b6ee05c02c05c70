import type { Environment } from '../../inventory/inventory.ts'
import type { EnvironmentRecord, PreviewReader } from '../../plan/ports.ts'
import { environmentRecord, type RecordResponse } from '../operations/previews.ts'
import type { ApiContext } from './api-context.ts'

/** The adapter of the port {@link PreviewReader} of `plan/` to Railway's API. Throws `ApiError` if a request fails. */
export class RailwayPreviewReader implements PreviewReader {
  readonly #api: ApiContext

  constructor(api: ApiContext) {
    this.#api = api
  }

  async records(
    environments: readonly Environment[],
  ): Promise<ReadonlyMap<string, EnvironmentRecord>> {
    const items = environments.map(({ id }) => ({ id }))
    const responses = await this.#api.batcher.call(environmentRecord, items)
    const found = responses.flatMap((response) => (response.ok ? [toRecord(response.data)] : []))
    return new Map(found.map((record) => [record.id, record]))
  }
}

/** Converts Railway's response about an environment. */
export const toRecord = (response: RecordResponse): EnvironmentRecord => ({
  id: response.id,
  name: response.name,
  ephemeral: response.isEphemeral,
  createdAt: response.createdAt,
  sourceId: response.sourceEnvironment?.id ?? null,
  pullRequest: response.meta?.prNumber ?? null,
})
