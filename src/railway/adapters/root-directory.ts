import type { ServiceTarget } from '../../inventory/inventory.ts'
import { instanceRoot } from '../operations/deployments.ts'
import type { ApiContext } from './api-context.ts'

/** Reads the directory within its source that a service is built from, without slashes at the ends. */
export async function readRootDirectory(
  { client }: ApiContext,
  { environment, instance }: ServiceTarget,
): Promise<string> {
  const ids = { environmentId: environment.id, serviceId: instance.service.id }
  const { data } = await client.call(instanceRoot, ids)
  return plainPath(data.serviceInstance.rootDirectory ?? '')
}

/** Removes redundant parts of a path: slashes at the ends, doubled ones, and `.`. */
export const plainPath = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
