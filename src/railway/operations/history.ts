import { z } from 'zod'
import { batch, connection, operation, pageInfo } from './operation.ts'
import { deploymentFields, deploymentSchema } from './service-instance.ts'

const pastSchema = deploymentSchema.extend({ canRollback: z.boolean() })

/** A deployment in the history of a service instance. */
export type HistoryResponse = z.infer<typeof pastSchema>

const pageFields = `edges { node { ${deploymentFields} canRollback } } ${pageInfo}`

/** Reads the 20 newest deployments of a service instance. */
export const serviceHistory = batch('ServiceHistories', {
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `deployments(
    input: { projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId }
    first: 20
  ) { ${pageFields} }`,
  response: connection(pastSchema),
})

/** Reads 50 deployments of a service instance, starting at a cursor. */
export const historyPage = operation(
  'HistoryPage',
  `query HistoryPage($input: DeploymentListInput!, $after: String) {
    deployments(input: $input, first: 50, after: $after) { ${pageFields} }
  }`,
  z.object({ deployments: connection(pastSchema) }),
)

/** Reads whether Railway can roll back to a deployment. */
export const rollbackOffer = batch('RollbackOffers', {
  variables: { id: 'String!' },
  field: 'deployment(id: $id) { id canRollback }',
  response: z.object({ id: z.string(), canRollback: z.boolean() }),
})

/** Cancels a deployment that is in progress. Its status becomes `REMOVED`. */
export const cancelDeployment = operation(
  'CancelDeployment',
  'mutation CancelDeployment($id: String!) { deploymentCancel(id: $id) }',
  z.object({ deploymentCancel: z.boolean() }),
  { repeatable: true },
)

/**
 * Starts a new deployment with the commit, the image and the variables of an earlier deployment. Railway does not
 * return the id of the new deployment.
 */
export const rollBackTo = operation(
  'RollBackTo',
  'mutation RollBackTo($id: String!) { deploymentRollback(id: $id) }',
  z.object({ deploymentRollback: z.boolean() }),
)
