import type { Environment } from '../../inventory/inventory.ts'
import type { EnvironmentRecord, ListedVariable, PreviewReader } from '../../plan/ports.ts'
import { environmentRecord, environmentVariables } from '../operations/previews.ts'
import { readAllPages } from '../transport/paginate.ts'
import type { ApiContext } from './api-context.ts'
import { toRecord } from './previews.ts'

/** Reads about previews and their bases from Railway. It throws what the client throws. */
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

  async variables(
    environments: readonly Environment[],
  ): Promise<ReadonlyMap<string, readonly ListedVariable[]>> {
    const lists = environments.map(async ({ id }) => [id, await this.#variablesOf(id)] as const)
    return new Map(await Promise.all(lists))
  }

  async #variablesOf(id: string): Promise<ListedVariable[]> {
    const list = { operation: environmentVariables.name, field: 'environment.variables' }
    const variables = await readAllPages(list, async (after) => {
      const { data } = await this.#api.client.call(environmentVariables, { id, after })
      return data.environment.variables
    })
    return variables.map(({ name, isSealed, references, serviceId }) => ({
      name,
      sealed: isSealed,
      isReference: references.length > 0,
      serviceId: serviceId ?? null,
    }))
  }
}
