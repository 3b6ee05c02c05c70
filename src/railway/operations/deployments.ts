import { z } from 'zod'
import { batch, connection, operation, pageInfo } from './operation.ts'
import {
  deploymentFields,
  deploymentSchema,
  domainsFields,
  domainsSchema,
} from './service-instance.ts'

/** Starts a deployment of a service and returns its id. Without `commitSha`, the commit does not change. */
export const deployService = operation(
  'DeployService',
  `mutation DeployService($serviceId: String!, $environmentId: String!, $commitSha: String) {
    serviceInstanceDeployV2(serviceId: $serviceId, environmentId: $environmentId, commitSha: $commitSha)
  }`,
  z.object({ serviceInstanceDeployV2: z.string().min(1) }),
)

/**
 * Changes the settings of a service in an environment, such as its image. Starts no deployment. Railway returns `true`
 * also for an instance that does not exist. Without an environment, it would change the instances in all environments.
 */
export const updateService = operation(
  'UpdateService',
  `mutation UpdateService($serviceId: String!, $environmentId: String!, $input: ServiceInstanceUpdateInput!) {
    serviceInstanceUpdate(serviceId: $serviceId, environmentId: $environmentId, input: $input)
  }`,
  z.object({ serviceInstanceUpdate: z.boolean() }),
  { repeatable: true, confidential: true },
)

/** Starts a deployment of the newest commit or image of a service. Railway does not return the id of the deployment. */
export const deployLatest = operation(
  'DeployLatest',
  `mutation DeployLatest($serviceId: String!, $environmentId: String!) {
    serviceInstanceDeploy(serviceId: $serviceId, environmentId: $environmentId, latestCommit: true)
  }`,
  z.object({ serviceInstanceDeploy: z.boolean() }),
)

const stateFields = `${deploymentFields} deploymentStopped`

/** The maximum number of entries of `configErrors` that are used. */
const maxConfigErrors = 20

/** Parses `configErrors`. An entry is a text, or an object with a `message`. Anything else becomes an empty text. */
const configErrorsSchema = z
  .array(
    z
      .union([z.string(), z.object({ message: z.string() }).transform((one) => one.message)])
      .catch(''),
  )
  .catch([])

/**
 * Parses the reason for the status of a deployment from `meta`, which is untyped: `skippedReason`, or `configErrors`.
 */
const reasonSchema = z
  .object({ skippedReason: z.string().catch(''), configErrors: configErrorsSchema })
  .transform(
    ({ skippedReason, configErrors }) =>
      skippedReason.trim() ||
      configErrors.slice(0, maxConfigErrors).filter(Boolean).join('; ') ||
      null,
  )
  .catch(null)

/** Parses a deployment. `stopped` is `true` if all its instances have exited by themselves. */
const stateSchema = deploymentSchema
  .extend({ deploymentStopped: z.boolean(), meta: z.unknown() })
  .transform(({ deploymentStopped, ...deployment }) => ({
    ...deploymentSchema.parse(deployment),
    stopped: deploymentStopped,
    reason: reasonSchema.parse(deployment.meta),
  }))

/** The state of a deployment. */
export type StateResponse = z.infer<typeof stateSchema>

/** Reads the state of a deployment. */
export const deploymentState = batch('DeploymentStates', {
  variables: { id: 'String!' },
  field: `deployment(id: $id) { ${stateFields} }`,
  response: stateSchema,
})

const servedFields = `latestDeployment { ${stateFields} } activeDeployments { ${stateFields} }`

const servedSchema = z.object({
  latestDeployment: stateSchema.nullish(),
  activeDeployments: z.array(stateSchema),
})

/** The latest deployment and the active deployments of a service instance. */
export type ServedResponse = z.infer<typeof servedSchema>

/** Reads the latest deployment and the active deployments of a service instance. */
export const servedDeployments = batch('ServedDeployments', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { ${servedFields} }`,
  response: servedSchema,
})

/** Reads the latest deployment, the active deployments and the domains of a service instance. */
export const instanceState = batch('InstanceStates', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) {
    ${servedFields}
    domains { ${domainsFields} }
  }`,
  response: servedSchema.extend({ domains: domainsSchema }),
})

/** Reads the root directory of a service: the directory of its repository that it is built from. */
export const instanceRoot = operation(
  'InstanceRoot',
  `query InstanceRoot($environmentId: String!, $serviceId: String!) {
    serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { rootDirectory }
  }`,
  z.object({ serviceInstance: z.object({ rootDirectory: z.string().nullish() }) }),
)

/** Reads the settings that determine which files of its repository a service is built from. */
export const sourceSettings = batch('SourceSettings', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) {
    rootDirectory watchPatterns
  }`,
  response: z.object({
    rootDirectory: z.string().nullish(),
    watchPatterns: z.array(z.string()),
  }),
})

/** Reads the newest deployments of a service instance. */
export const serviceDeployments = operation(
  'ServiceDeployments',
  `query ServiceDeployments($input: DeploymentListInput!, $first: Int!) {
    deployments(input: $input, first: $first) {
      edges { node { ${deploymentFields} } }
      ${pageInfo}
    }
  }`,
  z.object({ deployments: connection(deploymentSchema) }),
)

/** Reads the first 50 steps of a deployment, with the errors of the steps that failed. */
export const deploymentSteps = operation(
  'DeploymentSteps',
  `query DeploymentSteps($id: String!) {
    deploymentEvents(id: $id, first: 50) {
      edges { node { step createdAt completedAt payload { error reason detail } } }
      ${pageInfo}
    }
  }`,
  z.object({
    deploymentEvents: connection(
      z.object({
        step: z.string(),
        createdAt: z.string(),
        completedAt: z.string().nullish(),
        payload: z
          .object({
            error: z.string().nullish(),
            reason: z.string().nullish(),
            detail: z.string().nullish(),
          })
          .nullish(),
      }),
    ),
  }),
)

/** Reads Railway's diagnosis of a failed deployment. The schema has no type for it. */
export const deploymentDiagnosis = operation(
  'DeploymentDiagnosis',
  'query DeploymentDiagnosis($id: String!) { deployment(id: $id) { diagnosis } }',
  z.object({ deployment: z.object({ diagnosis: z.unknown() }) }),
)

const logs = z.array(
  z.object({ message: z.string(), severity: z.string().nullish(), timestamp: z.string() }),
)

/** Reads the build log and the container log of a deployment. If Railway rejects one of them, both are missing. */
export const allLogs = operation(
  'AllLogs',
  `query AllLogs($id: String!, $limit: Int!) {
    buildLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
    deploymentLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
  }`,
  z.object({ buildLogs: logs, deploymentLogs: logs }),
)

/** Reads the build log of a deployment. */
export const buildLogs = operation(
  'BuildLogs',
  `query BuildLogs($id: String!, $limit: Int!) {
    buildLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
  }`,
  z.object({ buildLogs: logs }),
)

/** Reads the container log of a deployment. */
export const deploymentLogs = operation(
  'DeploymentLogs',
  `query DeploymentLogs($id: String!, $limit: Int!) {
    deploymentLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
  }`,
  z.object({ deploymentLogs: logs }),
)
