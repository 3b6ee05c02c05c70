import { z } from 'zod'
import { batch, connection, operation, pageInfo } from './operation.ts'
import {
  deploymentFields,
  deploymentSchema,
  domainsFields,
  domainsSchema,
} from './service-instance.ts'

/** Starts a deployment and returns its id. Without a commit, it deploys the service's present one. */
export const deployService = operation(
  'DeployService',
  `mutation DeployService($serviceId: String!, $environmentId: String!, $commitSha: String) {
    serviceInstanceDeployV2(serviceId: $serviceId, environmentId: $environmentId, commitSha: $commitSha)
  }`,
  z.object({ serviceInstanceDeployV2: z.string().min(1) }),
)

/**
 * Sets the source that a service is deployed from next, and deploys nothing. Railway answers `true` even for an
 * instance that does not exist. Without an environment it would change all instances.
 */
export const updateService = operation(
  'UpdateService',
  `mutation UpdateService($serviceId: String!, $environmentId: String!, $input: ServiceInstanceUpdateInput!) {
    serviceInstanceUpdate(serviceId: $serviceId, environmentId: $environmentId, input: $input)
  }`,
  z.object({ serviceInstanceUpdate: z.boolean() }),
  { repeatable: true, confidential: true },
)

/** Starts a deployment of the newest commit or image. The answer has no id. */
export const deployLatest = operation(
  'DeployLatest',
  `mutation DeployLatest($serviceId: String!, $environmentId: String!) {
    serviceInstanceDeploy(serviceId: $serviceId, environmentId: $environmentId, latestCommit: true)
  }`,
  z.object({ serviceInstanceDeploy: z.boolean() }),
)

const stateFields = `${deploymentFields} deploymentStopped`

/** Entries of `configErrors` that are read. */
const maxConfigErrors = 20

/** Texts, or objects with a `message`: both are reported. */
const configErrorsSchema = z
  .array(
    z
      .union([z.string(), z.object({ message: z.string() }).transform((one) => one.message)])
      .catch(''),
  )
  .catch([])

/** Railway's reason in the untyped `meta`: `skippedReason`, else `configErrors`. */
const reasonSchema = z
  .object({ skippedReason: z.string().catch(''), configErrors: configErrorsSchema })
  .transform(
    ({ skippedReason, configErrors }) =>
      skippedReason.trim() ||
      configErrors.slice(0, maxConfigErrors).filter(Boolean).join('; ') ||
      null,
  )
  .catch(null)

/** A deployment, and whether all its instances have ended by themselves. */
const stateSchema = deploymentSchema
  .extend({ deploymentStopped: z.boolean(), meta: z.unknown() })
  .transform(({ deploymentStopped, ...deployment }) => ({
    ...deploymentSchema.parse(deployment),
    stopped: deploymentStopped,
    reason: reasonSchema.parse(deployment.meta),
  }))

export type StateAnswer = z.infer<typeof stateSchema>

/** Reads the state of a deployment. */
export const deploymentState = batch('DeploymentStates', {
  variables: { id: 'String!' },
  field: `deployment(id: $id) { ${stateFields} }`,
  answer: stateSchema,
})

const servedFields = `latestDeployment { ${stateFields} } activeDeployments { ${stateFields} }`

const servedSchema = z.object({
  latestDeployment: stateSchema.nullish(),
  activeDeployments: z.array(stateSchema),
})

export type ServedAnswer = z.infer<typeof servedSchema>

/** Reads the deployments of a service instance. */
export const servedDeployments = batch('ServedDeployments', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { ${servedFields} }`,
  answer: servedSchema,
})

/** Reads what a service instance serves now. */
export const instanceState = batch('InstanceStates', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) {
    ${servedFields}
    domains { ${domainsFields} }
  }`,
  answer: servedSchema.extend({ domains: domainsSchema }),
})

/** Reads the root directory of a service: the part of its source that it is built from. */
export const instanceRoot = operation(
  'InstanceRoot',
  `query InstanceRoot($environmentId: String!, $serviceId: String!) {
    serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { rootDirectory }
  }`,
  z.object({ serviceInstance: z.object({ rootDirectory: z.string().nullish() }) }),
)

/** Reads the settings that say which files of its repository belong to a service. */
export const sourceSettings = batch('SourceSettings', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) {
    rootDirectory watchPatterns
  }`,
  answer: z.object({
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

/** Reads the steps of a deployment, each with its error if it failed. */
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

/** Reads Railway's own diagnosis of a failed deployment: an untyped scalar. */
export const deploymentDiagnosis = operation(
  'DeploymentDiagnosis',
  'query DeploymentDiagnosis($id: String!) { deployment(id: $id) { diagnosis } }',
  z.object({ deployment: z.object({ diagnosis: z.unknown() }) }),
)

const logs = z.array(
  z.object({ message: z.string(), severity: z.string().nullish(), timestamp: z.string() }),
)

/** Reads the logs of the build and of the container at once. An error of one takes the other with it. */
export const allLogs = operation(
  'AllLogs',
  `query AllLogs($id: String!, $limit: Int!) {
    buildLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
    deploymentLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
  }`,
  z.object({ buildLogs: logs, deploymentLogs: logs }),
)

/** Reads the log of a build. */
export const buildLogs = operation(
  'BuildLogs',
  `query BuildLogs($id: String!, $limit: Int!) {
    buildLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
  }`,
  z.object({ buildLogs: logs }),
)

/** Reads the log of a container. */
export const deploymentLogs = operation(
  'DeploymentLogs',
  `query DeploymentLogs($id: String!, $limit: Int!) {
    deploymentLogs(deploymentId: $id, limit: $limit) { message severity timestamp }
  }`,
  z.object({ deploymentLogs: logs }),
)
