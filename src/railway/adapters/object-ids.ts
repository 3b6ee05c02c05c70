import type { ServiceTarget } from '../../inventory/inventory.ts'

/** Returns the ids of a service and its environment, with the names of Railway's variables. */
export const serviceIds = ({ environment, instance }: ServiceTarget) => ({
  environmentId: environment.id,
  serviceId: instance.service.id,
})
