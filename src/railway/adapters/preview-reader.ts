import type { Environment } from '../../inventory/inventory.ts'
import type { EnvironmentRecord, PreviewReader } from '../../plan/ports.ts'
import { environmentRecord, type RecordAnswer } from '../operations/previews.ts'
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
    const answers = await this.#api.batcher.ask(environmentRecord, items)
    const found = answers.flatMap((answer) => (answer.ok ? [toRecord(answer.data)] : []))
    return new Map(found.map((record) => [record.id, record]))
  }
}

/** Converts Railway's answer about an environment. */
export const toRecord = (answer: RecordAnswer): EnvironmentRecord => ({
  id: answer.id,
  name: answer.name,
  ephemeral: answer.isEphemeral,
  createdAt: answer.createdAt,
  sourceId: answer.sourceEnvironment?.id ?? null,
  pullRequest: answer.meta?.prNumber ?? null,
})
