import type { ServiceTarget } from '../../inventory/inventory.ts'
import { instanceRoot } from '../operations/deployments.ts'
import type { ApiContext } from './api-context.ts'
import { serviceIds } from './object-ids.ts'

/**
 * Reads the directory that a service is built from: a path relative to the root of its source, without slashes at its
 * ends.
 */
export async function readRootDirectory(
  { client }: ApiContext,
  target: ServiceTarget,
): Promise<string> {
  const { data } = await client.call(instanceRoot, serviceIds(target))
  return normalizePath(data.serviceInstance.rootDirectory ?? '')
}

/** Returns a path without slashes at its ends, without repeated slashes and without `.` segments. */
export const normalizePath = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
