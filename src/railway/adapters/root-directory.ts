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
  return (data.serviceInstance.rootDirectory ?? '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}
