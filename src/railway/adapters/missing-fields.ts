import type { MissingField } from '../../inventory/inventory.ts'
import type { GraphqlError } from '../transport/classify-error.ts'

/**
 * Returns the part of a response that is missing because of an error. `data`: the parsed response, in which a
 * connection has `nodes` instead of `edges`. `place`: the names of the objects on the error's path, as `project /
 * environment / service`.
 */
export function toMissingField(data: unknown, { path, message }: GraphqlError): MissingField {
  const names: string[] = []
  let environmentId: string | null = null
  let current: unknown = data
  for (const key of path ?? []) {
    if (key === 'node' || !isRecord(current)) continue
    current = current[key === 'edges' ? 'nodes' : key]
    if (!isRecord(current)) continue
    const name = current.name ?? (isRecord(current.service) ? current.service.name : undefined)
    if (typeof name === 'string') names.push(name)
    if ('canAccess' in current && typeof current.id === 'string') environmentId = current.id
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
