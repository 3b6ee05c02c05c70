import { z } from 'zod'
import {
  deploymentState,
  deployService,
  instanceState,
} from '../../../src/railway/operations/deployments.ts'
import { batch, operation } from '../../../src/railway/operations/operation.ts'
import { createDomain } from '../../../src/railway/operations/previews.ts'
import { whoAmI } from '../../../src/railway/operations/token.ts'
import type { Batcher } from '../../../src/railway/transport/batcher.ts'
import type { RailwayClient } from '../../../src/railway/transport/client.ts'

/** It is compiled and never run: every line with an expected error must not compile. */
export async function typesOfVariables(client: RailwayClient, batcher: Batcher): Promise<void> {
  const ids = { serviceId: 's', environmentId: 'e' }
  await client.call(whoAmI, {})
  await client.call(deployService, ids)
  await client.call(deployService, { ...ids, commitSha: null })
  await client.call(createDomain, { input: { ...ids, targetPort: 80 } })
  await batcher.call(deploymentState, [{ id: 'd' }])
  // @ts-expect-error a variable is missing
  await client.call(deployService, { serviceId: 's' })
  // @ts-expect-error a required variable is misspelt
  await client.call(deployService, { serviceID: 's', environmentId: 'e' })
  // @ts-expect-error an optional variable is misspelt
  await client.call(deployService, { serviceId: 's', environmentId: 'e', commitSHA: 'c' })
  // @ts-expect-error a variable has another type
  await client.call(deployService, { ...ids, commitSha: 7 })
  // @ts-expect-error a required variable is null
  await client.call(deployService, { serviceId: null, environmentId: 'e' })
  // @ts-expect-error the operation has no variables
  await client.call(whoAmI, { id: 'me' })
  // @ts-expect-error variables are not omitted
  await client.call(whoAmI)
  // @ts-expect-error a field of the input is misspelt
  await client.call(createDomain, { input: { serviceId: 's', environmentId: 'e', port: 80 } })
  // @ts-expect-error a field of the input is missing
  await client.call(createDomain, { input: { serviceId: 's' } })
  // @ts-expect-error a variable of the items is misspelt
  await batcher.call(deploymentState, [{ ids: 'd' }])
  // @ts-expect-error a variable of the items is missing
  await batcher.call(instanceState, [{ serviceId: 's' }])
  // @ts-expect-error there is no such operation
  operation('WhoAreYou', 'query WhoAreYou { me { id } }', z.unknown())
  // @ts-expect-error the batch declares a variable that is not in its document
  batch('DeploymentStates', { variables: { key: 'String!' }, field: '', answer: z.unknown() })
}
