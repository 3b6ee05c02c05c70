import type { MissingField } from '../../inventory/inventory.ts'
import type { GraphqlError } from '../transport/classify-error.ts'

/**
 * Returns the missing part of an answer, by names. It follows the error's path through the parsed answer, in which a
 * connection's `edges` are its `nodes`.
 */
export function locateGap(data: unknown, { path, message }: GraphqlError): MissingField {
  const names: string[] = []
  let environmentId: string | null = null
  let here: unknown = data
  for (const key of path ?? []) {
    if (key === 'node' || !isRecord(here)) continue
    here = here[key === 'edges' ? 'nodes' : key]
    if (!isRecord(here)) continue
    const name = here.name ?? (isRecord(here.service) ? here.service.name : undefined)
    if (typeof name === 'string') names.push(name)
    if ('canAccess' in here && typeof here.id === 'string') environmentId = here.id
  }
  const field = path?.findLast((key) => typeof key === 'string')
  return {
    place: names.join(' / ') || 'the workspace',
    environmentId,
    field: String(field ?? 'data'),
    message,
  }
}

const isRecord = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null
