import type { Environment } from '../../inventory/inventory.ts'
import type { EnvironmentRecord, PreviewReader } from '../../plan/ports.ts'
import { environmentRecord } from '../operations/previews.ts'
import type { ApiContext } from './api-context.ts'
import { toRecord } from './previews.ts'

/** An adapter that reads about previews. It throws the errors of the client. */
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
