import type { ServiceTarget } from '../../inventory/inventory.ts'
import { instanceRoot } from '../operations/deployments.ts'
import type { ApiContext } from './api-context.ts'

/**
 * Reads the directory that a service is built from: a path relative to the root of its source, without slashes at its
 * ends.
 */
export async function readRootDirectory(
  { client }: ApiContext,
  { environment, instance }: ServiceTarget,
): Promise<string> {
  const ids = { environmentId: environment.id, serviceId: instance.service.id }
  const { data } = await client.call(instanceRoot, ids)
  return normalizePath(data.serviceInstance.rootDirectory ?? '')
}

/** Returns a path without slashes at its ends, without repeated slashes and without `.` segments. */
export const normalizePath = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
